import { sql } from "drizzle-orm";
import { connections, customers, orderContents, orders, refunds, schedules } from "#db/schema/index.ts";
import { dayOf } from "#server/catalog/days.ts";
import { findRehearsal } from "#server/domain/rehearsals/find-rehearsal.ts";
import { requestRehearsal } from "#server/domain/rehearsals/request-rehearsal.ts";
import { workRehearsal } from "#server/domain/rehearsals/work-rehearsal.ts";
import { makeTenant, makeUser, testCtx, testTenantCtx } from "#test/harness.ts";

export const day = 86_400_000;
export const start = Date.parse("2026-11-30T12:00:00Z");
export const automation = "at-risk-customer-flow";

interface Bought {
  /** Days before now. */
  ago: number;
  minor?: number;
  currency?: string;
  /** Days before now on which it was cancelled. */
  cancelled?: number;
  delivered?: number;
  returned?: number;
  /** What was given back of it. */
  back?: { minor: number; currency?: string };
  /** Of two pieces one was taken out of it. */
  reduced?: boolean;
}

/** A client in UTC with a shop whose orders were read `readAgo` days ago, and a clock that the test moves. */
export async function makeShopRig({ readAgo = 0 }: { readAgo?: number } = {}) {
  const tenant = await makeTenant({ timezone: "UTC" });
  const { actor, token } = await makeUser({ roles: [[tenant, "owner"]] });
  const clock = { now: start };
  const ctx = testTenantCtx(tenant, "owner", { actor, now: () => clock.now });
  const shop = `con_${tenant.id}`;
  const of = { tenantId: tenant.id, connectionId: shop };
  await ctx.db.insert(connections).values({
    ...{ id: shop, tenantId: tenant.id, provider: "shopify", externalId: shop, name: "S", details: {}, connectedBy: "x", connectedAt: 1 },
    ...{ scopesAsked: [], scopesGranted: ["read_orders", "read_customers"], status: "active" },
  });
  await ctx.db.insert(schedules).values({
    ...{ tenantId: tenant.id, job: "shopify-sensor", everyS: 3600, nextAt: 0, config: {}, lastSuccessAt: start - readAgo * day },
  });
  const machine = testCtx({ actor: { type: "system", job: "test" }, now: () => clock.now });
  return {
    ctx,
    token,
    clock,
    machine,
    shop,
    async customer(id: string, all: readonly Bought[], consent: "subscribed" | "none" = "subscribed") {
      await ctx.db.insert(customers).values({
        ...{ ...of, externalId: id, orders: all.length, spentMinor: 1, currency: "GBP", mailConsent: consent, smsConsent: "none" },
        ...{ createdAt: 0, updatedAt: 0 },
      });
      for (const [n, { ago, minor = 1000, currency = "GBP", cancelled, delivered, returned, back, reduced }] of all.entries()) {
        const placedAt = start - ago * day;
        const externalId = `${id}-${n}`;
        const cancelledAt = cancelled === undefined ? null : start - cancelled * day;
        await ctx.db.insert(orders).values({
          ...{ ...of, externalId, customerId: id, placedAt, day: dayOf(placedAt, "UTC"), grossMinor: minor, currency, updatedAt: placedAt },
          cancelledAt,
        });
        if (delivered !== undefined)
          await ctx.db.insert(orderContents).values({
            ...{ ...of, externalId, updatedAt: placedAt, codes: [], fulfilments: [], deliveredAt: start - delivered * day },
            lines: reduced ? [["l", null, null, 2, 1, 500, 500]] : [],
          });
        if (returned !== undefined)
          await ctx.db.insert(refunds).values({
            ...{ ...of, externalId: `r${externalId}`, orderExternalId: externalId, refundedAt: start - returned * day },
            ...{ day: dayOf(start - returned * day, "UTC"), amountMinor: back?.minor ?? 1, currency: back?.currency ?? currency },
          });
      }
    },
    /** One who ordered every so many days, in one statement. */
    async regular(id: string, { orders: many, everyMs, until = start - day }: { orders: number; everyMs: number; until?: number }) {
      await ctx.db.insert(customers).values({
        ...{ ...of, externalId: id, orders: many, spentMinor: 1, currency: "GBP", mailConsent: "subscribed", smsConsent: "none" },
        ...{ createdAt: 0, updatedAt: 0 },
      });
      await ctx.db.run(sql`with recursive n (k) as (select 0 union all select k + 1 from n where k + 1 < ${many})
        insert into ${orders} (tenant_id, connection_id, external_id, customer_id, placed_at, day, gross_minor, currency, updated_at)
        select ${tenant.id}, ${shop}, ${id} || '-' || k, ${id}, ${until} - k * ${everyMs}, date((${until} - k * ${everyMs}) / 1000, 'unixepoch'), 1000, 'GBP', 0
        from n`);
    },
    request: (config: Record<string, unknown> = {}, days = 90) => requestRehearsal(ctx, { automation, days, config }),
    /** Works off what was sent to the queue of tasks. */
    async work() {
      for (const message of [...ctx.traces.tasks.splice(0), ...machine.traces.tasks.splice(0)])
        if (message.type === "rehearsal" && message.tenant === tenant.id) await workRehearsal(machine, message);
    },
    find: () => findRehearsal(ctx, { automation }),
  };
}
