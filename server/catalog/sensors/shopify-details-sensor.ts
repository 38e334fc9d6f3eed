import * as z from "zod";
import { changedLines, readChanged, sinceNewest } from "#server/catalog/changed.ts";
import { calendarLines, calendarOf, dayOf } from "#server/catalog/days.ts";
import type { Effects, Reading, Step } from "#server/catalog/job.ts";
import { deliveries } from "#server/catalog/providers/shopify-deliveries.ts";
import { defineSensor } from "#server/catalog/sensor.ts";
import { allOrders } from "./shopify-all-orders.ts";
import { readContentsPage, readParcelsOf } from "./shopify-contents.ts";
import { readCustomerPage } from "./shopify-customers.ts";
import { readProductPage } from "./shopify-products.ts";

/** A page of orders has some thousand lines; one of customers or products is small. */
const pageSizes = { products: 100, customers: 250, contents: 50 } as const;
const pagesPerStep = 4;
const dayMs = 86_400_000;
/** No reading by date sees what is gone: so all products are read anew each week. */
const wholeEveryMs = 7 * dayMs;
/** The clocks of two machines may differ by so much, and what was seen shortly before a reading began is not taken for gone. */
const clockMs = 3_600_000;
/**
 * A carrier's word does not date an order anew. So the orders of parcels of which the shop said that they moved are asked again, and
 * after them, since an event can be lost and a shop may not allow us to hear of it, those that nobody has seen delivered: some each run,
 * as long as a parcel may be on its way.
 */
const onTheWayMs = 60 * dayMs;
const askedAgain = 50;

const To = z.object({
  since: z.number().int(),
  after: z.string().nullable(),
  newest: z.number().int(),
  anewAt: z.number().int().nullable(),
});

/** Each list is read by its own date of change, and its place is committed with the rows of every step. */
const Cursor = z.object({
  /** The shop that was read: another one is read from its beginning. */
  shop: z.string(),
  phase: z.enum(["products", "customers", "contents", "parcels", "figures"]),
  products: To,
  customers: To,
  contents: To,
  /** When the present or the last reading of all products began, and whether it has found any. */
  whole: z.object({ begunAt: z.number().int(), open: z.boolean(), found: z.boolean() }),
  /** The last order that was asked again. */
  parcel: z.string().nullable(),
  /** Whether all orders could be read, or those of the last 60 days: once all can be, they are read from the beginning. */
  allOrders: z.boolean(),
});
type Cursor = z.infer<typeof Cursor>;

const lines = {
  ...calendarLines,
  ...changedLines,
  recent_only: allOrders.without,
  read: { en: "Shop details synced.", fr: "Détails de la boutique synchronisés.", he: "פרטי החנות סונכרנו." },
};
type DetailsReading = Reading<Record<string, never>, Cursor, keyof typeof lines>;

const beginning = { since: 0, after: null, newest: 0, anewAt: null };
const start = (shop: string, now: number): Omit<Cursor, "allOrders"> => ({
  shop,
  phase: "products",
  products: beginning,
  customers: beginning,
  contents: beginning,
  whole: { begunAt: now, open: true, found: false },
  parcel: null,
});

/**
 * What automations need to know of a shop beyond its figures. Off by default: a client who lets nothing act has none of it read or
 * stored. No name, address or phone number of a customer is asked for.
 */
export const shopifyDetailsSensor = defineSensor({
  id: "shopify-details-sensor",
  title: { en: "Products and customers", fr: "Produits et clients", he: "מוצרים ולקוחות" },
  description: {
    en: "Products, prices, what each order contains, deliveries, and which customers agreed to be written to. No names or addresses.",
    fr: "Produits, prix, contenu des commandes, livraisons, et clients qui acceptent qu’on leur écrive. Ni noms ni adresses.",
    he: "מוצרים, מחירים, תכולת ההזמנות, משלוחים, ואילו לקוחות הסכימו לקבל הודעות. ללא שמות וכתובות.",
  },
  needs: [
    {
      provider: "shopify",
      scopes: ["read_orders", "read_all_orders", "read_products", "read_customers", deliveries.scope],
      optionalScopes: [allOrders, deliveries],
    },
  ],
  everyS: 3600,
  wokenBy: ["shopify.orders", "shopify.products", "shopify.parcels"],
  config: z.object({}),
  cursor: Cursor,
  lines,
  metrics: [
    {
      key: "reachable",
      label: { en: "Email subscribers", fr: "Abonnés à l’e-mail", he: "נרשמים לאימייל" },
      how: {
        en: "Customers of the shop who agreed to marketing emails, at the last sync.",
        fr: "Clients de la boutique qui acceptent les e-mails marketing, à la dernière synchronisation.",
        he: "לקוחות החנות שהסכימו לקבל דיוור, בסנכרון האחרון.",
      },
      unit: "count",
      kind: "snapshot",
      better: "up",
    },
    {
      key: "reachable_sms",
      label: { en: "SMS subscribers", fr: "Abonnés aux SMS", he: "נרשמים ל־SMS" },
      how: {
        en: "Customers of the shop who agreed to marketing text messages, at the last sync.",
        fr: "Clients de la boutique qui acceptent les SMS marketing, à la dernière synchronisation.",
        he: "לקוחות החנות שהסכימו לקבל הודעות SMS שיווקיות, בסנכרון האחרון.",
      },
      unit: "count",
      kind: "snapshot",
      better: "up",
      tile: false,
    },
  ],
  step(reading) {
    const { externalId: shop, scopes } = reading.account("shopify");
    const all = scopes?.includes(allOrders.scope) ?? true;
    const known = reading.cursor?.shop === shop ? reading.cursor : { ...start(shop, reading.now), allOrders: all };
    const cursor = all && !known.allOrders ? { ...known, contents: beginning } : known;
    if (!all && cursor.phase === "contents") reading.log("info", "recent_only");
    return steps[cursor.phase](reading, { ...cursor, allOrders: all });
  },
});

