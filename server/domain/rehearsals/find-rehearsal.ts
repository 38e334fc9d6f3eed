import { eq, sql } from "drizzle-orm";
import { rehearsals, rehearsed } from "#db/schema/index.ts";
import type { RehearsalVariant, RehearsedSums } from "#db/words/rehearsals.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { Rehearsal, RehearsedTotals } from "./schemas.ts";
import { weeksFrom } from "./sum-touched.ts";

/** Of each of both settings. */
const differingShown = 10;

/** The last rehearsal of an automation, and where it is done what both settings would have come to; null where none was made. Throws `not_found`, `forbidden`. */
export async function findRehearsal(ctx: TenantCtx, { automation: name }: { automation: string }): Promise<Rehearsal | null> {
  requirePermission(ctx, "portal:read");
  const automation = findAutomation(name);
  const [[row], today, tried] = await ctx.db.batch([
    ctx.db
      .select()
      .from(rehearsals)
      .where(inTenant(ctx, rehearsals, eq(rehearsals.automation, automation.id))),
    differing(ctx, automation.id, "today"),
    differing(ctx, automation.id, "tried"),
  ]);
  if (!row) return null;
  const { id, fromDay, toDay, status, requestedAt, ordersReadAt, doneAt, progress, totals } = row;
  const results = status === "done" ? totals : null;
  const days = weeksFrom(fromDay, toDay);
  return {
    ...{ id, automation: automation.id, fromDay, toDay, status, requestedAt, ordersReadAt, doneAt, tried: row.tried },
    outcomeDays: automation.acts.outcomeDays ?? 0,
    ...{ done: progress.done, of: progress.of, tookMs: progress.tookMs },
    results: results && { today: totalsOf(results.today, days), tried: totalsOf(results.tried, days) },
    differing: results ? [...today, ...tried] : [],
  };
}

const totalsOf = ({ weeks, ...sums }: RehearsedSums, days: readonly string[]): RehearsedTotals => ({
  ...sums,
  weeks: days.map((from, place) => ({ from, proposals: weeks[place] ?? 0 })),
});

/** The first customers whom one of both would have touched, and not the other. */
const differing = (ctx: TenantCtx, automation: string, variant: RehearsalVariant) =>
  ctx.db
    .select({
      variant: rehearsed.variant,
      customerId: rehearsed.customerId,
      at: rehearsed.at,
      stake: rehearsed.stake,
      over: rehearsed.over,
      orders: rehearsed.orders,
    })
    .from(rehearsed)
    // The literal condition is that of its index.
    .where(inTenant(ctx, rehearsed, eq(rehearsed.automation, automation), eq(rehearsed.variant, variant), sql`differs = 1`))
    .orderBy(rehearsed.at)
    .limit(differingShown);
