import { and, eq, sql } from "drizzle-orm";
import { rehearsals, rehearsed, schedules } from "#db/schema/index.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { requirePermission, requireUser, type TenantCtx } from "#server/ctx.ts";
import { ordersReadAt } from "#server/domain/commerce/orders-read-at.ts";
import { chooseAccount } from "#server/domain/connections/choose-account.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, refusedInput } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { countPast } from "./past-shop.ts";
import type { RequestRehearsal } from "./schemas.ts";
import { nothing } from "./sum-touched.ts";

/**
 * Tries an automation with other settings over days that are past, beside those of today; it is worked off in the background and takes the
 * place of the one before. Nothing is proposed by it and nothing is asked of a provider. Throws `not_found`, `forbidden`, `invalid` with
 * the setting that does not fit, and `conflict` where it reads more than the store, has no shop or one whose orders were
 * never read through, or another is under way.
 */
export async function requestRehearsal(ctx: TenantCtx, { automation: name, days, config }: RequestRehearsal): Promise<{ id: string }> {
  requirePermission(ctx, "runs:start");
  const automation = findAutomation(name);
  if (!automation.acts.rehearsable) throw conflict("rehearsal_impossible");
  const [own, lent, [scheduled], read] = await Promise.all([
    listConnections(ctx),
    listLent(ctx),
    ctx.db
      .select({ config: schedules.config })
      .from(schedules)
      .where(inTenant(ctx, schedules, eq(schedules.job, automation.id))),
    ctx.db.get<{ at: number }>(sql`select ${ordersReadAt(ctx)} as at`),
  ]);
  // What it needs to act with is not asked for: it only looks at what is stored.
  const chosen = chooseAccount({ needs: [{ provider: "shopify", scopes: [] }] }, "shopify", [...own, ...lent]);
  if (!("account" in chosen)) throw conflict("rehearsal_without_shop");
  if (!read?.at) throw conflict("rehearsal_without_orders");
  const set = automation.config.safeParse(scheduled?.config ?? {});
  const today = (set.success ? set.data : automation.config.parse({})) as Record<string, unknown>;
  const parsed = automation.config.safeParse({ ...today, ...config });
  if (!parsed.success) throw refusedInput(parsed.error.issues[0], "config");
  const now = ctx.now();
  // Of a day whose orders were not all read it would be taken that nobody bought.
  const toDay = addDays(dayOf(read.at, ctx.tenant.timezone), -1);
  const row = {
    ...{ id: newId("reh", now), tenantId: ctx.tenant.id, automation: automation.id, connectionId: chosen.account.id },
    ...{ today, tried: parsed.data as Record<string, unknown>, fromDay: addDays(toDay, 1 - days), toDay },
    ...{ status: "waiting" as const, requestedBy: requireUser(ctx).userId, requestedAt: now, sentAt: now, ordersReadAt: read.at },
    ...{ leaseUntil: null, attempts: 0, doneAt: null },
    progress: { after: null, done: 0, of: await countPast(ctx, chosen.account.id), tookMs: 0 },
    totals: nothing,
  };
  const begins = inTenant(ctx, rehearsals, and(eq(rehearsals.automation, automation.id), eq(rehearsals.id, row.id)));
  // In one batch: a page of the one before that stood beside it would be counted in.
  const [[begun]] = await ctx.db.batch([
    ctx.db
      .insert(rehearsals)
      .values(row)
      .onConflictDoUpdate({
        target: [rehearsals.tenantId, rehearsals.automation],
        set: row,
        setWhere: and(eq(rehearsals.tenantId, ctx.tenant.id), sql`${rehearsals.status} <> 'waiting'`),
      })
      .returning({ id: rehearsals.id }),
    ctx.db
      .delete(rehearsed)
      .where(inTenant(ctx, rehearsed, eq(rehearsed.automation, automation.id), sql`exists (select 1 from ${rehearsals} where ${begins})`)),
  ]);
  if (!begun) throw conflict("rehearsal_underway");
  await ctx.send.tasks([{ v: 1, type: "rehearsal", tenant: ctx.tenant.id, automation: automation.id }]);
  return { id: row.id };
}
