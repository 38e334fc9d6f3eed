import { beforeAll, expect, test } from "vitest";
import { generateShop } from "#sandbox/shop/generate.ts";
import type { ShopRows } from "#sandbox/shop/model.ts";
import { unsettle } from "#sandbox/shop/unruly.ts";
import { atRiskCustomerFlow } from "#server/catalog/automations/at-risk-customer-flow.ts";
import { birthdayAnniversaryFlow } from "#server/catalog/automations/birthday-anniversary-flow.ts";
import { priceDropAlerts } from "#server/catalog/automations/price-drop-alerts.ts";
import { replenishmentReminder } from "#server/catalog/automations/replenishment-reminder.ts";
import { reviewRequestAutomation } from "#server/catalog/automations/review-request-automation.ts";
import { readMetrics, readOverview } from "#server/domain/metrics/overview.ts";
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

/** The chance that a log-normal gap is longer than so much, by adding up the density in small steps. */
function longerThan(time: number, mean: number, spread: number): number {
  const from = time <= 0 ? mean - 9 * spread : Math.log(time);
  const to = mean + 9 * spread;
  const steps = 4000;
  const width = Math.max(0, to - from) / steps;
  let sum = 0;
  for (let n = 0; n < steps; n++) sum += Math.exp(-((from + (n + 0.5) * width - mean) ** 2) / (2 * spread ** 2)) * width;
  return Math.min(1, sum / (spread * Math.sqrt(2 * Math.PI)));
}
const sum = (values: number[]) => values.reduce((all, each) => all + each, 0);

/** A product's gaps by the textbook: variances of a one-way analysis, and the share that comes back where the likelihood is highest. */
function fitByHand(buyers: { gaps: number[]; elapsed: number }[]) {
  const logs = buyers.map(({ gaps }) => gaps.map(Math.log));
  const means = logs.map((own) => sum(own) / own.length);
  const [gaps, many] = [logs.flat().length, logs.length];
  const grand = sum(logs.flat()) / gaps;
  const inside = sum(logs.flatMap((own, place) => own.map((log) => (log - (means[place] ?? 0)) ** 2)));
  const outside = sum(logs.map((own, place) => own.length * ((means[place] ?? 0) - grand) ** 2));
  const alone = many === gaps;
  const within = Math.max(0.0025, alone ? (inside + outside) / (gaps - 1) : inside / (gaps - many));
  const typical = (gaps - sum(logs.map((own) => own.length ** 2)) / gaps) / (many - 1);
  const between = alone ? 0 : Math.max(0, (outside / (many - 1) - within) / typical);
  const weights = logs.map((own) => 1 / (between + within / own.length));
  const mean = sum(weights.map((weight, place) => weight * (means[place] ?? 0))) / sum(weights);
  const tail = ({ gaps: own }: { gaps: number[] }, time: number) => {
    const trust = (own.length * between) / (own.length * between + within);
    return longerThan(time, mean + trust * (sum(own.map(Math.log)) / own.length - mean), Math.sqrt(within + between * (1 - trust)));
  };
  const open = buyers.map((buyer) => tail(buyer, buyer.elapsed));
  const likelihood = (share: number) => (gaps - many) * Math.log(share) + sum(open.map((left) => Math.log(1 - share + share * left)));
  let [low, high] = [1e-9, 1];
  for (let round = 0; round < 200; round++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (likelihood(a) < likelihood(b)) low = a;
    else high = b;
  }
  const returns = (low + high) / 2;
  return (buyer: { gaps: number[]; elapsed: number }, days: number) => {
    const [left, later] = [tail(buyer, buyer.elapsed), tail(buyer, buyer.elapsed + days)];
    return (returns * (left - later)) / (1 - returns + returns * left);
  };
}

