import * as z from "zod";
import { changedLines, overlapMs, readChanged, sinceNewest } from "#server/catalog/changed.ts";
import { addDays, calendarLines, calendarOf, dayOf, daysBetween } from "#server/catalog/days.ts";
import type { Reading, Step } from "#server/catalog/job.ts";
import { openPlaces } from "#server/catalog/places.ts";
import type { Measurement, OrderRecord, RefundRecord } from "#server/catalog/records.ts";
import { defineSensor } from "#server/catalog/sensor.ts";
import { customerBaseSensor } from "./customer-base-sensor.ts";
import { retentionSensor } from "./retention-sensor.ts";
import { allOrders } from "./shopify-all-orders.ts";
import { listOrderPage, readOrderPage, recordsOf } from "./shopify-orders.ts";
import { readStock } from "./shopify-stock.ts";

const pageSize = 250;
/** One step: 1,000 orders at most, some seconds of calls, so that it ends well within a run's deadline. */
const pagesPerStep = 4;
const stockEveryMs = 55 * 60_000;
/**
 * Deliveries of deletions can be lost, and no reading by date sees what is gone. So all orders are listed anew each week, by id and
 * date alone, 1,000 a run: a call for 250 orders, 40 a week for a shop with 10,000, and 100 runs (a day) for one with 100,000.
 */
const listEveryMs = 7 * 86_400_000;
/** What changed so shortly before a listing began may not be in Shopify's lists yet. */
const settledMs = 86_400_000;
/** An app without `read_all_orders` is shown the orders of 60 days; of the last of these only while it lasts. */
const surelyShownMs = 59 * 86_400_000;
/** Older days stay in the orders themselves; no chart looks back further. */
const measuredDays = 400;

const Config = z.object({
  lowStockAt: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .meta({
      label: { en: "Low stock threshold", fr: "Seuil de stock bas", he: "סף מלאי נמוך" },
      hint: {
        en: "Products with this many units left or fewer are low on stock.",
        fr: "Un produit dont il reste ce nombre de pièces ou moins est en stock bas.",
        he: "מוצר שנותרו ממנו יחידות במספר הזה או פחות הוא במלאי נמוך.",
      },
    }),
});

/**
 * A pass reads the orders that changed since `since` (0: all of them) page by page, then measures the days that they touched.
 * It is committed with the rows of every step, so that whatever breaks goes on from the page after the last committed one.
 */
const Cursor = z.object({
  /** The shop that was read: another one is read from its beginning. */
  shop: z.string(),
  phase: z.enum(["orders", "listing", "figures"]),
  /** 0: all of them. */
  since: z.number().int(),
  after: z.string().nullable(),
  /** When the shop last no longer knew that place. */
  anewAt: z.number().int().nullable().default(null),
  /** The latest `updatedAt` seen: where the next pass begins. */
  newest: z.number().int(),
  /** Days that changed orders and refunds fall on; unused in the first pass, which measures all. */
  days: z.array(z.iso.date()),
  measuredOn: z.iso.date().nullable(),
  stockReadAt: z.number().int(),
  /** The shop's time zone, and the day on which it last had another one: orders of before stay on the days they were counted on. */
  timezone: z.string().nullable().default(null),
  movedOn: z.iso.date().nullable().default(null),
  /** When days were last measured: what was deleted since is taken off its days. */
  measuredAt: z.number().int().default(0),
  /** When the last listing of all orders ended, and how far the present one is. */
  listedAt: z.number().int().default(0),
  listing: z
    .object({
      begunAt: z.number().int(),
      after: z.string().nullable(),
      /** The oldest order that has not been held against what is stored, and the ids that were listed of its instant. */
      from: z.number().int().nullable(),
      tied: z.array(z.string()),
    })
    .nullable()
    .default(null),
  /** Whether all orders could be read, or those of the last 60 days: once all can be, they are read from the beginning. */
  whole: z.boolean().default(true),
});
type Cursor = z.infer<typeof Cursor>;
const lines = {
  ...calendarLines,
  ...changedLines,
  recent_only: allOrders.without,
  orders_read: { en: "Orders synced.", fr: "Commandes synchronisées.", he: "ההזמנות סונכרנו." },
  stock_cut: {
    en: "More products are low on stock than were counted.",
    fr: "Il y a plus de produits presque épuisés que ceux qui ont été comptés.",
    he: "יש יותר מוצרים במלאי נמוך מאלה שנספרו.",
  },
};
type ShopReading = Reading<z.output<typeof Config>, Cursor, keyof typeof lines>;

const start: Omit<Cursor, "shop"> = {
  phase: "orders",
  since: 0,
  after: null,
  anewAt: null,
  newest: 0,
  days: [],
  measuredOn: null,
  stockReadAt: 0,
  timezone: null,
  movedOn: null,
  measuredAt: 0,
  listedAt: 0,
  listing: null,
  whole: true,
};

