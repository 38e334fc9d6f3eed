import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import { consents, type Fulfilment, type OrderLine } from "#db/words/commerce.ts";

/** Orders of a connected shop. Amounts in minor units of `currency`; `day` in the shop's timezone. */
export const orders = sqliteTable(
  "orders",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    /** The shop's id of the customer; null for a guest. */
    customerId: text(),
    placedAt: instant().notNull(),
    day: text().notNull(),
    grossMinor: integer().notNull(),
    currency: text().notNull(),
    updatedAt: instant().notNull(),
    /** When it was cancelled; null for one that stands. What was cancelled is no purchase. */
    cancelledAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }),
    // All hold all that their questions ask for, so that a year of orders is answered without touching the rows.
    index("orders_day").on(t.tenantId, t.connectionId, t.day, t.currency, t.grossMinor),
    index("orders_customer").on(t.tenantId, t.connectionId, t.customerId, t.placedAt, t.day, t.cancelledAt),
    index("orders_placed").on(t.tenantId, t.connectionId, t.placedAt, t.day, t.currency),
  ],
);

/** Money given back on an order, on the day it was given back. */
export const refunds = sqliteTable(
  "refunds",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    orderExternalId: text().notNull(),
    refundedAt: instant().notNull(),
    day: text().notNull(),
    amountMinor: integer().notNull(),
    currency: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }),
    index("refunds_day").on(t.tenantId, t.connectionId, t.day, t.currency, t.amountMinor),
    // What goes with an order that is deleted.
    index("refunds_order").on(t.tenantId, t.connectionId, t.orderExternalId),
  ],
);

/** Orders that the shop has deleted: a page that was read before, or an event that comes late, does not bring them back. */
export const deletedOrders = sqliteTable(
  "deleted_orders",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    deletedAt: instant().notNull(),
    /** The days that it and its refunds were counted on: they are measured anew. */
    days: json<string[]>().notNull().default([]),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }), index("deleted_orders_at").on(t.tenantId, t.deletedAt)],
);

/**
 * What is in an order, in one row: an order is written as a whole, and a row a line would be thirty times as many to write. `lines` is
 * opened by `json_each` where somebody asks for a product.
 */
export const orderContents = sqliteTable(
  "order_contents",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    updatedAt: instant().notNull(),
    lines: json<OrderLine[]>().notNull(),
    /** Discount codes as the buyer typed them; none of a buyer who was forgotten. */
    codes: json<string[]>().notNull(),
    fulfilments: json<Fulfilment[]>().notNull(),
    /** When the last of it reached its buyer; null while something has not, as far as its carriers say. */
    deliveredAt: instant(),
    /** Whether all of it was paid; null where that was not asked yet. */
    paid: integer({ mode: "boolean" }),
    /** When the shop said that a parcel of it had moved; null once it was asked where. */
    movedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }),
    index("order_contents_delivered").on(t.tenantId, t.connectionId, t.deliveredAt),
    index("order_contents_coded").on(t.tenantId, t.connectionId, t.externalId, t.codes).where(sql`codes <> '[]'`),
    index("order_contents_moved").on(t.tenantId, t.connectionId, t.movedAt).where(sql`moved_at is not null`),
  ],
);

/** What a shop sells. `seenAt`: when a reading last found it; what a whole reading does not find is gone. */
export const products = sqliteTable(
  "products",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    title: text().notNull(),
    handle: text().notNull(),
    /** `ACTIVE`, `DRAFT`, `ARCHIVED`, `UNLISTED`, or what Shopify adds; `DELETED` where the shop said so since all products were read. */
    status: text().notNull(),
    vendor: text().notNull(),
    type: text().notNull(),
    /** Its page in the shop; null where it has none. */
    url: text(),
    updatedAt: instant().notNull(),
    seenAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] })],
);

/** A product as it is bought, with what it costs now. Amounts in minor units of `currency`. */
export const variants = sqliteTable(
  "variants",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    productId: text().notNull(),
    title: text().notNull(),
    sku: text(),
    priceMinor: integer().notNull(),
    /** The price that the shop shows crossed out beside it. */
    compareAtMinor: integer(),
    currency: text().notNull(),
    /** Units left; null where the shop does not count them. Below zero where it sells what it has not. */
    stock: integer(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }),
    index("variants_product").on(t.tenantId, t.connectionId, t.productId),
  ],
);

/** What a variant has cost, a row a change: Shopify tells the present price alone (../shared/writes-and-voice.md, "Price history"). */
export const variantPrices = sqliteTable(
  "variant_prices",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    variantId: text().notNull(),
    /** From when on, by the product's own date of change. */
    since: instant().notNull(),
    priceMinor: integer().notNull(),
    compareAtMinor: integer(),
    currency: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.variantId, t.since] })],
);

/**
 * Who bought or left an address at a shop: its id of them, and what may be sent to them. No name, no address, no phone number. When they
 * first and last bought is asked of `orders`.
 */
export const customers = sqliteTable(
  "customers",
  {
    tenantId: tenantId(),
    connectionId: text().notNull(),
    externalId: text().notNull(),
    /** As the shop counts them, also those of before what we may read. */
    orders: integer().notNull(),
    spentMinor: integer().notNull(),
    currency: text().notNull(),
    mailConsent: text({ enum: consents }).notNull(),
    smsConsent: text({ enum: consents }).notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.connectionId, t.externalId] }), known(t.mailConsent), known(t.smsConsent)],
);
