import { type SQL, sql } from "drizzle-orm";
import { budgets } from "#db/schema/index.ts";
import { addDays, dayOf, instantOf } from "#server/catalog/days.ts";
import type { TenantCtx } from "#server/ctx.ts";

/** Clocks of this world are as far apart as 26 hours. */
const daysApart = 2;

/**
 * The day (YYYY-MM-DD) whose budget of one automation is used at an instant, and when such a day is over where it begins now. It is the
 * client's; but a day of which something was used lasts until it is over where it began, and none comes back: a client whose zone is changed, to
 * and fro too, has no other day's budget beside it.
 */
export function budgetDay(ctx: TenantCtx, automation: SQL, now: number): { day: SQL<string>; endsAt: number } {
  const { id, timezone } = ctx.tenant;
  const today = dayOf(now, timezone);
  const day = sql<string>`coalesce((select max(d.day) from ${budgets} d where d.tenant_id = ${id} and d.day >= ${addDays(today, -daysApart)}
    and d.automation = ${automation} and (d.day >= ${today} or d.ends_at > ${now})), ${today})`;
  return { day, endsAt: instantOf(addDays(today, 1), "00:00", timezone) };
}