export const shopifySensor = defineSensor({
  id: "shopify-sensor",
  title: { en: "Shop", fr: "Boutique", he: "חנות" },
  description: {
    en: "Orders, revenue, refunds and stock of the Shopify shop.",
    fr: "Commandes, chiffre d’affaires, remboursements et stock de la boutique Shopify.",
    he: "הזמנות, הכנסות, החזרים ומלאי של חנות Shopify.",
  },
  needs: [
    { provider: "shopify", scopes: ["read_orders", "read_all_orders", "read_products", "read_customers"], optionalScopes: [allOrders] },
  ],
  everyS: 15 * 60,
  onByDefault: true,
  wokenBy: ["shopify.orders", "shopify.products"],
  config: Config,
  cursor: Cursor,
  lines,
  metrics: [
    {
      key: "revenue",
      label: { en: "Revenue", fr: "Chiffre d’affaires", he: "הכנסות" },
      how: {
        en: "Order totals with tax and shipping, before refunds, on the day each order was placed in the shop’s time zone; test orders are left out.",
        fr: "Totaux des commandes, taxes et livraison comprises, avant remboursements, au jour de la commande dans le fuseau de la boutique ; les commandes de test sont exclues.",
        he: "סכומי ההזמנות כולל מס ומשלוח, לפני החזרים, ביום ההזמנה לפי אזור הזמן של החנות; הזמנות ניסיון אינן נכללות.",
      },
      unit: "money",
      kind: "daily",
      better: "up",
    },
    {
      key: "orders",
      label: { en: "Orders", fr: "Commandes", he: "הזמנות" },
      how: {
        en: "Orders placed, also those cancelled later; test orders and deleted orders are left out.",
        fr: "Commandes passées, y compris celles annulées ensuite ; les commandes de test et supprimées sont exclues.",
        he: "הזמנות שבוצעו, גם אלה שבוטלו אחר כך; הזמנות ניסיון והזמנות שנמחקו אינן נכללות.",
      },
      unit: "count",
      kind: "daily",
      better: "up",
    },
    {
      key: "average_order",
      label: { en: "Average order", fr: "Panier moyen", he: "הזמנה ממוצעת" },
      how: {
        en: "Revenue divided by orders over the whole period, not an average of daily averages; each currency separately.",
        fr: "Chiffre d’affaires divisé par le nombre de commandes sur toute la période, et non une moyenne de moyennes ; chaque devise à part.",
        he: "הכנסות חלקי מספר ההזמנות בכל התקופה, לא ממוצע של ממוצעים; כל מטבע בנפרד.",
      },
      unit: "money",
      kind: "daily",
      quotient: { of: "revenue", by: "orders" },
      better: "up",
    },
    {
      key: "refunds",
      label: { en: "Refunds", fr: "Remboursements", he: "החזרים" },
      how: {
        en: "Money refunded, plus what was left of orders that were cancelled or edited to less, on the day it happened.",
        fr: "Montants remboursés, plus ce qui restait des commandes annulées ou réduites, au jour où cela s’est produit.",
        he: "כסף שהוחזר, ובנוסף יתרת הזמנות שבוטלו או צומצמו, ביום שבו זה קרה.",
      },
      unit: "money",
      kind: "daily",
      better: "down",
    },
    {
      key: "net_revenue",
      label: { en: "Net revenue", fr: "Chiffre d’affaires net", he: "הכנסות נטו" },
      how: {
        en: "Revenue minus refunds, each on its own day: a day with more refunds than sales is negative.",
        fr: "Chiffre d’affaires moins remboursements, chacun à son jour : un jour avec plus de remboursements que de ventes est négatif.",
        he: "הכנסות פחות החזרים, כל אחד ביום שלו: יום שבו ההחזרים עולים על המכירות הוא שלילי.",
      },
      unit: "money",
      kind: "daily",
      better: "up",
    },
    {
      key: "products",
      label: { en: "Products", fr: "Produits", he: "מוצרים" },
      how: {
        en: "Active products at the last sync.",
        fr: "Produits actifs à la dernière synchronisation.",
        he: "מוצרים פעילים בסנכרון האחרון.",
      },
      unit: "count",
      kind: "snapshot",
    },
    {
      key: "low_stock",
      label: { en: "Low stock", fr: "Stock faible", he: "מלאי נמוך" },
      how: {
        en: "Active products with tracked stock and few units left: 1 to 5, unless you set another number.",
        fr: "Produits actifs à stock suivi dont il reste peu de pièces, 5 ou moins sauf autre réglage, sans être épuisés.",
        he: "מוצרים פעילים עם מעקב מלאי שנותרו מהם מעט יחידות, 5 או פחות אלא אם נקבע מספר אחר, אך לא אזלו.",
      },
      unit: "count",
      kind: "snapshot",
      better: "down",
    },
    {
      key: "out_of_stock",
      label: { en: "Out of stock", fr: "En rupture", he: "אזל מהמלאי" },
      how: {
        en: "Active products with tracked stock and none left; a warning from 5% of all active products, critical from 20%.",
        fr: "Produits actifs à stock suivi et épuisés ; alerte à partir de 5 % des produits actifs, critique à partir de 20 %.",
        he: "מוצרים פעילים עם מעקב מלאי שאזלו; אזהרה החל מ־5% מהמוצרים הפעילים, קריטי החל מ־20%.",
      },
      unit: "count",
      kind: "snapshot",
      better: "down",
      thresholds: { warn: 0.05, bad: 0.2, when: "above", of: "products" },
    },
  ],
  step(reading) {
    const { externalId: shop, scopes } = reading.account("shopify");
    const whole = scopes?.includes(allOrders.scope) ?? true;
    const goesOn = reading.cursor?.shop === shop && (reading.cursor.whole || !whole);
    const cursor = { ...(goesOn && reading.cursor ? reading.cursor : { ...start, shop }), whole };
    if (!whole && cursor.phase === "orders") reading.log("info", "recent_only");
    return steps[cursor.phase](reading, cursor);
  },
});

