import * as z from "zod";
import { actionReasons, actionStates, actionStepStates, policyModes, touches } from "#db/words/actions.ts";
import { Time } from "#server/domain/notices/schemas.ts";
import { Interval, Money, Text } from "#server/domain/tenancy/schemas.ts";

export const ActionId = z.string().max(100);
export const Hash = z.string().regex(/^[0-9a-f]{64}$/);
export const PolicyMode = z.enum(policyModes);
export const ActionState = z.enum(actionStates);
export const AutomationId = z.string().max(100);

/** A decision is about what was shown: the hash says what that was. */
export const DecideAction = z.object({ actionId: ActionId, hash: Hash });
export type DecideAction = z.infer<typeof DecideAction>;

const Note = z.string().trim().max(500).default("");
export const RejectAction = DecideAction.extend({ reason: Note.describe("Why not, in a person's words.") });
export type RejectAction = z.infer<typeof RejectAction>;

/** What a person found out of an action whose end no provider could tell. */
export const SettleAction = z.object({
  actionId: ActionId,
  place: z.number().int().min(0).describe("Of which step it was asked, from 0 on."),
  done: z.boolean().describe("Whether it was done."),
});
export type SettleAction = z.infer<typeof SettleAction>;

/** Another content for one of its steps. */
export const EditAction = DecideAction.extend({
  place: z.number().int().min(0).default(0).describe("Which of its steps, from 0 on."),
  payload: z.unknown().describe("All of the step's content, as its kind takes it."),
});
export type EditAction = z.infer<typeof EditAction>;

/** The same decision of many, each with the hash that was shown of it. */
export const DecideActions = z.object({
  decision: z.enum(["approve", "reject"]),
  reason: Note,
  items: z.array(DecideAction).min(1).max(100),
});
export type DecideActions = z.infer<typeof DecideActions>;

/** What became of each. */
export const Decided = z.object({
  decided: z.number(),
  refused: z.array(z.object({ actionId: z.string(), code: z.string().describe("Why it was not, as errors name it.") })),
});
export type Decided = z.infer<typeof Decided>;

/** What a list of actions shows: those that wait for a person, those of automations in shadow, those under way, or those that are over. */
export const actionViews = {
  waiting: ["waiting"],
  shadowed: ["shadowed"],
  running: ["approved", "executing", "unsure", "undoing"],
  over: ["done", "undone", "failed", "rejected", "expired", "voided"],
  withheld: ["withheld"],
} as const satisfies Record<string, readonly (typeof actionStates)[number][]>;
export const ActionView = z.enum(Object.keys(actionViews) as [keyof typeof actionViews, ...(keyof typeof actionViews)[]]);
export type ActionView = z.infer<typeof ActionView>;

export const ListActions = z.object({
  view: ActionView.default("waiting"),
  automation: AutomationId.optional(),
  limit: z.number().int().min(1).max(100).default(50),
  cursor: z.string().max(100).optional().describe("`next` of the page before."),
});
export type ListActions = z.infer<typeof ListActions>;

/** One value of a step's content that a person may change before deciding. */
export const EditField = z.object({
  path: z.string().describe("Where it stands in the payload, steps with dots between them."),
  label: Text,
  /** `lines`: a longer text. `money`: whole units of `currency` go in and out as a decimal number. `instant`: ISO 8601, UTC. */
  type: z.enum(["text", "lines", "number", "money", "instant"]),
  value: z.string(),
  currency: z.string().nullable(),
});
export type EditField = z.infer<typeof EditField>;

export const ActionStep = z.object({
  place: z.number(),
  kind: z.string(),
  title: Text.nullable().describe("What kind of thing it is; null for one that is no more."),
  provider: z.string().nullable(),
  sentence: Text.nullable().describe("What it does, in words."),
  fields: z.array(z.object({ label: Text, value: z.string() })),
  payload: z.unknown(),
  edits: z.array(EditField).describe("What of the payload a person may change with a form."),
  status: z.enum(actionStepStates),
  receipt: z.object({ id: z.string().nullable(), url: z.string().optional() }).nullable(),
});
export type ActionStep = z.infer<typeof ActionStep>;

/** An action as it goes out. Instants are milliseconds since 1970, money is minor units. */
export const Action = z.object({
  id: z.string(),
  tenantId: z.string(),
  automation: z.string(),
  title: Text.nullable().describe("The automation's; null for one that is no more."),
  subject: z.string(),
  customerId: z.string().nullable(),
  touches: z.enum(touches),
  hash: z.string().describe("SHA-256 of what would be done and to whom: what a decision is of."),
  evidence: z.object({ line: z.string(), params: z.record(z.string(), z.union([z.string(), z.number(), Money, Text])) }),
  because: Text.describe("The evidence in words."),
  stake: Money.nullable(),
  score: z.number().nullable(),
  status: ActionState,
  reason: z.enum(actionReasons).nullable(),
  createdAt: z.number(),
  expiresAt: z.number(),
  decidedBy: z.string().nullable().describe("What the person is called who decided, or `policy`."),
  decidedAt: z.number().nullable(),
  note: z.string().nullable(),
  agreed: z.boolean().nullable().describe("What a person said of it in shadow."),
  edited: z.boolean(),
  availableAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  failureKind: z.string().nullable(),
  failureMessage: z.string().nullable(),
  undoable: z.boolean().describe("Whether all of its steps can be taken back."),
  steps: z.array(ActionStep),
});
export type Action = z.infer<typeof Action>;
/** As the domain reads it, before its evidence is said. */
export type StoredAction = Omit<Action, "because">;

