import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { refunds } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";

/** The WHERE of the refunds `r` of an order, by the name that the query has for it (`connection_id`, `external_id`, `currency`, `gross_minor`). */
export const refundsOf = (ctx: TenantCtx, order: string): SQL => {
  const of = sql.identifier(order);
  return sql`r.tenant_id = ${ctx.tenant.id} and r.connection_id = ${of}.connection_id and r.order_external_id = ${of}.external_id`;
};

/** What is left of an order in its currency, in minor units: less what was given back in it, whenever. What was in others is not in it. */
export const leftOf = (ctx: TenantCtx, order: string): SQL<number> => {
  const of = sql.identifier(order);
  return sql`(${of}.gross_minor - coalesce((select sum(r.amount_minor) from ${refunds} r where ${refundsOf(ctx, order)} and r.currency = ${of}.currency), 0))`;
};

/** Whether fewer pieces are left in an order than were ordered. What an edit took out before it was sent looks the same as what came back. */
export const isReduced = (lines: SQLiteColumn | SQL): SQL =>
  sql`exists (select 1 from json_each(${lines}) l where l.value ->> 4 < l.value ->> 3)`;
