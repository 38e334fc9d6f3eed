import { expect, test } from "vitest";
import { actions } from "#db/schema/index.ts";
import type { OrderRow } from "#sandbox/shop/model.ts";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import { priceDropAlerts } from "#server/catalog/automations/price-drop-alerts.ts";
import { readProductViews } from "#server/catalog/automations/product-views.ts";
import type { Reading } from "#server/catalog/job.ts";
import type { Occurrence } from "#server/catalog/occurrences.ts";
import type { ShopHistory } from "#server/catalog/shop-history.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ProviderError, type ProviderFailureKind } from "#server/errors.ts";
import { doingOf, freshAccount, giveEvents, giveProfiles } from "#test/catalog/actions/doing.ts";
import { sandbox, sandboxAccount, scriptedAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { voiceIn } from "#workers/voice.ts";
import { dayMs, hourMs, iso, orderOf, type Setting, type Staged, stage, wareOf } from "./stage.ts";

const now = Date.now();
/** Three customers who bought Ware A one to three months ago. */
const regulars = [1, 2, 3].map((id) => orderOf(id, now - (130 - 30 * id) * dayMs, { customerId: 12_000 + id }));
const priced = (price: string, ago: number, more: object = {}) => ({ products: [{ code: "A", price, at: iso(now - ago), ...more }] });

/** A shop that was read, and in which then this happened, each read before the next; and what is proposed after it. */
async function after(changes: readonly object[], staged: Partial<Staged> = {}, setting: Setting = {}) {
  const shop = await stage(priceDropAlerts, { orders: regulars, ...staged }, setting);
  await shop.read();
  await shop.run();
  for (const change of changes) {
    await shop.change(change);
    await shop.read();
  }
  await shop.run();
  return shop;
}
const told = async (changes: readonly object[], staged: Partial<Staged> = {}, setting: Setting = {}) =>
  (await after(changes, staged, setting)).customers();
const everybody = ["12001", "12002", "12003"];

test("a price that fell by as much as was wished is told, and one that fell a penny less is not", async () => {
  expect(await told([priced("8.00", hourMs)])).toEqual(everybody);
  expect(await told([priced("8.01", hourMs)])).toEqual([]);
  expect(await told([priced("8.01", hourMs)], {}, { config: { minPercent: 19 } })).toEqual(everybody);
});

test("a price that was raised before it was lowered is measured against what it was before", async () => {
  const raised = priced("15.00", 5 * dayMs);
  expect(await told([raised, priced("10.00", hourMs)])).toEqual([]);
  expect(await told([raised, priced("8.50", hourMs)])).toEqual([]);
  const shop = await after([raised, priced("7.90", hourMs)]);
  expect((await shop.proposed())[0]?.evidence.params).toMatchObject({ lowest: { minor: 1000, currency: "GBP" }, percent: 21 });
});

test("the price that held as the thirty days began is one of theirs, and one that ended before them is none", async () => {
  // It was 10.00 until 29 days before the drop, so that 9.00 is no fifth less.
  expect(await told([priced("15.00", 29 * dayMs), priced("9.00", hourMs)])).toEqual([]);
  const shop = await after([priced("15.00", 31 * dayMs), priced("9.00", hourMs)]);
  expect((await shop.proposed()).map(({ evidence }) => evidence.params.lowest)).toEqual(Array(3).fill({ minor: 1500, currency: "GBP" }));
  // A lower price of within them counts, however short it held.
  expect(
    await told([priced("15.00", 60 * dayMs), priced("9.50", 20 * dayMs), priced("15.00", 19 * dayMs), priced("9.00", hourMs)]),
  ).toEqual([]);
});

test("of a product of which thirty days are not known nothing is said", async () => {
  const young = regulars.map((order, place) => ({ ...order, createdAt: now - (12 + place) * dayMs }));
  expect(await told([priced("5.00", hourMs)], { orders: young }, { config: { quietDays: 7 } })).toEqual([]);
});

test("what is sold out, taken off sale, or costs more again by then is told to nobody", async () => {
  expect(await told([priced("5.00", hourMs, { inventory: 0 })])).toEqual([]);
  for (const status of ["ARCHIVED", "DRAFT"]) expect(await told([priced("5.00", hourMs, { status })])).toEqual([]);
  // A fifth less than it was for long, and yet more than a moment ago.
  expect(await told([priced("7.00", 2 * hourMs), priced("8.00", hourMs)])).toEqual([]);
});

test("who ordered anything lately is left alone, unless that was cancelled", async () => {
  const wares = [wareOf("A"), wareOf("B")];
  const lately = orderOf(9, now - dayMs, { customerId: 12_001, lines: "B|1|10.00" });
  const drop = [priced("5.00", hourMs)];
  expect(await told(drop, { orders: [...regulars, lately], products: wares })).toEqual(["12002", "12003"]);
  const cancelled = { ...lately, cancelledAt: lately.createdAt };
  expect(await told(drop, { orders: [...regulars, cancelled], products: wares })).toEqual(everybody);
  // The third bought it forty days ago.
  expect(await told(drop, {}, { config: { quietDays: 45 } })).toEqual(["12001", "12002"]);
});

test("neither a guest, nor who did not agree, nor who gave all of it back is written to", async () => {
  const orders: OrderRow[] = [
    ...regulars,
    orderOf(4, now - 80 * dayMs, { customerId: null }),
    orderOf(5, now - 80 * dayMs, { customerId: 12_005, cancelledAt: now - 79 * dayMs }),
    orderOf(6, now - 80 * dayMs, {
      customerId: 12_006,
      lines: "A|1|10.00;B|1|10.00",
      gross: 2000,
      edit: { at: now - 79 * dayMs, lines: "B|1|10.00" },
    }),
    orderOf(7, now - 80 * dayMs, {
      customerId: 12_007,
      lines: "A|2|10.00",
      gross: 2000,
      edit: { at: now - 79 * dayMs, lines: "A|1|10.00" },
    }),
    orderOf(8, now - 80 * dayMs, { customerId: 12_008, lines: "B|1|10.00" }),
  ];
  const consents = { 12001: "UNSUBSCRIBED", 12002: "NOT_SUBSCRIBED" };
  const products = [wareOf("A"), wareOf("B")];
  expect(await told([priced("5.00", hourMs)], { orders, products, consents })).toEqual(["12003", "12007"]);
});

test("by its kind it is told to who bought anything of its type, and says so", async () => {
  const products = [wareOf("A", { type: "Candle" }), wareOf("B", { type: "Candle" }), wareOf("C", { type: "Mug" })];
  const orders = [
    orderOf(1, now - 90 * dayMs, { customerId: 12_001 }),
    orderOf(2, now - 90 * dayMs, { customerId: 12_002, lines: "B|1|10.00" }),
    orderOf(3, now - 90 * dayMs, { customerId: 12_003, lines: "C|1|10.00" }),
  ];
  expect(await told([priced("5.00", hourMs)], { orders, products })).toEqual(["12001"]);
  const shop = await after([priced("5.00", hourMs)], { orders, products }, { config: { bought: "kind" } });
  expect(await shop.customers()).toEqual(["12001", "12002"]);
  expect((await shop.proposed()).map(({ evidence }) => evidence.line)).toEqual(["bought_kind", "bought_kind"]);
});

test("no more are told of a drop than was wished: those who bought it last, or most often", async () => {
  const again = [orderOf(8, now - 95 * dayMs, { customerId: 12_001 }), orderOf(9, now - 90 * dayMs, { customerId: 12_001 })];
  const orders = [...regulars, ...again];
  const most = (first: string) => told([priced("5.00", hourMs)], { orders }, { config: { mostPerDrop: 1, first } });
  expect(await most("latest")).toEqual(["12003"]);
  expect(await most("most_often")).toEqual(["12001"]);
});

test("a drop is told to nobody twice, and nobody hears of one product more than once in thirty days", async () => {
  const shop = await after([priced("8.00", 3 * hourMs)], {}, { config: { mostPerDrop: 2 } });
  expect(await shop.customers()).toEqual(["12002", "12003"]);
  // The same drop once more: nobody takes the places of those who were told.
  await shop.setCursor({ seq: 0 });
  await shop.run();
  expect(await shop.customers()).toEqual(["12002", "12003"]);
  // Nor where fewer are wished since than were told.
  await shop.setConfig({ mostPerDrop: 1 });
  await shop.setCursor({ seq: 0 });
  await shop.run();
  expect(await shop.customers()).toEqual(["12002", "12003"]);
  await shop.setConfig({ mostPerDrop: 2 });
  await shop.change(priced("6.00", 2 * hourMs));
  await shop.read();
  await shop.run();
  expect(await shop.customers()).toEqual(["12001", "12002", "12003"]);
  await shop.ctx.db
    .update(actions)
    .set({ createdAt: Date.now() - 31 * dayMs })
    .where(inTenant(shop.ctx, actions));
  await shop.change(priced("4.00", hourMs));
  await shop.read();
  await shop.run();
  expect(await shop.customers()).toEqual(["12001", "12002", "12002", "12003", "12003"]);
});

test.each([
  ["JPY", "1000", "700", { minor: 700, currency: "JPY" }, "¥700"],
  ["KWD", "10.000", "7.500", { minor: 7500, currency: "KWD" }, "KWD 7.500"],
  ["HUF", "1000.00", "750.00", { minor: 75_000, currency: "HUF" }, "HUF 750.00"],
])("a drop in %s is counted and said in its own minor units", async (currency, before, price, minor, said) => {
  const orders = regulars.map((order) => ({ ...order, lines: `A|1|${before}` }));
  const shop = await after([priced(price, hourMs)], { orders, currency, products: [wareOf("A", { price: before })] });
  const found = await shop.proposed();
  expect(found).toHaveLength(3);
  expect(found[0]?.evidence.params.price).toEqual(minor);
  expect(found[0]?.steps[0]?.payload).toMatchObject({ properties: { price, currency }, onlyIf: { price: { atMost: minor } } });
  const { line = "", params = {} } = found[0]?.evidence ?? {};
  expect(
    voiceIn("en")
      .say({ code: `price-drop-alerts.${line}`, params })
      .replaceAll("\u00a0", " "),
  ).toContain(said);
});

test("a shop that counts in another currency since has no drop by that", async () => {
  const shop = await after([]);
  await sandbox.control("/places", { provider: "shopify", account: shop.domain, currency: "KWD" });
  await shop.change(priced("4.000", hourMs));
  await shop.read();
  await shop.run();
  expect(await shop.customers()).toEqual([]);
});

test("it says why in plain words, and sends what holds at the shop alone", async () => {
  const shop = await after([priced("7.49", hourMs)]);
  const found = (await shop.proposed()).find(({ customerId }) => customerId === "12003") ?? expect.unreachable("the third was told");
  const say = (locale: "en" | "fr" | "he") =>
    voiceIn(locale)
      .say({ code: `price-drop-alerts.${found.evidence.line}`, params: found.evidence.params })
      .replace(/[\u00a0\u202f]/g, " ");
  expect(say("en")).toBe(
    "“Ware A” now costs £7.49, 25% less than its lowest price of the 30 days before (£10.00). This customer last bought it 40 days ago.",
  );
  expect(say("fr")).toBe(
    "« Ware A » coûte maintenant 7,49 £GB, soit 25 % de moins que son prix le plus bas des 30 jours précédents (10,00 £GB). Dernier achat de ce client il y a 40 jours.",
  );
  expect(found).toMatchObject({ subject: "customer:12003", stake: null });
  expect(found.steps).toMatchObject([
    {
      kind: klaviyoEvent.id,
      payload: {
        ...{ customerId: "12003", metric: "Price dropped", channel: "email" },
        properties: {
          product_id: "7000001",
          product_title: "Ware A",
          variant_id: "7000001",
          price: "7.49",
          lowest_price: "10.00",
          percent: 25,
        },
        onlyIf: { price: { product: "7000001", variant: "7000001", atMost: { minor: 749, currency: "GBP" } } },
      },
    },
  ]);
  const [step] = found.steps as { payload: { onlyIf: { boughtSince: string } } }[];
  expect(Math.abs(Date.parse(step?.payload.onlyIf.boughtSince ?? "") - (Date.now() - 30 * dayMs))).toBeLessThan(hourMs);
});

test("variants of one product that fall together are one drop, and a name that looks like an address is not written down", async () => {
  const offer = { product: { id: "7", title: "Gift for dana@example.com", url: null, status: "ACTIVE" }, stock: null, currency: "GBP" };
  const asked: unknown[] = [];
  const shop = {
    offer: async () => ({ ...offer, variantTitle: "Large", priceMinor: 500, lowestMinor: 1000 }),
    async boughtBefore(input: Parameters<ShopHistory["boughtBefore"]>[0]) {
      asked.push([input.without, input.limit]);
      return ["1", "2"]
        .filter((id) => !input.without.includes(id))
        .map((customerId) => ({ customerId, orders: 1, lastAt: now - 50 * dayMs }));
    },
  };
  const items = [1, 2].map(
    (seq): Occurrence<"price_changed"> => ({
      ...{ kind: "price_changed", seq, subject: `variant:${seq}`, at: now, noticedAt: now },
      facts: { product: "7", wasMinor: 1000, isMinor: 500, currency: "GBP" },
    }),
  );
  const step = await priceDropAlerts.step({
    ...{
      shop,
      config: priceDropAlerts.config.parse({ mostPerDrop: 5, viewedDays: 0 }),
      cursor: { seq: 0 },
      now,
      timezone: "UTC",
      currency: "GBP",
    },
    occurrences: { behind: async () => ({ items, newest: 2 }) },
    proposed: async () => [],
  } as unknown as Reading<unknown, unknown>);
  expect(asked).toEqual([
    [[], 5],
    [["1", "2"], 3],
  ]);
  expect(step.proposals?.map(({ customerId, evidence }) => [customerId, evidence.params.product])).toEqual([
    ["1", "7"],
    ["2", "7"],
  ]);
  expect(JSON.stringify(step.proposals)).not.toContain("@");
});

test("right before it is sent the shop is asked: not once the price rose, the last one is sold, or the customer ordered", async () => {
  const shop = await after([priced("7.50", hourMs)]);
  const payload = klaviyoEvent.payload.parse((await shop.proposed()).find(({ customerId }) => customerId === "12001")?.steps[0]?.payload);
  const at = freshAccount.klaviyo();
  await giveProfiles(at, [{ external_id: "12001", email: "one@klaviyo.example" }]);
  const stillValid = async () => klaviyoEvent.stillValid?.(await doingOf(klaviyoEvent, at, { also: () => shop.account }), payload);
  expect(await stillValid()).toEqual({ valid: true });
  await shop.change(priced("7.51", 0));
  expect(await stillValid()).toEqual({ valid: false, why: "price_changed" });
  await shop.change(priced("7.50", 0, { inventory: 0 }));
  expect(await stillValid()).toEqual({ valid: false, why: "sold_out" });
  await shop.change({ orders: [{ customerId: 12_001, lines: [{ code: "A", quantity: 1 }] }] });
  expect(await stillValid()).toEqual({ valid: false, why: "bought_meanwhile" });
});

/** Ware A's own id at the shop. */
const wareA = 7_000_001;
const views = ["events:read", "metrics:read"];
/** People who bought something else long ago, so that the shop knows them. */
const known = (...ids: number[]) =>
  ids.map((customerId, n) => orderOf(50 + n, now - (100 + n) * dayMs, { customerId, lines: "B|1|10.00" }));
const products = [wareOf("A"), wareOf("B")];

/** An account at Klaviyo that was told of these looks at products: by whom, of what, and how long ago. */
async function klaviyoWith(looks: readonly [customerId: number | null, product: unknown, ago: number][], scopes = views) {
  const at = freshAccount.klaviyo();
  const people = [...new Set(looks.map(([customerId]) => customerId))];
  const mail = (customerId: number | null) => `p${customerId}@klaviyo.example`;
  await giveProfiles(
    at,
    people.map((id) => ({ email: mail(id), ...(id !== null && { external_id: String(id) }) })),
  );
  await giveEvents(
    at,
    looks.map(([customerId, ProductID, ago]) => ({
      ...{ metric: "Viewed Product", at: iso(now - ago), properties: { ProductID, Name: "Ware" }, profile: { email: mail(customerId) } },
    })),
  );
  return sandboxAccount("klaviyo", at, { scopes });
}
const lines = (rows: { customerId: string | null; evidence: { line: string; params: object } }[]) =>
  rows.map(({ customerId, evidence }) => [customerId, evidence.line, (evidence.params as { days?: number }).days]).sort();

test("who looked at it and never bought it is told beside the buyers, and it is said when they looked", async () => {
  const klaviyo = await klaviyoWith([
    [12_021, wareA, 3 * dayMs],
    [12_021, wareA, 9 * dayMs],
    [12_022, String(wareA), 13 * dayMs],
    [12_023, wareA, hourMs],
    // Another product, too long ago, and nothing that names one.
    [12_024, 7_000_002, dayMs],
    [12_025, wareA, 15 * dayMs],
    [12_026, undefined, dayMs],
  ]);
  const orders = [...regulars, ...known(12_021, 12_022, 12_023, 12_024, 12_025, 12_026)];
  const shop = await after([priced("5.00", hourMs)], { orders, products }, { klaviyo });
  const found = await shop.proposed();
  expect(lines(found)).toEqual([
    ["12001", "bought", 100],
    ["12002", "bought", 70],
    ["12003", "bought", 40],
    ["12021", "viewed", 3],
    ["12022", "viewed", 13],
    ["12023", "viewed_lately", undefined],
  ]);
  const say = (customerId: string, locale: "en" | "fr" | "he") => {
    const { line = "", params = {} } = found.find((each) => each.customerId === customerId)?.evidence ?? {};
    return voiceIn(locale).say({ code: `price-drop-alerts.${line}`, params });
  };
  expect(say("12021", "en")).toContain("This customer looked at it 3 days ago and hasn’t bought it.");
  expect(say("12023", "en")).toContain("This customer looked at it within the last two days and hasn’t bought it.");
  expect(say("12021", "fr")).toContain("Ce client l’a consulté il y a 3 jours et ne l’a pas acheté.");
  expect(say("12021", "he")).toContain("לפני 3 ימים");
  // Nobody's address was asked for, and none rests.
  expect(klaviyo.calls.every(({ path }) => !/email|phone/.test(path))).toBe(true);
  expect(JSON.stringify(found)).not.toContain("@");
  // The same drop once more proposes nothing twice.
  await shop.setCursor({ seq: 0 });
  await shop.run();
  expect(await shop.proposed()).toHaveLength(6);
});

test("whom Klaviyo does not know by the shop's id, who did not agree, and who ordered lately are not told that they looked", async () => {
  const klaviyo = await klaviyoWith([
    [null, wareA, dayMs],
    [12_021, wareA, dayMs],
    [12_022, wareA, dayMs],
    [12_023, wareA, dayMs],
    [99_999, wareA, dayMs],
  ]);
  await giveEvents(klaviyo.externalId, [
    { metric: "Viewed Product", at: iso(now - dayMs), properties: { ProductID: wareA }, profile: null },
  ]);
  const lately = orderOf(60, now - 5 * dayMs, { customerId: 12_022, lines: "B|1|10.00" });
  const orders = [...regulars, ...known(12_021, 12_022, 12_023), lately];
  const setting = { klaviyo };
  expect(await told([priced("5.00", hourMs)], { orders, products, consents: { 12021: "UNSUBSCRIBED" } }, setting)).toEqual([
    ...everybody,
    "12023",
  ]);
});

test("who looked and bought is told once, as a buyer, and who bought it and gave it back is not told that they never did", async () => {
  const klaviyo = await klaviyoWith([
    [12_001, wareA, dayMs],
    [12_021, wareA, dayMs],
  ]);
  const returned = orderOf(60, now - 90 * dayMs, {
    customerId: 12_021,
    lines: "A|1|10.00;B|1|10.00",
    gross: 2000,
    edit: { at: now - 89 * dayMs, lines: "B|1|10.00" },
  });
  const shop = await after([priced("5.00", hourMs)], { orders: [...regulars, returned], products }, { klaviyo });
  expect(lines(await shop.proposed()).map(([customerId, line]) => [customerId, line])).toEqual(everybody.map((id) => [id, "bought"]));
});

test("buyers come first, those who looked last fill what is left of the places, and where none is left Klaviyo is not asked", async () => {
  const looks: [number, number, number][] = [
    [12_021, wareA, 5 * dayMs],
    [12_022, wareA, 2 * dayMs],
    [12_023, wareA, 4 * dayMs],
  ];
  const klaviyo = await klaviyoWith(looks);
  const staged = { orders: [...regulars, ...known(12_021, 12_022, 12_023)], products };
  const drop = [priced("5.00", hourMs)];
  expect(await told(drop, staged, { klaviyo, config: { mostPerDrop: 5 } })).toEqual([...everybody, "12022", "12023"]);
  const asked = klaviyo.calls.length;
  expect(await told(drop, staged, { klaviyo, config: { mostPerDrop: 3 } })).toEqual(everybody);
  expect(await told(drop, staged, { klaviyo, config: { viewedDays: 0 } })).toEqual(everybody);
  expect(klaviyo.calls.length).toBe(asked);
});

test("without the permission Klaviyo is asked nothing, and buyers are told as before", async () => {
  const klaviyo = await klaviyoWith([[12_021, wareA, dayMs]], ["metrics:read"]);
  const shop = await after([priced("5.00", hourMs)], { orders: [...regulars, ...known(12_021)], products }, { klaviyo });
  expect(await shop.customers()).toEqual(everybody);
  expect(klaviyo.calls).toEqual([]);
});

test.each([
  ["a limit", { type: "rate_limited", retryAfter: 30 }],
  ["a failure", { type: "error", status: 503 }],
])("%s at Klaviyo keeps no buyer back, and the run says what it did without", async (_, effect) => {
  const klaviyo = await klaviyoWith([[12_021, wareA, dayMs]]);
  await sandbox.control("/control", {
    faults: [{ provider: "klaviyo", account: klaviyo.externalId, path: "/api/events", probability: 1, effect }],
  });
  const shop = await after([priced("5.00", hourMs)], { orders: [...regulars, ...known(12_021)], products }, { klaviyo });
  expect(await shop.customers()).toEqual(everybody);
  expect((await shop.logs()).map(({ message }) => message)).toContain(
    "Klaviyo didn’t say who looked at what, so only customers who bought are told.",
  );
  expect(await shop.schedule()).toMatchObject({ cursor: { seq: expect.any(Number) } });
});

test("a permission that Klaviyo denies, and an account that records no looks, keep no buyer back; a token that is refused does", async () => {
  const failing = (kind: ProviderFailureKind) => scriptedAccount("klaviyo", () => Promise.reject(new ProviderError("klaviyo", kind, "no")));
  const staged = { orders: regulars };
  const drop = [priced("5.00", hourMs)];
  expect(await told(drop, staged, { klaviyo: failing("missing_scopes") })).toEqual(everybody);
  expect(await told(drop, staged, { klaviyo: failing("rejected") })).toEqual(everybody);
  const untracked = scriptedAccount("klaviyo", () => ({
    data: [{ id: "M", attributes: { name: "Placed Order" } }],
    links: { next: null },
  }));
  const shop = await after(drop, staged, { klaviyo: untracked });
  expect(await shop.customers()).toEqual(everybody);
  expect(untracked.calls).toHaveLength(1);
  expect(await told(drop, staged, { klaviyo: failing("revoked") })).toEqual([]);
});

test("looks are read once for all drops of a step, in pages, and of very many the newest alone", async () => {
  const page = (n: number) => ({
    data: [
      {
        attributes: { datetime: iso(now - n * hourMs), event_properties: { ProductID: 1 } },
        relationships: { profile: { data: { id: "p" } } },
      },
    ],
    included: [{ id: "p", attributes: { external_id: `${n}` } }],
    links: { next: `https://a.klaviyo.com/api/events?page%5Bcursor%5D=${n + 1}` },
  });
  let pages = 0;
  const klaviyo = scriptedAccount("klaviyo", ({ path }) =>
    path.startsWith("/api/metrics")
      ? { data: [{ id: "M", attributes: { name: "Viewed Product" } }], links: { next: null } }
      : page(pages++),
  );
  expect(await readProductViews(klaviyo, { since: now - dayMs })).toMatchObject({ complete: false, views: { length: 10 } });
  expect(pages).toBe(10);
  const both = await klaviyoWith([
    [12_021, wareA, dayMs],
    [12_022, 7_000_002, dayMs],
  ]);
  const orders = [...regulars, ...known(12_021), orderOf(70, now - 100 * dayMs, { customerId: 12_022, lines: "A|1|10.00" })];
  const fallen = { products: ["A", "B"].map((code) => ({ code, price: "5.00", at: iso(now - hourMs) })) };
  const shop = await after([fallen], { orders, products }, { klaviyo: both });
  expect((await shop.proposed()).filter(({ evidence }) => evidence.line === "viewed_lately").map(({ customerId }) => customerId)).toEqual([
    "12021",
    "12022",
  ]);
  expect(both.calls.filter(({ path }) => path.includes("/api/events"))).toHaveLength(1);
});

test("another client's Klaviyo is never asked", async () => {
  const [mine, theirs] = [await klaviyoWith([[12_021, wareA, dayMs]]), await klaviyoWith([[12_022, wareA, dayMs]])];
  const staged = { orders: [...regulars, ...known(12_021, 12_022)], products };
  await stage(priceDropAlerts, staged, { klaviyo: theirs });
  expect(await told([priced("5.00", hourMs)], staged, { klaviyo: mine })).toEqual([...everybody, "12021"]);
  expect(theirs.calls).toEqual([]);
});
