import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import {
  type ActionReason,
  actionStates,
  actionStepStates,
  type Evidence,
  type Lately,
  policyModes,
  type Receipt,
  touches,
} from "#db/words/actions.ts";
import type { Money } from "#db/words/locales.ts";

/** How far an automation may go for a client, and how much of it a day. Without a row it is off. */
export const policies = sqliteTable(
  "policies",
  {
    tenantId: tenantId(),
    automation: text().notNull(),
    mode: text({ enum: policyModes }).notNull(),
    /** Of a hundred customers so many are left alone, so that it is known what the others came to. Fixed while it is on, as is `salt`. */
    holdout: integer().notNull(),
    /** Which customers those are: the key of their draw, another one each time that the automation begins. */
    salt: text().notNull(),
    /** When it last began, with this salt; null where it never did. */
    startedAt: instant(),
    /** The least difference in the share of customers who buy that the client cares about, in points of a hundred. */
    effectPoints: integer().notNull().default(5),
    actionsADay: integer().notNull(),
    peopleADay: integer().notNull(),
    /** Money at stake a day, and of one action, in minor units of the client's currency. */
    stakeADay: integer().notNull(),
    largestStake: integer().notNull(),
    /** Up to this stake of one action a member approves, where the roles that approve all are not asked. Minor units. */
    memberStake: integer().notNull().default(0),
    /** Whether the agency's people decide here too. */
    staffDecides: integer({ mode: "boolean" }).notNull().default(true),
    /** Nobody is contacted between these times of the client's day (`HH:MM`), which may go over midnight; the same twice: no such hours. */
    quietFrom: text().notNull().default("21:00"),
    quietTo: text().notNull().default("08:00"),
    /** When people are next told of what waits; null while nothing of it does. */
    digestAt: instant(),
    /** When it is next looked at what people said of it. */
    learnAt: instant().notNull().default(0),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.automation] }),
    known(t.mode),
    index("policies_digest").on(t.digestAt).where(sql`digest_at is not null`),
    // Word for word the condition of the claim.
    index("policies_learning").on(t.learnAt).where(sql`mode <> 'off'`),
    check("holdout_within", sql.raw(`"holdout" between 0 and 50`)),
  ],
);

/** Since when an automation went how far for a client, a row a change, and whose word that was. */
export const policyModeChanges = sqliteTable(
  "policy_mode_changes",
  {
    tenantId: tenantId(),
    automation: text().notNull(),
    at: instant().notNull(),
    mode: text({ enum: policyModes }).notNull(),
    /** A person's id; null where it fell back by itself, and then `lately` says why. */
    changedBy: text(),
    lately: json<Lately>(),
    /** Where it fell back: when its people are told of it, if nobody has done so by then; null once they are. */
    tellAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.automation, t.at] }),
    known(t.mode),
    // Word for word the condition of the sweep.
    index("policy_mode_changes_untold").on(t.tellAt).where(sql`tell_at is not null`),
  ],
);

/** What an automation proposes, what was decided, and what became of it. The steps stand in `action_steps`. */
export const actions = sqliteTable(
  "actions",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    automation: text().notNull(),
    /** The run that proposed it. */
    runId: text().notNull(),
    /** What makes a repeated run or a repeated event propose nothing twice. */
    dedupe: text().notNull(),
    /** `customer:…`, `product:…`, `order:…`, by the shop's id. */
    subject: text().notNull(),
    /** The account whose ids these are. */
    connectionId: text().notNull(),
    /** The customer whom it is about, where it is about one. */
    customerId: text(),
    touches: text({ enum: touches }).notNull(),
    /**
     * In which group of the comparison its customer is, by intention to treat: left alone, or proposed whatever became of it. Null for what
     * was proposed in shadow, for what was promised, and for what is about no customer.
     */
    control: integer({ mode: "boolean" }),
    /** SHA-256 over the canonical JSON of subject and steps (kind, account, payload): what an approval is of. */
    hash: text().notNull(),
    evidence: json<Evidence>().notNull(),
    stake: json<Money>(),
    /** 0 to 1: how sure the automation is. */
    score: real(),
    status: text({ enum: actionStates }).notNull(),
    reason: text().$type<ActionReason>(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    /** The decision that approved it, by which its batch knows itself; who decided, and when. In shadow `agreed` is all that a decision is. */
    decision: text(),
    decidedBy: text(),
    decidedAt: instant(),
    /** A person's words: why not. */
    note: text(),
    agreed: integer({ mode: "boolean" }),
    edited: integer({ mode: "boolean" }).notNull().default(false),
    /** When it is due; null where nothing more is. While it is executed, until when its lease holds. */
    availableAt: instant(),
    lease: text(),
    attempt: integer().notNull().default(0),
    finishedAt: instant(),
    failureKind: text(),
    failureMessage: text(),
  },
  (t) => [
    uniqueIndex("actions_dedupe").on(t.tenantId, t.automation, t.dedupe),
    index("actions_status").on(t.tenantId, t.status, t.createdAt),
    index("actions_automation").on(t.tenantId, t.automation, t.status, t.decidedAt),
    // Word for word the condition of `agreementOf`.
    index("actions_judged").on(t.tenantId, t.automation, t.decidedAt).where(sql`decided_by <> 'policy'`),
    index("actions_customer").on(t.tenantId, t.customerId, t.decidedAt),
    // Word for word how a turn takes what is due.
    index("actions_due").on(t.tenantId, sql`(decided_by = 'policy')`, t.availableAt).where(sql`available_at is not null`),
    // What ended in the last hour, of all clients.
    index("actions_finished").on(t.finishedAt).where(sql`finished_at is not null`),
    index("actions_expiring").on(t.expiresAt).where(sql`status in ('waiting', 'shadowed')`),
    // Who was in the comparison from when on: all that lift asks of an action, so that no row is touched.
    index("actions_compared")
      .on(t.tenantId, t.automation, t.createdAt, t.connectionId, t.customerId, t.control)
      .where(sql`control is not null`),
    known(t.status),
    known(t.touches),
  ],
);

