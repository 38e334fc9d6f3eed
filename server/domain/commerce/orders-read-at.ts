import { type SQL, sql } from "drizzle-orm";
import { schedules } from "#db/schema/index.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import type { TenantCtx } from "#server/ctx.ts";

/** When the shop's orders were last read through, an instant: what came later may not be known. 0 where they never were. */
export const ordersReadAt = (ctx: TenantCtx): SQL<number> =>
  sql`coalesce((select last_success_at from ${schedules} where tenant_id = ${ctx.tenant.id} and job = ${shopifySensor.id}), 0)`;
