import { and, desc, eq, gt, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/sqlite-core";
import { actions, policies, policyModeChanges } from "#db/schema/index.ts";
import type { ActionState, Lately } from "#db/words/actions.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { modeChangesOf, modeNoted } from "./mode-changes.ts";
import type { PolicyRow } from "./rows.ts";
import { fallGraceMs, tellFall } from "./tell-fallen.ts";

/** So many of the last actions are looked at, and so large a share of them may end otherwise than people want. */
const lastOnes = 30;
const mostUnwanted = 0.1;

/**
 * Lets an automation that acts by itself ask people first again, where more than a tenth of its last thirty actions was undone, rejected
 * or failed, or must be whatever becomes of the rest of thirty; what was before it was last let act does not count, and whoever lets it act anew meanwhile has the
 * last word. It is done here, right before it would act, so that it never acts when it should not. Its people are told why. Answers whether
 * it acts by itself no more.
 */
export async function fallBack(ctx: TenantCtx, { automation }: Pick<PolicyRow, "automation">): Promise<boolean> {
  const { lately, since } = await judgedOf(ctx, automation);
  if (!actsBadly(lately)) return false;
  const at = ctx.now();
  const isChanged = sql`exists (select 1 from ${policyModeChanges} c where c.tenant_id = ${ctx.tenant.id} and c.automation = ${automation} and c.at > ${since})`;
  const acts = inTenant(ctx, policies, and(eq(policies.automation, automation), eq(policies.mode, "auto")), sql`not ${isChanged}`);
  const [fell] = await commitIf(ctx, sql`exists (select 1 from ${policies} where ${acts})`, "policy.fell_back", { automation, ...lately }, [
    ctx.db.update(policies).set({ mode: "approve", updatedAt: at }).where(acts).returning({ mode: policies.mode }),
    modeNoted(ctx, { automation, mode: "approve", at, fell: { lately, tellAt: at + fallGraceMs } }),
  ]);
  // Each approval asks once more whether it acts by itself.
  if (!wrote(fell)) return false;
  await tellFall(ctx, { automation, at });
  return true;
}

const actsBadly = ({ undone, rejected, failed }: Lately): boolean => undone + rejected + failed > lastOnes * mostUnwanted;

/** How the last actions ended that were decided on since the automation's mode was last changed, an instant. */
export async function judgedOf(ctx: TenantCtx, automation: string): Promise<{ lately: Lately; since: number }> {
  const [change] = await modeChangesOf(ctx, automation, 1);
  const since = change?.at ?? 0;
  // Each state by itself, so that each is a range of the index.
  const ended = (status: ActionState) =>
    ctx.db
      .select({ status: actions.status, at: actions.decidedAt })
      .from(actions)
      .where(inTenant(ctx, actions, and(eq(actions.automation, automation), eq(actions.status, status), gt(actions.decidedAt, since))))
      .orderBy(desc(actions.decidedAt))
      .limit(lastOnes)
      .as(status);
  const of = (status: ActionState) => {
    const found = ended(status);
    return ctx.db.select({ status: found.status, at: found.at }).from(found);
  };
  const rows = await unionAll(of("done"), of("undone"), of("undoing"), of("rejected"), of("failed")).orderBy(desc(sql`2`)).limit(lastOnes);
  const count = (...states: ActionState[]) => rows.filter(({ status }) => states.includes(status)).length;
  const lately = { of: rows.length, undone: count("undone", "undoing"), rejected: count("rejected"), failed: count("failed") };
  return { lately, since };
}
