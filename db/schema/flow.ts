import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { flowCallStates } from "#db/words/flow.ts";

/**
 * What workflows in Shopify Flow asked of a client, each once by Shopify's id of it. A body that was signed once is good for ever, since it says no
 * time: so these are kept as long as the account is.
 */
export const flowCalls = sqliteTable(
  "flow_calls",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    connectionId: text().notNull(),
    /** Shopify's `action_run_id`: the same when Flow asks again. */
    runKey: text().notNull(),
    /** Which action, by its handle. */
    action: text().notNull(),
    /** What the merchant filled in, by the action's properties; nothing of it where it was refused as personal. */
    properties: json<Record<string, string>>().notNull(),
    status: text({ enum: flowCallStates }).notNull(),
    /** What was answered: a code of `flowCodes` or of the refusals, and what its sentence names. Null while it is begun. */
    code: text(),
    params: json<Record<string, string | number>>(),
    /** HTTP status of the answer. */
    answered: integer(),
    receivedAt: instant().notNull(),
    /** When it was last begun. */
    begunAt: instant().notNull(),
    finishedAt: instant(),
    /** The request in which it first came: what it did carries that too. */
    requestId: text().notNull(),
  },
  (t) => [
    uniqueIndex("flow_calls_key").on(t.tenantId, t.connectionId, t.runKey),
    index("flow_calls_received").on(t.tenantId, t.receivedAt),
    known(t.status),
  ],
);

/** As many of a shop and day are counted: anybody can send more, and nobody learns more from them. */
export const mostCheckoutsADay = 10_000;

/** Completed checkouts that a shop's storefront told of, by day (YYYY-MM-DD, the client's time zone). Sent by visitors' browsers: a hint, no figure. */
export const pixelDays = sqliteTable(
  "pixel_days",
  { tenantId: tenantId(), connectionId: text().notNull(), day: text().notNull(), checkouts: integer().notNull() },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.day] }), check("pixel_days_most", sql`checkouts between 1 and 10000`)],
);