const steps = { orders: readOrders, listing: listOrders, figures: measure };

async function readOrders(reading: ShopReading, from: Cursor): Promise<Step<Cursor>> {
  const account = reading.account("shopify");
  const timezone = calendarOf(account, reading);
  const movedOn = from.timezone !== null && from.timezone !== timezone ? dayOf(reading.now, timezone) : from.movedOn;
  // By id: an order that changes while the pages are read moves to their end and is met twice.
  const orders = new Map<string, OrderRecord>();
  const refunds = new Map<string, RefundRecord>();
  const days = new Set(from.days);
  // An order keeps the day that it was first counted on, which in another time zone may be the one before or after.
  const touch = (day: string) => {
    for (const each of movedOn !== null && day <= addDays(movedOn, 1) ? [addDays(day, -1), day, addDays(day, 1)] : [day]) days.add(each);
  };
  const { items, more, to, despite } = await readChanged(from, {
    now: reading.now,
    pages: pagesPerStep,
    read: (place) => readOrderPage(account, { ...place, first: pageSize }),
    lost: () => reading.log("warn", "page_unknown"),
  });
  for (const each of items) {
    const records = recordsOf(each, timezone);
    if (!records) continue;
    orders.set(records.order.externalId, records.order);
    touch(records.order.day);
    for (const refund of records.refunds) {
      refunds.set(refund.externalId, refund);
      touch(refund.day);
    }
  }
  // What is corrected leaves the day that it was counted on: it is measured anew, unless none was measured yet.
  if (from.measuredOn !== null) for (const day of await reading.shop.daysOf([...orders.keys()])) days.add(day);
  reading.log("info", "orders_read", { orders: orders.size, refunds: refunds.size, more });
  const read = { ...to, days: from.measuredOn === null ? [] : [...days] };
  const cursor: Cursor = { ...from, ...read, timezone, movedOn };
  const rows = { orders: [...orders.values()], refunds: [...refunds.values()] };
  return {
    ...rows,
    cursor: more ? cursor : { ...cursor, phase: listingIsDue(cursor, reading.now) ? "listing" : "figures", after: null },
    done: false,
    despite,
  };
}

/** The first pass has read them all. */
const listingIsDue = ({ measuredOn, listing, listedAt }: Cursor, now: number): boolean =>
  measuredOn !== null && (listing !== null || now - listedAt >= listEveryMs);

/**
 * Lists which orders there are, some pages a run, and holds them against what is stored: from the oldest that the shop shows to where
 * the pages came. What is missing there was deleted. A list that is empty from its beginning proves nothing: the last order of a shop
 * is seldom deleted, and a reply that wrongly shows none would take the whole history.
 */
