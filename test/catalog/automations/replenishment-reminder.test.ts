import { expect, test } from "vitest";
import { customers, orderContents, orders, products, variants } from "#db/schema/index.ts";
import type { Consent, OrderLine } from "#db/words/commerce.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { holdsAtShop } from "#server/catalog/actions/shop-guard.ts";
import { replenishmentReminder } from "#server/catalog/automations/replenishment-reminder.ts";
import { dayOf } from "#server/catalog/days.ts";
import type { Measurement, Proposal } from "#server/catalog/records.ts";
import { storedOf } from "#server/domain/runs/stored-of.ts";
import { scriptedAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { voiceIn } from "#workers/voice.ts";
import { dayMs, hourMs, iso, orderOf, stage, wareOf } from "./stage.ts";

const now = Date.parse("2026-11-30T12:00:00Z");

interface Bought {
  /** Days before now. */
  ago: number;
  product?: string;
  variant?: string;
  /** Units that were kept of one that was ordered. */
  kept?: number;
  cancelled?: boolean;
}
interface Buyer {
  id: string;
  bought: readonly Bought[];
  email?: Consent;
}
interface Ware {
  id: string;
  status?: string;
  stock?: number | null;
  type?: string;
  title?: string;
}

/** Bought every so many days, last so many days ago. */
const every = (days: number, last: number, times = 4, more: Partial<Bought> = {}): Bought[] =>
  Array.from({ length: times }, (_, n) => ({ ago: last + n * days, ...more }));

/** Others who buy the same every thirty days, give or take two, and bought it lately. */
const others = (product = "1"): Buyer[] =>
  [-2, -1, 0, 1, 2, 0].map((off, place) => ({
    id: `9${product}${place}`,
    bought: every(30 + off, 1, 6, { product, variant: `${product}0` }),
  }));

async function shopOf(buyers: readonly Buyer[], wares: readonly Ware[]) {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const of = { tenantId: ctx.tenant.id, connectionId: "con_shop" };
  for (const { id, status = "ACTIVE", stock = 5, type = "Coffee", title = `Ware ${id}` } of wares) {
    const at = { updatedAt: 0 };
    await ctx.db
      .insert(products)
      .values({ ...of, ...at, externalId: id, title, handle: id, status, vendor: "House", type, url: null, seenAt: 0 });
    await ctx.db
      .insert(variants)
      .values(
        [0, 1].map((n) => ({ ...of, ...at, externalId: `${id}${n}`, productId: id, title: "", priceMinor: 900, currency: "GBP", stock })),
      );
  }
  for (const { id, bought, email = "subscribed" } of buyers) {
    await ctx.db.insert(customers).values({
      ...{ ...of, externalId: id, orders: bought.length, spentMinor: 1, currency: "GBP", mailConsent: email, smsConsent: "none" },
      ...{ createdAt: 0, updatedAt: 0 },
    });
    for (const [place, { ago, product = "1", variant = `${product}0`, kept = 1, cancelled = false }] of bought.entries()) {
      const placedAt = now - ago * dayMs;
      const order = { ...of, externalId: `${id}-${place}`, updatedAt: placedAt };
      const lines: OrderLine[] = [
        ["1", null, null, 1, 1, 100, 100],
        ["2", product, variant, 1, kept, 900, 900],
      ];
      await ctx.db.batch([
        ctx.db.insert(orders).values({
          ...{ ...order, customerId: id, placedAt, day: dayOf(placedAt, "UTC"), grossMinor: 1000, currency: "GBP" },
          cancelledAt: cancelled ? placedAt : null,
        }),
        ctx.db.insert(orderContents).values({ ...order, lines, codes: [], fulfilments: [] }),
      ]);
    }
  }
  return ctx;
}

/** A shop with these customers, and what the automation proposes, measures and logs for it. */
async function proposed(
  buyers: readonly Buyer[],
  { config = {}, wares = [{ id: "1" }] }: { config?: object; wares?: readonly Ware[] } = {},
) {
  const ctx = await shopOf(buyers, wares);
  const found: Proposal[] = [];
  const measured: Measurement[] = [];
  const logged: string[] = [];
  let cursor: unknown = null;
  for (;;) {
    const step = await replenishmentReminder.step({
      ...{ config: replenishmentReminder.config.parse(config), cursor, now, timezone: "UTC", currency: "GBP" },
      ...storedOf(ctx, "con_shop"),
      account: () => scriptedAccount("shopify", () => expect.unreachable("it reads what is stored alone"), { timezone: "UTC" }),
      optionalAccount: () => null,
      signal: new AbortController().signal,
      log: (_level, line) => void logged.push(line),
    });
    found.push(...(step.proposals ?? []));
    measured.push(...(step.measurements ?? []));
    cursor = step.cursor;
    if (step.done) return { found, measured, logged, cursor };
  }
}
const whom = async (...of: Parameters<typeof proposed>) => (await proposed(...of)).found.map(({ customerId }) => customerId).sort();

test("of a product that few buy again nothing is said, and it is said that nothing is known", async () => {
  const few = others().slice(0, 4);
  const { found, logged, measured } = await proposed(
    [...few, { id: "1", bought: every(30, 28, 2) }].map(({ bought, ...buyer }) => ({ ...buyer, bought: bought.slice(0, 2) })),
  );
  expect([found, logged]).toEqual([[], ["too_thin"]]);
  expect(measured.every(({ value }) => value === null)).toBe(true);
});

test("nobody is reminded who unsubscribed, who never agreed, or who bought it once", async () => {
  const all: Consent[] = ["unsubscribed", "not_subscribed", "pending", "none", "unknown", "redacted", "invalid"];
  const refused = all.map((email, place): Buyer => ({ id: String(place + 1), bought: every(30, 28), email }));
  expect(await whom([...others(), ...refused, { id: "8", bought: [{ ago: 28 }] }])).toEqual([]);
});

test("what came back was not bought, nor what was cancelled, and orders of one day are one", async () => {
  const buyers: Buyer[] = [
    { id: "1", bought: every(30, 28, 2).map((each, n) => ({ ...each, kept: n })) },
    { id: "2", bought: every(30, 28, 2).map((each, n) => ({ ...each, cancelled: n === 0 })) },
    { id: "3", bought: [{ ago: 28 }, { ago: 28.1 }] },
    { id: "4", bought: every(30, 28, 2) },
  ];
  expect(await whom([...others(), ...buyers])).toEqual(["4"]);
  expect(await whom([...others(), ...buyers], { config: { minTimes: 3 } })).toEqual([]);
});

test("nothing is said of what is sold out, no longer on sale, or gone; of what is not counted it is", async () => {
  const one: Buyer = { id: "5", bought: every(30, 28) };
  const about = (ware: Partial<Ware>) => whom([...others(), one], { wares: [{ id: "1", ...ware }] });
  for (const ware of [{ stock: 0 }, { stock: -3 }, { status: "ARCHIVED" }, { status: "DRAFT" }, { status: "DELETED" }]) {
    expect([ware, await about(ware)]).toEqual([ware, []]);
  }
  expect(await whom([...others(), one], { wares: [] })).toEqual([]);
  expect(await about({ stock: null })).toEqual(["5"]);
});

test("the variant that was bought last is the one that must be there", async () => {
  const bought = every(30, 28, 3).map((each, n) => ({ ...each, variant: n === 0 ? "11" : "10" }));
  const { found } = await proposed([...others(), { id: "5", bought }]);
  expect(found[0]?.steps[0].payload).toMatchObject({ onlyIf: { sold: { product: "1", variant: "11" } } });
});

test("a customer's own rhythm counts, not the product's: who buys every ninety days is not reminded after thirty", async () => {
  const buyers: Buyer[] = [
    { id: "1", bought: every(30, 28, 5) },
    { id: "2", bought: every(90, 28, 5) },
    { id: "3", bought: every(90, 85, 5) },
    { id: "4", bought: every(30, 10, 5) },
  ];
  expect(await whom([...others(), ...buyers])).toEqual(["1", "3"]);
  expect(await whom([...others(), ...buyers], { config: { notBeforePercent: 0 } })).toContain("4");
});

test("who has been silent for long is not likely to come back", async () => {
  expect(await whom([...others(), { id: "1", bought: every(30, 300, 4) }])).toEqual([]);
});

test("each is reminded of one product, the likeliest, and only of the kinds that were chosen", async () => {
  const buyers: Buyer[] = [...others(), ...others("2"), { id: "1", bought: [...every(30, 28, 6), ...every(80, 70, 3, { product: "2" })] }];
  const wares = [
    { id: "1", type: "Coffee" },
    { id: "2", type: "Tea" },
  ];
  const about = async (kinds: string) =>
    (await proposed(buyers, { wares, config: { kinds, leastPercent: 5 } })).found.flatMap(({ customerId, dedupe }) =>
      customerId === "1" ? [dedupe.split(":")[3]] : [],
    );
  expect(await about("")).toEqual(["1"]);
  expect(await about(" tea ,Soap")).toEqual(["2"]);
  expect(await about("2")).toEqual(["2"]);
  expect(await about("soap")).toEqual([]);
});

test("the reason is in numbers that a merchant knows, and what is sent holds only while it is so", async () => {
  const { found } = await proposed([...others(), { id: "7", bought: [...every(31, 27), { ago: 3, product: "3" }] }]);
  expect(found.map(({ customerId }) => customerId)).toEqual(["7"]);
  const { evidence, steps, score, dedupe } = found[0] ?? expect.unreachable("one");
  const said = voiceIn("en").say({ code: `replenishment-reminder.${evidence.line}`, params: evidence.params });
  expect(said).toMatch(
    /^Bought “Ware 1” 4 times, usually every 31 days; last 27 days ago\. \d\d of 100 such customers buy it again within 30 days\.$/,
  );
  // Nobody is certain.
  expect([evidence.params.percent, (score ?? 0) > 0.99]).toEqual([99, true]);
  expect(dedupe).toBe("customer:7:product:1:2026-11-03");
  for (const step of steps) expect(kindOf(step.kind)?.payload.safeParse(step.payload).error).toBeUndefined();
  expect(steps[0].payload).toMatchObject({
    ...{ customerId: "7", channel: "email", properties: { product_id: "1", times_bought: 4, usual_days_between: 31, days_since: 27 } },
    // Since the last order of anything.
    onlyIf: { boughtSince: new Date(now - 3 * dayMs + 1000).toISOString(), sold: { product: "1", variant: "10" } },
  });
});

test("of more customers than fit a page each is found once, and what was learned stays for a week", async () => {
  const buyers = Array.from({ length: 503 }, (_, n): Buyer => ({ id: String(1000 + n), bought: every(30, 28, 2) }));
  const { found, cursor } = await proposed([...others(), ...buyers]);
  expect(found.map(({ customerId }) => customerId).sort()).toEqual(buyers.map(({ id }) => id));
  expect(cursor).toMatchObject({ learnedAt: now, days: 30, after: null });
});

test("who was reminded, or bought meanwhile, or whose product sold out since, hears nothing", async () => {
  const began = Date.now();
  const rows = [27, 28, 2, 3, 4, 5].flatMap((ago, customer) =>
    [0, 1, 2, 3].map((n) => orderOf(10 * customer + n + 1, began - (ago + 30 * n) * dayMs, { customerId: 12_001 + customer })),
  );
  const shop = await stage(replenishmentReminder, { orders: rows, products: [wareOf("A", { inventory: 9 })] });
  await shop.read();
  await shop.run();
  expect(await shop.customers()).toEqual(["12001", "12002"]);
  const [first] = (await shop.proposed()).map(({ steps: [step] }) => step?.payload as { onlyIf: object });
  const holds = () => holdsAtShop(shop.account, first?.onlyIf ?? expect.unreachable("a guard"), { customerId: "12001", now: Date.now() });
  expect(await holds()).toEqual({ valid: true });
  await shop.change({ products: [{ code: "A", inventory: 0 }] });
  expect(await holds()).toEqual({ valid: false, why: "sold_out" });
  await shop.change({ products: [{ code: "A", inventory: 3, status: "ARCHIVED" }] });
  expect(await holds()).toEqual({ valid: false, why: "gone" });
  await shop.change({ orders: [{ customerId: 12_001, lines: [{ code: "A", quantity: 1 }], at: iso(began - hourMs) }] });
  expect(await holds()).toEqual({ valid: false, why: "bought_meanwhile" });
  await shop.read();
  await shop.setCursor(null);
  await shop.run();
  expect(await shop.customers()).toEqual(["12001", "12002"]);
});
