import { eq, getTableColumns, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { columnsOf, type Holding } from "#db/holdings.ts";
import { orders } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** A customer of a connected shop, and the orders that the shop names beside them. */
export interface Customer {
  connectionId: string;
  subject: string;
  orders?: readonly string[];
}

/** A table's column by its name in the schema. Throws where `db/holdings.ts` names one that there is not. */
export function columnOf(table: SQLiteTable, name: string): SQLiteColumn {
  const column = getTableColumns(table)[name];
  if (!column) throw new Error(`db/holdings.ts names a column that there is not: ${name}`);
  return column;
}

/** The WHERE of a table's rows that are a customer's: by their id, or by an order that is theirs. */
export function heldOf(ctx: TenantCtx, holding: Holding, { connectionId, subject, orders: named = [] }: Customer): SQL {
  const { table } = holding;
  const among = sql`(select value from json_each(${JSON.stringify(named)}))`;
  const theirs = or(eq(orders.customerId, subject), sql`${orders.externalId} in ${among}`);
  const orderIds = sql`(select ${orders.externalId} from ${orders} where ${inTenant(ctx, orders, eq(orders.connectionId, connectionId), theirs)})`;
  return inTenant(
    ctx,
    { tenantId: columnOf(table, "tenantId") },
    eq(columnOf(table, "connectionId"), connectionId),
    or(
      ...columnsOf(holding, "customer").map((name) => eq(columnOf(table, name), subject)),
      ...columnsOf(holding, "order").map((name) => sql`(${columnOf(table, name)} in ${among} or ${columnOf(table, name)} in ${orderIds})`),
    ),
  );
}