/** One thing that an action does, in its place: a chain has several, a batch one a chunk, all others one. */
export const actionSteps = sqliteTable(
  "action_steps",
  {
    tenantId: tenantId(),
    actionId: text().notNull(),
    place: integer().notNull(),
    kind: text().notNull(),
    /** The account that it is done with. */
    accountId: text().notNull(),
    /** Both as on the action, so that what is known of a customer is found. */
    connectionId: text().notNull(),
    customerId: text(),
    payload: json<unknown>().notNull(),
    status: text({ enum: actionStepStates }).notNull(),
    /** When it was last begun: what came of that is not known until it is written. */
    begunAt: instant(),
    /** How far its provider was asked what became of it, where that takes several turns: a place in the provider's own list. */
    looked: text(),
    receipt: json<Receipt>(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.actionId, t.place] }),
    index("action_steps_customer").on(t.tenantId, t.customerId),
    known(t.status),
  ],
);

/** Whom a step names that writes about many customers at once. */
export const actionCustomers = sqliteTable(
  "action_customers",
  {
    tenantId: tenantId(),
    /** The account whose ids of customers these are. */
    connectionId: text().notNull(),
    customerId: text().notNull(),
    actionId: text().notNull(),
    place: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.customerId, t.actionId] })],
);

/** What people changed of an action before it was decided, a row a field: from what was proposed to what it is by the last edit. */
export const actionEdits = sqliteTable(
  "action_edits",
  {
    tenantId: tenantId(),
    actionId: text().notNull(),
    place: integer().notNull(),
    /** Where it stands in the step's payload, steps with dots between them. */
    field: text().notNull(),
    automation: text().notNull(),
    /** The kind of the step. */
    kind: text().notNull(),
    /** Both as on the action, so that what is known of a customer is found. */
    connectionId: text().notNull(),
    customerId: text(),
    at: instant().notNull(),
    /** As a form shows them. */
    was: text().notNull(),
    becomes: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.actionId, t.place, t.field] }),
    index("action_edits_automation").on(t.tenantId, t.automation, t.at),
    index("action_edits_customer").on(t.tenantId, t.customerId),
  ],
);

/** What of a budget is used. A decision that would use more than there is fails with its whole batch. */
export const budgets = sqliteTable(
  "budgets",
  {
    tenantId: tenantId(),
    /** YYYY-MM-DD, of the client's calendar. */
    day: text().notNull(),
    automation: text().notNull(),
    kind: text({ enum: ["actions", "customers", "stake"] }).notNull(),
    used: integer().notNull(),
    most: integer().notNull(),
    /** When it first kept something back that day. */
    fullAt: instant(),
    /** When the day is over: by the zone that the client had as it was first used. */
    endsAt: instant().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.day, t.automation, t.kind] }),
    known(t.kind),
    check("within_budget", sql.raw(`"used" <= "most"`)),
  ],
);

/** What must not act now: a client, or with `scope` "" the whole fleet. Kept in the directory, and read before anything is done. */
export const actionStops = sqliteTable("action_stops", {
  scope: text().primaryKey(),
  stoppedBy: text().notNull(),
  stoppedAt: instant().notNull(),
});

/** What was posted in a client's own channel, so that its people decide there. Written before the provider is asked. */
export const approvalPosts = sqliteTable(
  "approval_posts",
  {
    tenantId: tenantId(),
    /** The action that it is about; of the one message that only counts what else waits, `more:`, its automation and the client's day. */
    actionId: text().notNull(),
    automation: text().notNull(),
    /** The account that it was posted with. */
    connectionId: text().notNull(),
    channel: text().notNull(),
    /** The provider's id of the message; null until it is known. */
    message: text(),
    /** What the message says of its action: where it stands, and the hash of what it shows. */
    shown: text().notNull(),
    begunAt: instant().notNull(),
    attempt: integer().notNull().default(0),
    /** From when on it is looked at again; null where it says what became of its action, or nobody can reach it any more. */
    checkAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.actionId] }),
    // Word for word the condition of the sweep.
    index("approval_posts_open").on(t.checkAt).where(sql`check_at is not null`),
  ],
);