async function listOrders(reading: ShopReading, cursor: Cursor): Promise<Step<Cursor>> {
  const account = reading.account("shopify");
  const places = openPlaces({ anewAt: cursor.anewAt, now: reading.now });
  const { begunAt, after: begin, from: oldest, tied } = cursor.listing ?? { begunAt: reading.now, after: null, from: null, tied: [] };
  const listed = tied.map((externalId) => ({ externalId, placedAt: oldest ?? 0 }));
  let after = begin;
  let more = true;
  for (let page = 0; more && page < pagesPerStep; page++) {
    const read = await places.from(after, () => listOrderPage(account, { after, first: pageSize }));
    // A place that is no longer known: the whole is listed anew by the next run.
    if (read === null)
      return { cursor: { ...cursor, phase: "figures", listing: null, anewAt: places.anewAt }, done: false, despite: places.despite };
    listed.push(...read.orders);
    after = read.next;
    more = read.next !== null;
  }
  const [first] = listed;
  const shownFrom = account.scopes?.includes(allOrders.scope) ? 0 : begunAt - surelyShownMs;
  const from = oldest ?? (first ? Math.min(first.placedAt, shownFrom) : null);
  const reached = more ? (listed.at(-1)?.placedAt ?? begunAt) : begunAt;
  const open = listed.filter(({ placedAt }) => placedAt >= reached).map(({ externalId }) => externalId);
  const next: Cursor = { ...cursor, phase: "figures", anewAt: places.anewAt };
  return {
    ...(from !== null && {
      listed: { externalIds: listed.map(({ externalId }) => externalId), from, to: reached, changedBefore: begunAt - settledMs },
    }),
    cursor: more ? { ...next, listing: { begunAt, after, from: reached, tied: open } } : { ...next, listing: null, listedAt: reading.now },
    done: false,
    despite: places.despite,
  };
}

/** Measures from the history after the rows of the last page were committed. */
async function measure(reading: ShopReading, cursor: Cursor): Promise<Step<Cursor>> {
  const account = reading.account("shopify");
  const timezone = calendarOf(account, reading);
  const today = dayOf(reading.now, timezone);
  const oldest = addDays(today, -measuredDays);
  const since = cursor.measuredOn ?? oldest;
  const emptied = cursor.measuredOn === null ? [] : await reading.shop.emptied(cursor.measuredAt - overlapMs);
  const earlier = [...new Set([...cursor.days, ...emptied])].filter((day) => day >= oldest && day < since);
  const history = await reading.shop.daily(earlier.reduce(earlierOf, since));
  // Where the only orders are stamped ahead, nothing was sold so far: that is 0 today.
  const firstSold = earlierOf(history[0]?.day ?? today, today);
  const begin = cursor.measuredOn === null && firstSold > since ? firstSold : since;
  const days = [...new Set([...earlier, ...daysBetween(begin, today)])];
  const inUse = account.currency ?? history.findLast(({ day }) => day <= today)?.currency ?? history.at(-1)?.currency ?? reading.currency;
  const measurements = figuresOf(days, { history, inUse });
  const places = openPlaces({ anewAt: cursor.anewAt, now: reading.now });
  const stockIsDue = reading.now - cursor.stockReadAt >= stockEveryMs;
  if (stockIsDue) {
    const stock = await readStock(account, { lowAt: reading.config.lowStockAt, places });
    if (!stock.complete) reading.log("warn", "stock_cut");
    measurements.push(
      { metric: "products", day: today, value: stock.products },
      { metric: "low_stock", day: today, value: stock.low },
      { metric: "out_of_stock", day: today, value: stock.out },
    );
  }
  const next: Cursor = {
    shop: cursor.shop,
    phase: "orders",
    since: sinceNewest(cursor.newest),
    after: null,
    anewAt: places.anewAt,
    newest: cursor.newest,
    days: [],
    measuredOn: today,
    stockReadAt: stockIsDue ? reading.now : cursor.stockReadAt,
    timezone: cursor.timezone,
    movedOn: cursor.movedOn,
    measuredAt: reading.now,
    listedAt: cursor.measuredOn === null ? reading.now : cursor.listedAt,
    listing: cursor.listing,
    whole: cursor.whole,
  };
  // The first history is there: what is told from it need not wait for its own day.
  const wake = cursor.measuredOn === null ? [retentionSensor.id, customerBaseSensor.id] : [];
  return { measurements, timezone, cursor: next, done: true, wake, despite: places.despite };
}

const earlierOf = (a: string, b: string): string => (a < b ? a : b);

type Sold = Awaited<ReturnType<ShopReading["shop"]["daily"]>>[number];

/** What the days come to, each currency separately. A day on which nothing was sold is 0 in the currency in use. */
function figuresOf(days: readonly string[], { history, inUse }: { history: readonly Sold[]; inUse: string }): Measurement[] {
  const byDay = new Map<string, Sold[]>();
  for (const sold of history) byDay.set(sold.day, [...(byDay.get(sold.day) ?? []), sold]);
  const nothing = { currency: inUse, orders: 0, grossMinor: 0, refundsMinor: 0 };
  return days.flatMap((day) => (byDay.get(day) ?? [{ day, ...nothing }]).flatMap(measured));
}

const measured = ({ day, currency, orders, grossMinor, refundsMinor }: Sold): Measurement[] => [
  { metric: "orders", day, currency, value: orders },
  { metric: "revenue", day, currency, value: grossMinor },
  { metric: "refunds", day, currency, value: refundsMinor },
  { metric: "net_revenue", day, currency, value: grossMinor - refundsMinor },
  { metric: "average_order", day, currency, value: orders > 0 ? Math.round(grossMinor / orders) : null },
];
