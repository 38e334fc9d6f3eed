import { connections, customers, orderContents, orders, refunds } from "#db/schema/index.ts";
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
}

/** A client in UTC with a shop, and a clock that the test moves. */
export async function makeShopRig() {
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
      for (const [n, { ago, minor = 1000, currency = "GBP", cancelled, delivered, returned }] of all.entries()) {
        const placedAt = start - ago * day;
        const externalId = `${id}-${n}`;
        const cancelledAt = cancelled === undefined ? null : start - cancelled * day;
        await ctx.db.insert(orders).values({
          ...{ ...of, externalId, customerId: id, placedAt, day: dayOf(placedAt, "UTC"), grossMinor: minor, currency, updatedAt: placedAt },
          cancelledAt,
        });
        if (delivered !== undefined)
          await ctx.db.insert(orderContents).values({
            ...{ ...of, externalId, updatedAt: placedAt, lines: [], codes: [], fulfilments: [], deliveredAt: start - delivered * day },
          });
        if (returned !== undefined)
          await ctx.db.insert(refunds).values({
            ...{ ...of, externalId: `r${externalId}`, orderExternalId: externalId, refundedAt: start - returned * day },
            ...{ day: dayOf(start - returned * day, "UTC"), amountMinor: 1, currency },
          });
      }
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
