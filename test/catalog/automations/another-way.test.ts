import { beforeAll, expect, test } from "vitest";
import { generateShop } from "#sandbox/shop/generate.ts";
import type { ShopRows } from "#sandbox/shop/model.ts";
import { unsettle } from "#sandbox/shop/unruly.ts";
import { atRiskCustomerFlow } from "#server/catalog/automations/at-risk-customer-flow.ts";
import { birthdayAnniversaryFlow } from "#server/catalog/automations/birthday-anniversary-flow.ts";
import { priceDropAlerts } from "#server/catalog/automations/price-drop-alerts.ts";
import { reviewRequestAutomation } from "#server/catalog/automations/review-request-automation.ts";
import { sandbox } from "#test/catalog/sensors/sandbox-account.ts";
import { buyerOf, customersToldBy, numberOf, ordersToldBy, soldOutAt, type ToldOrder } from "./another-way.ts";
import { dayMs, hourMs, iso, stage } from "./stage.ts";

/** A year of a shop in which orders are edited, cancelled, refunded, only tried out and stamped ahead; consents as they belong to each. */
const now = Date.now();
const year = (seed: string): ShopRows =>
  unsettle(generateShop({ seed, orders: 900, endsAt: now - hourMs, currency: "GBP" }), { currency: "GBP", endsAt: now - hourMs });

beforeAll(async () => void (await sandbox.control("/control", { limits: false })));

test("who is asked for a review is who the shop's own orders say, to the last one", async () => {
  const shop = await stage(reviewRequestAutomation, { ...year("review"), consents: null });
  await shop.read();
  await shop.run();
  const until = Date.now() - 7 * dayMs;
  const arrivedAt = ({ fulfillments }: ToldOrder) =>
    Math.max(
      ...fulfillments
        .filter(({ status }) => status === "SUCCESS")
        .map(({ deliveredAt }) => Date.parse(deliveredAt ?? "") || Number.POSITIVE_INFINITY),
    );
  const wanted = (await ordersToldBy(shop.domain)).filter(
    (order) =>
      buyerOf(order) !== null &&
      order.displayFulfillmentStatus === "FULFILLED" &&
      arrivedAt(order) < until &&
      arrivedAt(order) >= until - 14 * dayMs &&
      order.refunds.length === 0 &&
      order.lineItems.nodes.every(({ quantity, currentQuantity }) => quantity === currentQuantity),
  );
  expect(wanted.length).toBeGreaterThan(10);
  expect((await shop.proposed()).map(({ subject, customerId }) => [subject, customerId]).sort()).toEqual(
    wanted.map((order) => [`order:${numberOf(order.id)}`, buyerOf(order)]).sort(),
  );
});

/** The shop is there. */
const dayInLondon = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London" });
const middleOf = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[Math.ceil(sorted.length / 2) - 1] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2;
};

test("who is written to since they are late is who the shop's own orders say, with what they usually do", async () => {
  const shop = await stage(atRiskCustomerFlow, { ...year("risk"), consents: null });
  await shop.read();
  await shop.run();
  const boughtAt = new Map<string, number[]>();
  for (const order of await ordersToldBy(shop.domain)) {
    const buyer = buyerOf(order);
    if (buyer !== null) boughtAt.set(buyer, [...(boughtAt.get(buyer) ?? []), Date.parse(order.createdAt)]);
  }
  const wanted = [...boughtAt].flatMap(([buyer, instants]) => {
    const firstOfDay = new Map(instants.toSorted((a, b) => b - a).map((instant) => [dayInLondon.format(instant), instant]));
    const days = [...firstOfDay.values()].toSorted((a, b) => a - b);
    const gap = middleOf(days.slice(1).map((instant, place) => instant - (days[place] ?? 0)));
    const away = Date.now() - Math.max(...instants);
    if (days.length < 3 || away <= 14 * dayMs || away > 365 * dayMs || away <= 1.5 * gap) return [];
    return [[`customer:${buyer}`, days.length, Math.round(gap / dayMs), Math.round(away / dayMs)]];
  });
  expect(wanted.length).toBeGreaterThan(10);
  const found = (await shop.proposed()).map(({ subject, evidence: { params } }) => [subject, params.orders, params.every, params.ago]);
  expect(found.sort()).toEqual(wanted.sort());
});

