import * as z from "zod";
import { endNews } from "#db/words/connections.ts";
import { approvalNews } from "#db/words/notices.ts";

/** Of a mail to several people: the one whom this message is for; without it, for each of them. */
const person = z.string().optional();

/**
 * What may travel on a queue: a version, a type and ids. Never a payload, never a secret: the rows are the truth and a
 * message only says where to look.
 */
const Turn = z.strictObject({
  ...{ v: z.literal(1), type: z.literal("turn"), tenant: z.string(), turn: z.number().int() },
  /** How many turns of the client are under way beside this one. */
  beside: z.number().int().positive().optional(),
});
/** It is a client's turn: what is due of its runs goes on. */
export const RunMessage = Turn;
export type RunMessage = z.infer<typeof RunMessage>;

export const MailMessage = z.discriminatedUnion("type", [
  z.strictObject({ v: z.literal(1), type: z.literal("mail.sign_in"), link: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.invitation"), tenant: z.string(), invitation: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.reconnect"), tenant: z.string(), connection: z.string(), person }),
  /** How many days ahead of the end the warning is. */
  z.strictObject({
    v: z.literal(1),
    type: z.literal("mail.cliff"),
    tenant: z.string(),
    connection: z.string(),
    days: z.literal([30, 14, 3]),
    person,
  }),
  /** News of the end of a key; `at` is the day that it is about, null where there is none. */
  z.strictObject({
    v: z.literal(1),
    type: z.literal("mail.key_end"),
    tenant: z.string(),
    connection: z.string(),
    news: z.enum(endNews),
    at: z.number().nullable(),
    person,
  }),
  /** `at`: which change of its currency or time zone it is. */
  z.strictObject({
    v: z.literal(1),
    type: z.literal("mail.account_changed"),
    tenant: z.string(),
    connection: z.string(),
    at: z.number(),
    person,
  }),
  /** The admin of the agency who looked at the client, and on which day since 1970. */
  z.strictObject({ v: z.literal(1), type: z.literal("mail.viewed"), tenant: z.string(), by: z.string(), day: z.number(), person }),
  /** What waits for a person on this day of the client's calendar, and what an automation made of it a new one; null: it is the day's. */
  z.strictObject({
    v: z.literal(1),
    type: z.literal("mail.approvals"),
    tenant: z.string(),
    day: z.string(),
    news: z.enum(approvalNews),
    automation: z.string().nullable(),
    /** When it fell back: it may again on the same day. */
    at: z.number().optional(),
    person,
  }),
  /** In which part of a day, of six hours in UTC since 1970, workflows left notes. */
  z.strictObject({ v: z.literal(1), type: z.literal("mail.flow_note"), tenant: z.string(), part: z.number(), person }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.incident"), incident: z.string(), person }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.version"), provider: z.string(), version: z.string(), person }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.reveal"), tenant: z.string(), reveal: z.string(), person }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.workspace_request"), request: z.string(), person }),
  /** `user` became an admin of the agency, by whom (`by`) and when. */
  z.strictObject({ v: z.literal(1), type: z.literal("mail.admin_added"), user: z.string(), by: z.string(), at: z.number(), person }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.alarm"), count: z.number(), at: z.number(), person }),
  /** What one person was told in a client (`tenant` "": of the agency) since the last one; `at` says which day's. */
  z.strictObject({ v: z.literal(1), type: z.literal("mail.digest"), tenant: z.string(), at: z.number(), person: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.ending"), deletion: z.string(), person }),
]);
export type MailMessage = z.infer<typeof MailMessage>;
/** The message of one kind of mail. */
export type MailOf<T extends MailMessage["type"]> = Extract<MailMessage, { type: T }>;

/**
 * What is done to one connection ahead of its need: its tokens renewed, or a test call made; access that is owed back, given back; a key
 * that a sign-in replaced, ended.
 */
export const TokenMessage = z.discriminatedUnion("type", [
  z.strictObject({ v: z.literal(1), type: z.literal("token.renew"), tenant: z.string(), connection: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("token.probe"), tenant: z.string(), connection: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("token.end_key"), tenant: z.string(), connection: z.string() }),
  /** `tenant` is "" where the agency owes it. */
  z.strictObject({ v: z.literal(1), type: z.literal("token.give_back"), tenant: z.string(), connection: z.string() }),
]);
export type TokenMessage = z.infer<typeof TokenMessage>;

/** What is worked off in the background: an event that a provider sent, an account whose events we ask for, an export, a deletion, an automation that is tried over days that are past. */
export const TaskMessage = z.discriminatedUnion("type", [
  z.strictObject({ v: z.literal(1), type: z.literal("webhook"), tenant: z.string(), delivery: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("subscribe"), tenant: z.string(), connection: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("export"), tenant: z.string(), export: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("deletion"), deletion: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("rehearsal"), tenant: z.string(), automation: z.string() }),
]);
export type TaskMessage = z.infer<typeof TaskMessage>;

/**
 * It is a client's turn: what is due of its actions is done; an automation whose proposals its policy may approve, and one whose waiting
 * actions are posted where people decide; an action whose post is to say how it stands; and a client whose people are told what waits.
 */
export const ActionMessage = z.discriminatedUnion("type", [
  Turn,
  z.strictObject({ v: z.literal(1), type: z.literal("action.decide"), tenant: z.string(), automation: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("action.ask"), tenant: z.string(), automation: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("action.show"), tenant: z.string(), action: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("action.digest"), tenant: z.string() }),
]);
export type ActionMessage = z.infer<typeof ActionMessage>;

/** What we put on the dead-letter queue ourselves, when a run has used up its tries. */
export const DeadMessage = z.strictObject({ v: z.literal(1), type: z.literal("run.dead"), tenant: z.string(), run: z.string() });
export type DeadMessage = z.infer<typeof DeadMessage>;

export type Message = RunMessage | ActionMessage | MailMessage | TokenMessage | TaskMessage | DeadMessage;