export const ActionPage = z.object({
  items: z.array(Action),
  next: z.string().nullable().describe("Cursor of the next page; null at the end."),
});

/** More a day is no limit any more. */
export const mostADay = 100_000;
const count = z.number().int().min(0).max(mostADay);
const minor = z.number().int().min(0);
const limits = {
  holdout: z
    .number()
    .int()
    .min(0)
    .max(50)
    .describe("Of a hundred customers so many are left alone, to know what the others came to. Fixed while the automation is on."),
  effectPoints: z
    .number()
    .int()
    .min(1)
    .max(50)
    .describe("The least difference in the share of customers who buy that matters, in points of a hundred."),
  actionsADay: count,
  peopleADay: count.describe("Customers a day."),
  stakeADay: minor.describe("Money at stake a day, in minor units of the client's currency."),
  largestStake: minor.describe("The same of one action that is done without a person."),
  memberStake: minor.describe("The same of one action that a member may approve."),
  staffDecides: z.boolean().describe("Whether the agency's people decide here too."),
  quietFrom: Time.describe("Nobody is contacted from this time of the client's day on,"),
  quietTo: Time.describe("until this one. The same twice: always."),
};

/** How far an automation may go, and how much of it a day. */
export const Policy = z.object({ automation: z.string(), mode: PolicyMode, ...limits });
export type Policy = z.infer<typeof Policy>;

export const SetPolicy = Policy.partial().extend({
  automation: AutomationId,
  was: Policy.partial().optional().describe("What of it you have read: where it is otherwise by now, nothing is written."),
});
export type SetPolicy = z.infer<typeof SetPolicy>;

const Lately = z.object({ of: z.number(), undone: z.number(), rejected: z.number(), failed: z.number() });

/** How far an automation may be trusted, by what people decided. Shares are from 0 to 1. */
export const Autonomy = z.object({
  decisions: z.number().describe("How many of its proposals people decided on lately, a hundred at most."),
  agreed: z.number().describe("How many of those they approved as they were."),
  agreement: Interval.nullable().describe("That share, with Wilson’s interval of 95 %; null without any decision."),
  offered: z.boolean().describe("Whether enough of them agreed that it could act by itself."),
  lately: Lately.describe("How its last actions ended since its mode was last changed, thirty at most."),
  changes: z
    .array(
      z.object({
        at: z.number(),
        mode: PolicyMode,
        by: z.string().nullable().describe("Who said so; null where it fell back by itself."),
        lately: Lately.nullable().describe("Where it fell back: why."),
      }),
    )
    .describe("How far it went since when, the last first."),
});
export type Autonomy = z.infer<typeof Autonomy>;

/** An automation as a client has it. */
export const AutomationState = z.object({
  id: z.string(),
  title: Text,
  description: Text,
  never: Text.describe("What it will never do."),
  kinds: z.array(z.object({ id: z.string(), title: Text })).describe("What it may propose."),
  touches: z.array(z.enum(touches)).describe("What that touches: which limits of its policy mean anything."),
  policy: Policy,
  started: z.boolean().describe("Whether it is on, so that who is in its control group is fixed."),
  block: z.string().nullable().describe("What keeps it from running, as schedules name it; null where nothing does."),
  missing: z
    .array(z.object({ provider: z.string(), name: z.string(), scopes: z.array(z.string()) }))
    .describe("Accounts and permissions that it lacks."),
  rehearsable: z.boolean().describe("Whether it can be tried over past days."),
  shows: z
    .enum(["referrals", "flow", "crm", "syncs", "suppliers"])
    .nullable()
    .describe("What it keeps of its own, on a page below its own."),
  lastRunAt: z.number().nullable(),
  nextAt: z.number().nullable(),
  counts: z.record(z.string(), z.number()).describe("Actions by how they stand."),
  ratings: z.object({ agreed: z.number(), disagreed: z.number() }).describe("What people said of what it proposed in shadow."),
});
export type AutomationState = z.infer<typeof AutomationState>;

export const Automations = z.object({
  stopped: z.boolean().describe("Nothing is done for this client now."),
  stoppedByClient: z.boolean().describe("The client's own people stopped it: the agency cannot resume."),
  stoppedForAll: z.boolean().describe("The agency has stopped all clients: no client can resume by itself."),
  automations: z.array(AutomationState),
});
export type Automations = z.infer<typeof Automations>;

/** How a client's automations stand, without what they came to. */
export const Standing = z.object({
  stopped: z.boolean(),
  stoppedByClient: z.boolean(),
  stoppedForAll: z.boolean(),
  automations: z.array(z.object({ id: z.string(), title: Text, mode: PolicyMode })),
});
export type Standing = z.infer<typeof Standing>;

/** Whom an action is about, as the shop says it at this moment. Kept nowhere. */
export const Revealed = z.object({ name: z.string().nullable(), email: z.string().nullable(), phone: z.string().nullable() });
export type Revealed = z.infer<typeof Revealed>;