const steps: Record<Cursor["phase"], (reading: DetailsReading, cursor: Cursor) => Promise<Step<Cursor>>> = {
  async products(reading, from) {
    const isDue = !from.whole.open && from.products.after === null && reading.now - from.whole.begunAt >= wholeEveryMs;
    const cursor = isDue ? { ...from, products: beginning, whole: { begunAt: reading.now, open: true, found: false } } : from;
    const { step, items } = await readSome(reading, cursor, "products", "customers", readProductPage);
    const found = cursor.whole.found || items.length > 0;
    const ends = step.cursor.phase !== "products";
    // A list that is empty from its beginning proves nothing: a reply that wrongly shows none would take all.
    const isWhole = ends && cursor.whole.open && found;
    return {
      ...step,
      // One that changed while the pages were read is met twice: what its older state names is no variant any more, and the other way round.
      products: [...new Map(items.map(({ record }) => [record.externalId, record])).values()],
      ...(isWhole && { listedProducts: { seenSince: cursor.whole.begunAt - clockMs } }),
      cursor: { ...step.cursor, whole: { ...cursor.whole, open: cursor.whole.open && !ends, found } },
    };
  },
  async customers(reading, cursor) {
    const { step, items } = await readSome(reading, cursor, "customers", "contents", readCustomerPage);
    return { ...step, customers: items.map(({ record }) => record) };
  },
  async contents(reading, cursor) {
    const { step, items } = await readSome(reading, cursor, "contents", "parcels", readContentsPage);
    return { ...step, contents: items.flatMap(({ record }) => record ?? []) };
  },
  async parcels(reading, cursor) {
    const moved = await reading.shop.moved({ until: reading.now, limit: askedAgain });
    const left = askedAgain - moved.length;
    const others = left > 0 ? await reading.shop.onTheWay({ since: reading.now - onTheWayMs, after: cursor.parcel, limit: left }) : [];
    const ids = [...new Set([...moved, ...others])];
    const next = { ...cursor, parcel: others.length < left ? null : (others.at(-1) ?? cursor.parcel) };
    return {
      parcels: ids.length > 0 ? await readParcelsOf(reading.account("shopify"), ids) : [],
      askedParcels: { orderExternalIds: moved, until: reading.now },
      // All that moved is asked.
      cursor: left === 0 ? next : { ...next, phase: "figures" },
      done: false,
    };
  },
  /** From what the steps before have committed. */
  async figures(reading, cursor) {
    const timezone = calendarOf(reading.account("shopify"), reading);
    const day = dayOf(reading.now, timezone);
    const { email, sms } = await reading.shop.reachable();
    return {
      measurements: [
        { metric: "reachable", day, value: email },
        { metric: "reachable_sms", day, value: sms },
      ],
      timezone,
      cursor: { ...cursor, phase: "products" },
      done: true,
    };
  },
};

type List = keyof typeof pageSizes;
type ReadPage<T> = (
  account: ReturnType<DetailsReading["account"]>,
  place: { since: number; after: string | null; first: number },
) => Promise<{ items: T[]; next: string | null }>;

/** Some pages of one list, and the cursor behind them: in the same list, or at the beginning of the next. */
async function readSome<T extends { updatedAt: string }>(
  reading: DetailsReading,
  cursor: Cursor,
  list: List,
  then: Cursor["phase"],
  readPage: ReadPage<T>,
): Promise<{ items: T[]; step: Effects & { cursor: Cursor; done: false; despite: Step<Cursor>["despite"] & {} } }> {
  const account = reading.account("shopify");
  const { items, more, to, despite } = await readChanged(cursor[list], {
    now: reading.now,
    pages: pagesPerStep,
    read: (place) => readPage(account, { ...place, first: pageSizes[list] }),
    lost: () => reading.log("warn", "page_unknown"),
  });
  reading.log("info", "read", { list, items: items.length, more });
  const next: Cursor = more
    ? { ...cursor, [list]: to }
    : { ...cursor, [list]: { ...to, since: sinceNewest(to.newest), after: null }, phase: then };
  return { items, step: { cursor: next, done: false, despite } };
}
