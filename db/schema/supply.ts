import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { mappingStates, type SuppliedLine, type Supplier, type SupplyFacts, type SupplyReason, supplyStates } from "#db/words/supply.ts";

/** Which of a shop's variants is ordered where, as what. A row is a person's word: nothing is mapped that nobody accepted. */
export const supplyMappings = sqliteTable(
  "supply_mappings",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    variantId: text().notNull(),
    state: text({ enum: mappingStates }).notNull(),
    /** Of what is mapped the supplier, its id of the thing (CJ's vid, BigBuy's reference) and its name there; null of what the shop sends itself. Without a CHECK, since the list grows. */
    provider: text().$type<Supplier>(),
    reference: text(),
    name: text(),
    /** How many of it make one of the shop's. */
    pack: integer().notNull().default(1),
    /** A person's id. */
    mappedBy: text().notNull(),
    mappedAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.variantId] }), known(t.state)],
);

/** Orders that suppliers are to send, a row for each supplier of an order, and for each part that is ordered there. Of customers the shop's id alone: names and addresses rest nowhere. */
export const supplyOrders = sqliteTable(
  "supply_orders",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    orderId: text().notNull(),
    provider: text().$type<Supplier>().notNull(),
    /** Of what is ordered there in several goes (what there was, and the rest; lines that were added later), which one it is. */
    part: integer().notNull().default(0),
    customerId: text(),
    state: text({ enum: supplyStates }).notNull(),
    /** Without a CHECK, since the list grows. */
    reason: text().$type<SupplyReason>(),
    facts: json<SupplyFacts>().notNull(),
    /** Since when it stands there. */
    since: instant().notNull(),
    /** Which attempt this is: one that came to nothing is never repeated under its number. 0: nothing was proposed yet. */
    round: integer().notNull().default(0),
    /** What was proposed to be ordered, or before that what it is held with; and the supplier's parcels as far as they are known. */
    lines: json<SuppliedLine[]>().notNull(),
    parcels: json<string[]>().notNull(),
    /** A person wants it ordered whatever it earns, at what it cost then: minor units of the shop's currency. Null: nobody said so. */
    waivedUpTo: integer(),
    /** A person wants ordered what there is of it. */
    partly: integer({ mode: "boolean" }).notNull().default(false),
    /** Counts what people did to it: what a run read before writes nothing after. */
    version: integer().notNull().default(0),
    /** When it is looked at next; null where nothing more is to be done. */
    nextAt: instant(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.orderId, t.provider, t.part] }),
    // Word for word the condition of what is looked at.
    index("supply_orders_due").on(t.tenantId, t.connectionId, t.nextAt).where(sql`next_at is not null`),
    index("supply_orders_listed").on(t.tenantId, t.connectionId, t.state, t.createdAt),
    known(t.state),
  ],
);
