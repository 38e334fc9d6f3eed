import { desc, eq, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { findPeople } from "#server/domain/audit/actor-names.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { wilson } from "#server/models/wilson.ts";
import { judgedOf } from "./fall-back.ts";
import { findPolicy } from "./find-policy.ts";
import { lastFallOf, modeChangesOf } from "./mode-changes.ts";
import type { Autonomy } from "./schemas.ts";

/** So many decisions at least, and so large a share of them at least in agreement, before it is offered that it acts by itself. */
export const decisionsAtLeast = 30;
export const agreementAtLeast = 0.9;
/** Older decisions say what people thought of another automation: its settings and its shop changed since. */
const decisionsRead = 100;
const changesShown = 10;

/**
 * How far an automation may be trusted, by what people decided of its proposals: how often they agreed, in shadow and in earnest, whether
 * it is offered that it acts by itself, how what it did lately ended, and how far it went since when. Nothing is turned on by it.
 * An action that was edited first is one that they did not agree with. Throws `not_found` for what is no automation.
 */
export async function findAutonomy(ctx: TenantCtx, { automation }: { automation: string }): Promise<Autonomy> {
  requirePermission(ctx, "portal:read");
  const { id } = findAutomation(automation);
  const [policy, latest, fell, { lately }] = await Promise.all([
    findPolicy(ctx, { automation: id }),
    modeChangesOf(ctx, id, changesShown),
    lastFallOf(ctx, id),
    judgedOf(ctx, id),
  ]);
  // Why nobody is offered it stays readable.
  const changes = fell && latest.every(({ at }) => at > fell.at) ? [...latest, fell] : latest;
  const { agreed, of } = await decisionsOf(ctx, id, fell?.at ?? 0);
  const share = wilson(agreed, of);
  const people = await findPeople(
    ctx,
    changes.map(({ changedBy }) => changedBy),
  );
  return {
    decisions: of,
    agreed,
    agreement: share,
    offered: (policy.mode === "shadow" || policy.mode === "approve") && of >= decisionsAtLeast && (share?.low ?? 0) >= agreementAtLeast,
    lately,
    changes: changes.map(({ at, mode, changedBy, lately: because }) => ({
      ...{ at, mode, lately: because },
      by: changedBy === null ? null : (people.get(changedBy)?.here ?? null),
    })),
  };
}

/** What people decided since, the last hundred decisions at most. */
async function decisionsOf(ctx: TenantCtx, automation: string, since: number): Promise<{ agreed: number; of: number }> {
  const rows = await ctx.db
    .select({ status: actions.status, agreed: actions.agreed, edited: actions.edited })
    .from(actions)
    // Literal as the index has it: SQLite does not see bound values when it picks one.
    .where(inTenant(ctx, actions, eq(actions.automation, automation), sql`decided_by <> 'policy' and ${actions.decidedAt} > ${since}`))
    .orderBy(desc(actions.decidedAt))
    .limit(decisionsRead);
  const agreed = rows.filter((row) => row.agreed ?? (row.status !== "rejected" && !row.edited));
  return { agreed: agreed.length, of: rows.length };
}