test("whose birthday or first order comes again is who the shop's own customers and orders say, day by day", async () => {
  const shop = await stage(birthdayAnniversaryFlow, { ...year("occasions"), consents: null, bornOn: null }, { config: { daysBefore: 60 } });
  await shop.read();
  await shop.run();
  const days = Array.from({ length: 61 }, (_, ahead) => new Date(Date.parse(dayInLondon.format(Date.now())) + ahead * dayMs));
  /** Whether a day of a year is among them; the 29th of February is the 28th in a year without it. */
  const comes = (month: number, date: number) =>
    days.some((day) => {
      const leap = new Date(Date.UTC(day.getUTCFullYear(), 1, 29)).getUTCMonth() === 1;
      return day.getUTCMonth() + 1 === month && day.getUTCDate() === (month === 2 && date === 29 && !leap ? 28 : date);
    });
  const orders = await ordersToldBy(shop.domain);
  const agreed = await customersToldBy(shop.domain);
  const wanted: string[] = [];
  for (const { id, defaultEmailAddress, birth } of agreed) {
    if (defaultEmailAddress.marketingState !== "SUBSCRIBED") continue;
    const buyer = numberOf(id);
    const [, , month, date] = /^(19[2-9]\d|200\d)-(\d\d)-(\d\d)$/.exec(birth?.value ?? "") ?? [];
    // What is no date moves to another month.
    const isDate = month !== undefined && new Date(birth?.value ?? "").getUTCMonth() + 1 === Number(month);
    if (isDate && comes(Number(month), Number(date))) wanted.push(`birthday:${buyer}`);
    const first = Math.min(...orders.filter((order) => buyerOf(order) === buyer).map(({ createdAt }) => Date.parse(createdAt)));
    if (!Number.isFinite(first)) continue;
    const [began, of, on] = dayInLondon.format(first).split("-").map(Number);
    const ahead = days.find((day) => day.getUTCMonth() + 1 === of && day.getUTCDate() === on);
    if (ahead && ahead.getUTCFullYear() > (began ?? 0)) wanted.push(`anniversary:${buyer}`);
  }
  expect(wanted.filter((each) => each.startsWith("birthday")).length).toBeGreaterThan(5);
  expect(wanted.filter((each) => each.startsWith("anniversary")).length).toBeGreaterThan(2);
  const found = (await shop.proposed()).map(({ dedupe }) => dedupe.replace("shadow:", "").replace(/:\d{4}$/, ""));
  expect(found.sort()).toEqual(wanted.sort());
});

/** Prices of a product over time, as changes: days ago and the factor of what it cost at first, in percent. */
const histories: [days: number, percent: number][][] = [
  [[0, 79]],
  [[0, 80]],
  [[0, 81]],
  [
    [10, 150],
    [0, 100],
  ],
  [
    [10, 150],
    [0, 75],
  ],
  [
    [40, 150],
    [0, 110],
  ],
  [
    [29, 150],
    [0, 90],
  ],
  [
    [20, 90],
    [15, 100],
    [0, 71],
  ],
  [
    [20, 90],
    [15, 100],
    [0, 73],
  ],
  [[5, 70]],
  [[0, 60]],
];
const minorOf = (price: string) => Math.round(Number(price) * 100);
const at = (base: string, percent: number) => Math.round((minorOf(base) * percent) / 100);
/** The lowest price of thirty days before an instant, day by day and by hand. */
function lowestBefore(timeline: readonly Change[], before: number): number {
  const held = timeline.filter(
    ({ since }, place) => since < before && (timeline[place + 1]?.since ?? Number.POSITIVE_INFINITY) > before - 30 * dayMs,
  );
  return Math.min(...held.map(({ minor }) => minor));
}

interface Wish {
  first: string;
  mostPerDrop: number;
  quietDays: number;
}
interface Change {
  since: number;
  minor: number;
}

