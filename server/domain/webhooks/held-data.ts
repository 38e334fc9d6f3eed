import { eq, or, type SQL, sql } from "drizzle-orm";
import { orders, refunds } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";

/** A customer of a connected shop, and the orders that the shop names beside them. */
export interface Customer {
  connectionId: string;
  subject: string;
  orders?: readonly string[];
}

/** The WHERE of the orders that are a customer's. */
export const ordersOf = (ctx: TenantCtx, { connectionId, subject, orders: named = [] }: Customer): SQL =>
  inTenant(
    ctx,
    orders,
    eq(orders.connectionId, connectionId),
    or(eq(orders.customerId, subject), sql`${orders.externalId} in (select value from json_each(${JSON.stringify(named)}))`),
  );

/** The WHERE of what was given back on them. */
export const refundsOf = (ctx: TenantCtx, customer: Customer): SQL =>
  inTenant(
    ctx,
    refunds,
    eq(refunds.connectionId, customer.connectionId),
    sql`${refunds.orderExternalId} in (select ${orders.externalId} from ${orders} where ${ordersOf(ctx, customer)})`,
  );
