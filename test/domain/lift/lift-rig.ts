import { sql } from "drizzle-orm";
import { actions, connections, orders, policies, refunds, schedules } from "#db/schema/index.ts";
import type { ActionState } from "#db/words/actions.ts";
import { usualPolicy } from "#server/domain/actions/usual-policy.ts";
import { readLift } from "#server/domain/lift/read-lift.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";

export const dayMs = 86_400_000;
/** Writes to customers, and looks at 30 days of each. */
export const automation = "at-risk-customer-flow";
export const begun = Date.parse("2026-06-01T00:00:00Z");

interface Proposed {
  customer: string;
  control?: boolean | null;
  /** Days since it began. */
  on?: number;
  status?: ActionState;
  by?: string;
  shop?: string;
  decidedOn?: number;
}

interface Bought {
  customer: string | null;
  on?: number;
  minor?: number;
  currency?: string;
  cancelled?: boolean;
  shop?: string;
  id?: string;
}

/** A client whose automation began on a day, 200 days ago, and whose orders were read until now. */
export async function liftRig({ holdout = 10, ...more }: Partial<typeof policies.$inferInsert> = {}) {
  const clock = { now: begun + 200 * dayMs };
  const ctx = testTenantCtx(await makeTenant(), "owner", { now: () => clock.now });
  const tenantId = ctx.tenant.id;
  const shop = `con_${tenantId}`;
  let count = 0;
  await ctx.db.batch([
    ctx.db.insert(policies).values({
      ...{ ...usualPolicy, tenantId, automation, mode: "approve", holdout, salt: "s", startedAt: begun, createdAt: 1, updatedAt: 1 },
      ...more,
    }),
    ctx.db.insert(schedules).values({ tenantId, job: "shopify-sensor", everyS: 3600, nextAt: 0, config: {}, lastSuccessAt: clock.now }),
  ]);
  const connect = async (id: string) => {
    await ctx.db.insert(connections).values({
      ...{ id, tenantId, provider: "shopify", externalId: id, name: "S", details: {}, connectedBy: "x", connectedAt: 1 },
      ...{ scopesAsked: [], scopesGranted: [], status: "active" },
    });
  };
  await connect(shop);
  return {
    ctx,
    clock,
    shop,
    connect,
    read: () => readLift(ctx, { automation }),
    async propose(...all: Proposed[]) {
      const rows = all.map(({ customer, control = false, on = 0, status = control ? "withheld" : "done", by = automation, ...each }) => [
        ...[`act_${tenantId}_${count}`, by, `k${count++}`, `customer:${customer}`, each.shop ?? shop, customer, status],
        ...[
          control === null ? null : Number(control),
          begun + on * dayMs,
          each.decidedOn === undefined ? null : begun + each.decidedOn * dayMs,
        ],
      ]);
      await ctx.db.run(sql`insert into ${actions} (id, tenant_id, automation, run_id, dedupe, subject, connection_id, customer_id, touches, control, hash,
          evidence, status, created_at, expires_at, decided_at)
        select value->>0, ${tenantId}, value->>1, 'run', value->>2, value->>3, value->>4, value->>5, 'customer', value->>7, 'h', '{}', value->>6, value->>8,
          value->>8, value->>9 from json_each(${JSON.stringify(rows)})`);
    },
    async buy(...all: Bought[]) {
      const rows = all.map(({ customer, on = 1, minor = 1000, currency = "GBP", cancelled = false, ...each }) => [
        ...[
          each.id ?? `${count++}`,
          customer,
          begun + on * dayMs,
          minor,
          currency,
          cancelled ? begun + on * dayMs : null,
          each.shop ?? shop,
        ],
      ]);
      await ctx.db.run(sql`insert into ${orders} (tenant_id, connection_id, external_id, customer_id, placed_at, day, gross_minor, currency, updated_at, cancelled_at)
        select ${tenantId}, value->>6, value->>0, value->>1, value->>2, '2026-06-02', value->>3, value->>4, 1, value->>5 from json_each(${JSON.stringify(rows)})`);
    },
    async giveBack(orderExternalId: string, amountMinor: number, currency = "GBP") {
      await ctx.db.insert(refunds).values({
        ...{ tenantId, connectionId: shop, externalId: `r${count++}`, orderExternalId, refundedAt: begun, day: "2026-06-03" },
        ...{ amountMinor, currency },
      });
    },
    set: (wish: Partial<typeof policies.$inferInsert>) => ctx.db.update(policies).set(wish).where(inTenant(ctx, policies)),
    ordersReadUntil: (day: number) =>
      ctx.db
        .update(schedules)
        .set({ lastSuccessAt: begun + day * dayMs })
        .where(inTenant(ctx, schedules)),
  };
}

/** Customers by their number: those from `from` on, `of` of them. */
export const numbered = (of: number, from = 0): string[] => Array.from({ length: of }, (_, n) => String(from + n));
