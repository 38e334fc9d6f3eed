import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { actionEdits, actions, budgets } from "#db/schema/index.ts";
import type { ActionState } from "#db/words/actions.ts";
import type { FindingKind } from "#db/words/learning.ts";
import { dayOf } from "#server/catalog/days.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { groupBy } from "#server/domain/health/group-by.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** So many edits are looked at, the latest first; more of one automation within the days that are looked at are not known of any client. */
const editsRead = 1000;
const ended: readonly ActionState[] = ["done", "undoing", "undone", "failed"];

/** One field that people changed: in how many actions, and what they made of it, the most frequent first. */
export interface EditedField {
  what: string;
  hits: number;
  /** `people`: about how many subjects. */
  wordings: { to: string; hits: number; people: number }[];
}

/** What people and providers said of an automation's actions. */
export interface Measures {
  /** Actions that people decided on. */
  decided: number;
  rejected: number;
  /** Approved as they were proposed. */
  agreed: number;
  /** Actions that were carried out, or should have been. */
  carriedOut: number;
  failures: { what: string; hits: number }[];
  edits: EditedField[];
  /** By budget: days on which it was used, and of those the ones on which it kept something back. */
  budgets: { what: string; hits: number; of: number }[];
}

/** Which actions are measured: those that were proposed and decided within this time. */
export const decidedWithin = ({ from, until }: { from: number; until: number }) =>
  and(gte(actions.decidedAt, from), lt(actions.decidedAt, until), gte(actions.createdAt, from));

/**
 * What was said of actions that were proposed and decided within this time. Of budgets the client's whole days within it count. Agreement is
 * counted as `findAutonomy` does.
 */
export async function measure(
  ctx: TenantCtx,
  { automation, from, until }: { automation: string; from: number; until: number },
): Promise<Measures> {
  const within = decidedWithin({ from, until });
  const { timezone } = ctx.tenant;
  const [[judged], carriedOut, edits, days] = await ctx.db.batch([
    ctx.db
      .select({
        decided: sql<number>`count(*)`,
        rejected: sql<number>`coalesce(sum(${actions.status} = 'rejected' or ${actions.agreed} is 0), 0)`,
        agreed: sql<number>`coalesce(sum(coalesce(${actions.agreed}, ${actions.status} <> 'rejected' and not ${actions.edited})), 0)`,
      })
      .from(actions)
      // Literal as the index has it: SQLite does not see bound values when it picks one.
      .where(inTenant(ctx, actions, eq(actions.automation, automation), sql`decided_by <> 'policy'`, within)),
    ctx.db
      .select({ status: actions.status, what: actions.failureKind, hits: sql<number>`count(*)` })
      .from(actions)
      .where(inTenant(ctx, actions, eq(actions.automation, automation), inArray(actions.status, [...ended]), within))
      .groupBy(actions.status, actions.failureKind),
    ctx.db
      .select({
        ...{ action: actionEdits.actionId, kind: actionEdits.kind, field: actionEdits.field, to: actionEdits.becomes },
        subject: actions.subject,
      })
      .from(actionEdits)
      .innerJoin(actions, eq(actions.id, actionEdits.actionId))
      .where(
        inTenant(
          ctx,
          actionEdits,
          and(eq(actionEdits.automation, automation), gte(actionEdits.at, from), lt(actionEdits.at, until)),
          sql`${actionEdits.was} <> ${actionEdits.becomes} and ${actions.tenantId} = ${ctx.tenant.id} and decided_by <> 'policy'`,
          within,
        ),
      )
      .orderBy(sql`${actionEdits.at} desc`)
      .limit(editsRead),
    ctx.db
      .select({ what: budgets.kind, hits: sql<number>`sum(${budgets.fullAt} is not null)`, of: sql<number>`count(*)` })
      .from(budgets)
      .where(
        inTenant(
          ctx,
          budgets,
          sql`${budgets.day} > ${dayOf(from, timezone)} and ${budgets.day} < ${dayOf(until, timezone)}`,
          eq(budgets.automation, automation),
        ),
      )
      .groupBy(budgets.kind),
  ]);
  const { decided = 0, rejected = 0, agreed = 0 } = judged ?? {};
  return {
    ...{ decided, rejected, agreed },
    carriedOut: carriedOut.reduce((sum, { hits }) => sum + hits, 0),
    failures: carriedOut.flatMap(({ status, what, hits }) => (status === "failed" && what !== null ? [{ what, hits }] : [])),
    edits: fieldsOf(edits),
    budgets: days,
  };
}

interface Edit {
  action: string;
  kind: string;
  field: string;
  to: string;
  subject: string;
}

function fieldsOf(edits: readonly Edit[]): EditedField[] {
  const byField = groupBy(edits, ({ kind, field }) => `${kind}:${field}`);
  return [...byField].map(([what, own]) => ({
    what,
    hits: new Set(own.map(({ action }) => action)).size,
    wordings: [...groupBy(own, ({ to }) => to)]
      .map(([to, same]) => ({
        to,
        hits: new Set(same.map(({ action }) => action)).size,
        people: new Set(same.map(({ subject }) => subject)).size,
      }))
      .sort((a, b) => b.hits - a.hits || (a.to < b.to ? -1 : 1)),
  }));
}

/** So many of so many: what a finding is about. */
export interface Figures {
  hits: number;
  of: number;
}
export interface About {
  kind: FindingKind;
  what: string;
}

/** The figures of one finding in what was measured. */
export function figuresOf(measures: Measures, { kind, what }: About): Figures {
  const named = <T extends { what: string }>(all: readonly T[]) => all.find((each) => each.what === what);
  switch (kind) {
    case "rejections":
      return { hits: measures.rejected, of: measures.decided };
    case "low_agreement":
      return { hits: measures.agreed, of: measures.decided };
    case "edits":
      return { hits: named(measures.edits)?.hits ?? 0, of: measures.decided };
    case "failures":
      return { hits: named(measures.failures)?.hits ?? 0, of: measures.carriedOut };
    case "budgets": {
      const budget = named(measures.budgets);
      return { hits: budget?.hits ?? 0, of: budget?.of ?? 0 };
    }
    default:
      return kind satisfies never;
  }
}

/** All that something was measured of. */
export const measured = ({ edits, failures, budgets: days }: Measures): About[] => [
  { kind: "rejections", what: "" },
  { kind: "low_agreement", what: "" },
  ...edits.map(({ what }) => ({ kind: "edits" as const, what })),
  ...failures.map(({ what }) => ({ kind: "failures" as const, what })),
  ...days.map(({ what }) => ({ kind: "budgets" as const, what })),
];
