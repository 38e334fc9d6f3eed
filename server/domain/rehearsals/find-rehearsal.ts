import { eq, sql } from "drizzle-orm";
import { rehearsals, rehearsed } from "#db/schema/index.ts";
import type { RehearsalVariant } from "#db/words/rehearsals.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import type { Rehearsal, RehearsedTotals } from "./schemas.ts";

const differingShown = 20;

type Touched = Pick<typeof rehearsed.$inferSelect, "variant" | "dedupe" | "customerId" | "at" | "stake" | "over" | "orders" | "spent">;

/** The last rehearsal of an automation, and where it is done what both settings would have come to; null where none was made. Throws `not_found`, `forbidden`. */
export async function findRehearsal(ctx: TenantCtx, { automation: name }: { automation: string }): Promise<Rehearsal | null> {
  requirePermission(ctx, "portal:read");
  const automation = findAutomation(name);
  const [row] = await ctx.db
    .select()
    .from(rehearsals)
    .where(inTenant(ctx, rehearsals, eq(rehearsals.automation, automation.id)));
  if (!row) return null;
  const all = row.status === "done" ? await listRehearsed(ctx, automation.id) : [];
  const { id, fromDay, toDay, status, requestedAt, doneAt, tried, progress } = row;
  const of = (variant: RehearsalVariant) => all.filter((each) => each.variant === variant);
  const totals = (variant: RehearsalVariant) => totalsOf(of(variant), { fromDay, toDay, timezone: ctx.tenant.timezone });
  return {
    ...{ id, automation: automation.id, fromDay, toDay, status, requestedAt, doneAt, tried },
    outcomeDays: automation.acts.outcomeDays ?? 0,
    ...{ done: progress.done, of: progress.of, tookMs: progress.tookMs },
    results: status === "done" ? { today: totals("today"), tried: totals("tried") } : null,
    differing: [...missing(of("today"), of("tried")), ...missing(of("tried"), of("today"))]
      .slice(0, differingShown)
      .map(({ variant, customerId, at, stake, orders }) => ({ variant, customerId, at, stake, orders })),
  };
}

const listRehearsed = (ctx: TenantCtx, automation: string): Promise<Touched[]> =>
  ctx.db
    .select({
      variant: rehearsed.variant,
      dedupe: rehearsed.dedupe,
      customerId: rehearsed.customerId,
      at: rehearsed.at,
      stake: rehearsed.stake,
      over: rehearsed.over,
      orders: rehearsed.orders,
      spent: rehearsed.spent,
    })
    .from(rehearsed)
    .where(inTenant(ctx, rehearsed, eq(rehearsed.automation, automation)))
    .orderBy(rehearsed.at, sql`${rehearsed.dedupe}`);

/** A customer counts once, from the first time on, as in a comparison with a control group. */
function firstOfEach(rows: readonly Touched[]): Map<string, Touched> {
  const first = new Map<string, Touched>();
  for (const row of rows) {
    const who = row.customerId ?? row.dedupe;
    if (!first.has(who)) first.set(who, row);
  }
  return first;
}

/** Those of the first whom the second would not have touched at all. */
function missing(first: readonly Touched[], second: readonly Touched[]): Touched[] {
  const there = firstOfEach(second);
  return [...firstOfEach(first)].flatMap(([who, row]) => (there.has(who) ? [] : [row]));
}

function totalsOf(
  rows: readonly Touched[],
  { fromDay, toDay, timezone }: { fromDay: string; toDay: string; timezone: string },
): RehearsedTotals {
  const first = firstOfEach(rows);
  const over = [...first.values()].filter((row) => row.over);
  const weeks = [];
  for (let from = fromDay; from <= toDay; from = addDays(from, 7)) weeks.push({ from, proposals: 0 });
  for (const { at } of rows) {
    const day = dayOf(at, timezone);
    const week = weeks.findLast(({ from }) => from <= day);
    if (week) week.proposals++;
  }
  return {
    proposals: rows.length,
    customers: first.size,
    stake: sumOf(rows.flatMap(({ stake }) => stake ?? [])),
    over: over.length,
    bought: over.filter(({ orders }) => orders > 0).length,
    spent: sumOf(over.flatMap(({ spent }) => spent)),
    weeks,
  };
}

function sumOf(amounts: readonly { minor: number; currency: string }[]): { minor: number; currency: string }[] {
  const sums = new Map<string, number>();
  for (const { minor, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0) + minor);
  return [...sums].map(([currency, minor]) => ({ currency, minor })).sort((a, b) => b.minor - a.minor);
}