test("who is reminded of what is who the shop's own orders say, by a fit that is done by hand", async () => {
  const rows = year("replenishment");
  // Fewer wares, so that some are bought again.
  const few = rows.products.slice(0, 12).map(({ code }) => code);
  const orders = rows.orders.map(({ edit: _, ...order }) => ({
    ...order,
    lines: order.lines
      .split(";")
      .map((line, place) => line.replace(/^\d+/, (code) => few[(Number(code) + place) % few.length] ?? code))
      .join(";"),
  }));
  const wish = { leastPercent: 12, notBeforePercent: 50, days: 30 };
  const shop = await stage(replenishmentReminder, { ...rows, orders, consents: null }, { config: wish });
  await shop.read();
  await shop.run();
  const numberOfDay = (instant: number) => Date.parse(dayInLondon.format(instant)) / dayMs;
  const today = numberOfDay(Date.now());
  const bought = new Map<string, Map<string, { days: Set<number>; agreed: boolean }>>();
  for (const order of await ordersToldBy(shop.domain)) {
    if (order.customer === null || order.cancelledAt !== null || order.test) continue;
    for (const { product, currentQuantity } of order.lineItems.nodes) {
      if (product === null || currentQuantity === 0) continue;
      const buyers = bought.get(numberOf(product.id)) ?? new Map();
      const buyer = buyers.get(numberOf(order.customer.id)) ?? { days: new Set(), agreed: buyerOf(order) !== null };
      buyer.days.add(numberOfDay(Date.parse(order.createdAt)));
      bought.set(numberOf(product.id), buyers.set(numberOf(order.customer.id), buyer));
    }
  }
  const soldOut = await soldOutAt(shop.domain);
  const likeliest = new Map<string, { product: string; chance: number }>();
  let fitted = 0;
  for (const [product, buyers] of [...bought].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const again = [...buyers].flatMap(([buyer, { days, agreed }]) => {
      const sorted = [...days].sort((a, b) => a - b);
      const gaps = sorted.slice(1).map((day, place) => day - (sorted[place] ?? 0));
      return gaps.length > 0 ? [{ buyer, agreed, gaps, elapsed: today - (sorted.at(-1) ?? 0) }] : [];
    });
    if (again.length < 5 || sum(again.map(({ gaps }) => gaps.length)) < 10) continue;
    fitted++;
    const chanceOf = fitByHand(again);
    for (const { buyer, agreed, ...gap } of again) {
      const chance = chanceOf(gap, wish.days);
      const isDue = chance >= wish.leastPercent / 100 && gap.elapsed >= middleOf(gap.gaps) / 2;
      const other = likeliest.get(buyer);
      if (isDue && agreed && !soldOut.has(product) && chance > (other?.chance ?? 0)) likeliest.set(buyer, { product, chance });
    }
  }
  expect(fitted).toBeGreaterThan(5);
  expect(likeliest.size).toBeGreaterThan(10);
  const found = (await shop.proposed()).map(({ customerId, dedupe, score }) => [
    customerId,
    dedupe.split(":product:")[1]?.split(":")[0],
    score?.toFixed(4),
  ]);
  const wanted = [...likeliest].map(([customerId, { product, chance }]) => [customerId, product, chance.toFixed(4)]);
  expect(found.sort()).toEqual(wanted.sort());

  // What was known thirty days ago, and what came of it.
  const from = today - wish.days;
  const past = { pairs: 0, foretold: 0, bought: 0, due: 0, right: 0 };
  for (const buyers of bought.values()) {
    const again = [...buyers.values()].flatMap(({ days }) => {
      const sorted = [...days].filter((day) => day <= from).sort((a, b) => a - b);
      const gaps = sorted.slice(1).map((day, place) => day - (sorted[place] ?? 0));
      return gaps.length > 0 ? [{ gaps, elapsed: from - (sorted.at(-1) ?? 0), came: [...days].some((day) => day > from) }] : [];
    });
    if (again.length < 5 || sum(again.map(({ gaps }) => gaps.length)) < 10) continue;
    const chanceOf = fitByHand(again);
    for (const { came, ...gap } of again) {
      const left = sum(gap.gaps) / gap.gaps.length - gap.elapsed;
      const isDue = left > 0 && left <= wish.days;
      past.pairs++;
      past.foretold += chanceOf(gap, wish.days);
      past.bought += Number(came);
      past.due += Number(isDue);
      past.right += Number(isDue && came);
    }
  }
  expect(past.pairs).toBeGreaterThan(100);
  const { sensors } = await readMetrics(shop.ctx);
  const measured = sensors.find(({ id }) => id === replenishmentReminder.id)?.metrics ?? [];
  const figureOf = (key: string) => measured.find((metric) => metric.key === key);
  expect(figureOf("again_foretold")?.value).toBeCloseTo(past.foretold / past.pairs, 4);
  expect(figureOf("again_bought")?.value).toBeCloseTo(past.bought / past.pairs, 9);
  expect(figureOf("reminders_right_by_rule")?.parts.own_mean).toBeCloseTo(past.right / past.due, 9);
  // It is a tile by itself, beside those of the sensors.
  const { sensors: shown } = await readOverview(shop.ctx);
  expect(shown.find(({ id }) => id === replenishmentReminder.id)?.tiles.map(({ key }) => key)).toEqual(["reminders_right"]);
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