/** Prices of the first products, each from a year ago on. */
const timelinesOf = (products: ShopRows["products"]): Change[][] =>
  products.slice(0, histories.length).map(({ price }, place) => [
    { since: now - 365 * dayMs, minor: minorOf(price) },
    ...(histories[place] ?? []).map(([days, percent]) => ({
      since: Date.parse(iso(now - days * dayMs - hourMs)),
      minor: at(price, percent),
    })),
  ]);

/** Who bought a product and kept some of it, in the order in which they are told, but for those who ordered lately. */
function buyersOf(product: string, orders: readonly ToldOrder[], { first, mostPerDrop, quietDays }: Wish): string[] {
  const quietSince = Date.now() - quietDays * dayMs;
  const stands = (order: ToldOrder) => order.cancelledAt === null && !order.test;
  const busy = new Set(
    orders.flatMap((order) =>
      order.customer && stands(order) && Date.parse(order.createdAt) >= quietSince ? [numberOf(order.customer.id)] : [],
    ),
  );
  const bought = new Map<string, number[]>();
  for (const order of orders) {
    const buyer = buyerOf(order);
    const kept = order.lineItems.nodes.some(
      ({ product: of, currentQuantity }) => of !== null && numberOf(of.id) === product && currentQuantity > 0,
    );
    if (buyer !== null && kept && !busy.has(buyer)) bought.set(buyer, [...(bought.get(buyer) ?? []), Date.parse(order.createdAt)]);
  }
  type Buyer = [customerId: string, at: number[]];
  const byLast = ([, a]: Buyer, [, b]: Buyer) => Math.max(...b) - Math.max(...a);
  const byMany = ([, a]: Buyer, [, b]: Buyer) => b.length - a.length;
  const [one, other] = first === "latest" ? [byLast, byMany] : [byMany, byLast];
  const ranked = [...bought].sort((a, b) => one(a, b) || other(a, b) || (a[0] < b[0] ? -1 : 1));
  return ranked.slice(0, mostPerDrop).map(([customerId]) => customerId);
}

test.each([
  { first: "latest", mostPerDrop: 200, quietDays: 30 },
  { first: "most_often", mostPerDrop: 4, quietDays: 14 },
  { first: "latest", mostPerDrop: 3, quietDays: 60 },
])("who is told of which drop is who the shop's own orders and prices say: $first, $mostPerDrop a drop, $quietDays days", async (wish) => {
  const rows = year(`drops ${wish.first} ${wish.mostPerDrop}`);
  const shop = await stage(priceDropAlerts, { ...rows, consents: null }, { config: { ...wish } });
  await shop.read();
  await shop.run();
  const timelines = timelinesOf(rows.products);
  const changes = timelines.flatMap((timeline, place) =>
    timeline.slice(1).map((change) => ({ ...change, code: rows.products[place]?.code })),
  );
  for (const instant of [...new Set(changes.map(({ since }) => since))].sort((a, b) => a - b)) {
    const changed = changes.filter(({ since }) => since === instant);
    await shop.change({ products: changed.map(({ code, minor, since }) => ({ code, price: (minor / 100).toFixed(2), at: iso(since) })) });
    await shop.read();
  }
  await shop.run();

  const [orders, soldOut] = [await ordersToldBy(shop.domain), await soldOutAt(shop.domain)];
  const wanted = timelines.flatMap((timeline, place) => {
    const product = String(7_000_001 + place);
    const { since = 0, minor = 0 } = timeline.at(-1) ?? {};
    const fell = minor < (timeline.at(-2)?.minor ?? 0) && minor * 100 <= lowestBefore(timeline, since) * 80;
    return fell && !soldOut.has(product) ? buyersOf(product, orders, wish).map((customerId) => [product, customerId]) : [];
  });
  expect(wanted.length).toBeGreaterThan(10);
  const found = (await shop.proposed()).map(({ dedupe, customerId }) => [/product:(\d+):/.exec(dedupe)?.[1], customerId]);
  expect(found.sort()).toEqual(wanted.sort());
});
