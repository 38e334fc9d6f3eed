import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ActionKind } from "#server/catalog/actions/action.ts";
import { bigbuyOrder } from "#server/catalog/actions/bigbuy-order.ts";
import { cjOrder } from "#server/catalog/actions/cj-order.ts";
import { cjPayment } from "#server/catalog/actions/cj-payment.ts";
import { shopifyFulfilment } from "#server/catalog/actions/shopify-fulfilment.ts";
import { bigbuy } from "#server/catalog/providers/bigbuy.ts";
import { cj } from "#server/catalog/providers/cj.ts";
import { findAtBigbuy, problemOf, quoteAtBigbuy } from "#server/catalog/suppliers/bigbuy.ts";
import { findAtCj, quoteAtCj, standingAtCj } from "#server/catalog/suppliers/cj.ts";
import { control, hurry } from "#test/domain/connecting/consent.ts";
import { askShop, besideShop, doingOf, effectsAt, freshAccount, sandbox, shopWithOrder, supplier } from "./doing.ts";

beforeEach(async () => {
  hurry();
  await control();
  await control({ limits: false });
});
afterEach(() => {
  vi.restoreAllMocks();
  return control();
});

const good = { id: "V1", sku: "SKU-1", name: "Lamp", price: 300, stock: 5 };

/** A supplier with one good, and a shop that was paid for two of it. */
async function world(provider: "cj" | "bigbuy", { shop: more = {}, at: change = {} }: { shop?: object; at?: object } = {}) {
  const { shop, order, line } = await shopWithOrder(more);
  const at = freshAccount[provider]();
  await supplier(provider, at, { goods: [good], ...change });
  const common = { orderId: order, number: `s1-${order}`, total: { minor: 950, currency: provider === "cj" ? "USD" : "EUR" } };
  const products = [{ line, ordered: 2, quantity: 2, ...(provider === "cj" ? { vid: "V1" } : { reference: "V1" }) }];
  const payload =
    provider === "cj"
      ? { ...common, carrier: "CJPacket Ordinary", from: "CN", country: "FR", products }
      : { ...common, carrier: "gls", country: "FR", products };
  const beside = await besideShop(shop);
  const doing = (kind: ActionKind) => doingOf(kind, at, beside);
  const paying = { ...common, lines: [{ line, quantity: 2 }] };
  return { shop, order, line, at, payload, paying, doing };
}

const does = async (kind: ActionKind, doing: Awaited<ReturnType<typeof doingOf>>, payload: unknown) =>
  kind.execute(doing, kind.payload.parse(payload));

describe("an order at CJ", () => {
  test("goes to whoever the shop says at that moment, unpaid, and spends nothing", async () => {
    const { at, payload, doing } = await world("cj");
    expect(await does(cjOrder, await doing(cjOrder), payload)).toMatchObject({ did: "done" });
    const { purse, orders } = await supplier("cj", at);
    expect(orders).toMatchObject([
      { status: "CREATED", to: { shippingCustomerName: "Ana Belmont", shippingCity: "Paris", shippingProvince: "Paris" } },
    ]);
    expect(purse.balance).toBe(100_000);
  });

  test("whose number is taken is the one that is there, and is not made again", async () => {
    const { at, payload, doing } = await world("cj");
    const first = await does(cjOrder, await doing(cjOrder), payload);
    if (first.did !== "done") throw new Error(first.did);
    const again = { did: "done", receipt: { id: first.receipt.id } };
    expect([first.receipt.made, await does(cjOrder, await doing(cjOrder), payload)]).toEqual([true, again]);
    expect(await effectsAt(at, "order_created")).toMatchObject({ raw: 1 });
    await control({ settleMs: 60_000 });
    expect(await does(cjOrder, await doing(cjOrder), payload)).toMatchObject({ did: "unsure" });
    await control({ settleMs: 0 });
    await supplier("cj", at, { progress: [{ number: (payload as { number: string }).number, status: "CANCELLED" }] });
    expect(await does(cjOrder, await doing(cjOrder), payload)).toMatchObject({ did: "failed" });
  });

  test("that CJ keeps back fails with its code, without the words that may repeat an address, though it was made", async () => {
    const { at, payload, doing } = await world("cj", { at: { intercepts: [{ code: "A1", message: "1 rue de la Paix not deliverable" }] } });
    const attempt = await does(cjOrder, await doing(cjOrder), payload);
    expect(attempt).toMatchObject({ did: "failed", failure: { message: "CJ made the order, unpaid, and keeps it back: A1" } });
    expect(await effectsAt(at, "order_created")).toMatchObject({ effects: 1 });
  });

  test.each([
    ["cancelled", (order: number) => ({ cancellations: [{ orderId: order }] }), "cancelled"],
    ["given back in part", (order: number) => ({ refunds: [{ orderId: order, amount: 100 }] }), "returned"],
    [
      "sent by somebody else",
      (order: number) => ({ parcels: [{ orderId: order, sent: [{ at: new Date().toISOString() }] }] }),
      "fulfilled",
    ],
  ])("of a shop's order that was %s meanwhile is neither made nor paid", async (_, change, why) => {
    const { shop, order, payload, paying, doing } = await world("cj");
    await does(cjOrder, await doing(cjOrder), payload);
    await sandbox.control(`/shop/${shop}/changes`, change(Number(order)));
    for (const [kind, of] of [
      [cjOrder, payload],
      [cjPayment, paying],
    ] as const) {
      expect(await kind.stillValid?.(await doing(kind), kind.payload.parse(of))).toEqual({ valid: false, why });
    }
  });

  test.each([
    ["INVESTIGATE", "LOW"],
    ["ACCEPT", "HIGH"],
    ["NONE", "PENDING"],
  ])("whose risk has become %s, %s is neither made nor paid", async (recommendation, level) => {
    const { shop, order, payload, doing } = await world("cj");
    await sandbox.control(`/shop/${shop}/risk`, { orderId: Number(order), recommendation, level });
    const verdict = await cjOrder.stillValid?.(await doing(cjOrder), cjOrder.payload.parse(payload));
    expect(verdict).toEqual({ valid: false, why: "risky" });
  });

  test.each([
    ["address", { shippingAddress: null }],
    ["name", { shippingAddress: { address1: "1 rue X", city: "Paris", zip: "75001", countryCode: "FR", phone: "1234567" } }],
    ["phone", { shippingAddress: { firstName: "A", lastName: "B", address1: "1 rue X", city: "Paris", zip: "75001", countryCode: "FR" } }],
  ])("without a whole %s is not made, and what is missing is said without saying what is there", async (missing, checkout) => {
    const { at, payload, doing } = await world("cj", { shop: { checkout: { email: "ana@example.com", ...checkout } } });
    const attempt = await does(cjOrder, await doing(cjOrder), payload);
    expect(attempt).toMatchObject({ did: "failed", failure: { message: `the order’s ${missing} is missing or cannot be used` } });
    expect(await effectsAt(at)).toMatchObject({ raw: 0 });
  });

  test("that its reads do not show yet is neither gone, nor paid, nor taken back, until they must show it", async () => {
    const { at, payload, paying, doing } = await world("cj");
    await does(cjOrder, await doing(cjOrder), payload);
    await control({ settleMs: 60_000 });
    const [pay, order] = [cjPayment.payload.parse(paying), cjOrder.payload.parse(payload)];
    const early = { shownAt: Date.now() + 60_000 };
    const [paysEarly, undoesEarly] = [
      { ...(await doing(cjPayment)), ...early },
      { ...(await doing(cjOrder)), ...early },
    ];
    await expect(cjPayment.stillValid?.(paysEarly, pay)).rejects.toMatchObject({ kind: "unavailable" });
    expect(await cjPayment.execute(paysEarly, pay)).toMatchObject({ did: "limited" });
    expect(await cjOrder.undo?.(undoesEarly, order, { id: null })).toMatchObject({ did: "unsure" });
    const late = { shownAt: 1 };
    expect(await cjPayment.stillValid?.({ ...paysEarly, ...late }, pay)).toEqual({ valid: false, why: "gone" });
    expect(await cjOrder.undo?.({ ...undoesEarly, ...late }, order, { id: null })).toMatchObject({ did: "done" });
    expect(await effectsAt(at)).toMatchObject({ raw: 1 });
  });

  test("whose making nobody saw confirmed is not paid: whether CJ keeps it back is said in that reply alone", async () => {
    const { payload, paying, doing } = await world("cj");
    const first = await does(cjOrder, await doing(cjOrder), payload);
    const id = first.did === "done" ? first.receipt.id : expect.unreachable(first.did);
    const verdict = async (made: object) =>
      cjPayment.stillValid?.({ ...(await doing(cjPayment)), before: [{ id, ...made }] }, cjPayment.payload.parse(paying));
    expect([await verdict({}), await verdict({ made: true })]).toEqual([{ valid: false, why: "unconfirmed" }, { valid: true }]);
    // A person said of it that it was done.
    expect(await verdict({ id: null })).toEqual({ valid: true });
  });

  test.each(["cj", "bigbuy"] as const)("to another country than its price is of is not made at %s", async (provider) => {
    const { at, payload, doing } = await world(provider);
    const kind = provider === "cj" ? cjOrder : bigbuyOrder;
    const abroad = { ...payload, country: "DE" };
    const verdict = await kind.stillValid?.(await doing(kind), kind.payload.parse(abroad));
    expect(verdict).toEqual({ valid: false, why: "country_changed" });
    expect(await does(kind, await doing(kind), abroad)).toMatchObject({ did: "failed", failure: { message: /another country/ } });
    expect(await effectsAt(at)).toMatchObject({ raw: 0 });
  });

  test("is taken back as long as it is unpaid, and not after", async () => {
    const { at, payload, paying, doing } = await world("cj");
    await does(cjOrder, await doing(cjOrder), payload);
    await does(cjPayment, await doing(cjPayment), paying);
    const undone = await cjOrder.undo?.(await doing(cjOrder), cjOrder.payload.parse(payload), { id: null });
    expect(undone).toMatchObject({ did: "failed", failure: { message: "CJ has been paid for this order" } });
    expect(await effectsAt(at, "order_deleted")).toMatchObject({ raw: 0 });
  });
});

describe("paying at CJ", () => {
  const ordered = async (change: object = {}) => {
    const made = await world("cj", { at: change });
    await does(cjOrder, await made.doing(cjOrder), made.payload);
    return made;
  };

  test("spends what was approved, once, however often it is asked", async () => {
    const { at, paying, doing } = await ordered();
    for (const _ of [1, 2]) expect(await does(cjPayment, await doing(cjPayment), paying)).toMatchObject({ did: "done" });
    expect(await effectsAt(at, "order_paid")).toMatchObject({ raw: 1 });
    expect((await supplier("cj", at)).purse.balance).toBe(100_000 - 950);
  });

  test.each(["addCart", "addCartConfirm", "saveGenerateParentOrder"])("goes on where %s lost its reply, and pays once", async (path) => {
    const { at, paying, doing } = await ordered();
    const lost = { type: "reply_lost", how: "502" };
    await control({ faults: [{ provider: "cj", account: at, path: `${path}$`, effect: lost }] });
    expect(await does(cjPayment, await doing(cjPayment), paying)).toMatchObject({ did: "unsure" });
    await control();
    await control({ limits: false });
    const payload = cjPayment.payload.parse(paying);
    if (cjPayment.idempotency !== "lookup") throw new Error("it is looked up");
    expect(await cjPayment.lookup(await doing(cjPayment), payload)).toBe("absent");
    expect(await does(cjPayment, await doing(cjPayment), paying)).toMatchObject({ did: "done" });
    expect(await effectsAt(at, "order_paid")).toMatchObject({ raw: 1 });
  });

  test("pays nothing of an order that costs more than was approved", async () => {
    const { at, paying, doing } = await ordered();
    const less = { ...paying, total: { minor: 949, currency: "USD" } };
    expect(await cjPayment.stillValid?.(await doing(cjPayment), cjPayment.payload.parse(less))).toEqual({
      valid: false,
      why: "price_changed",
      said: "9.50 USD",
    });
    expect(await does(cjPayment, await doing(cjPayment), less)).toMatchObject({ did: "failed", failure: { message: /9\.50 USD/ } });
    expect(await effectsAt(at, "order_paid")).toMatchObject({ raw: 0 });
  });

  test.each([
    ["a balance that is too low", { balance: 949 }, /1604000/],
    ["stock that is gone by then", { goods: [{ ...good, stock: 1 }] }, /1603102/],
  ])("fails on %s with CJ's code, and the order stays unpaid", async (_, change, code) => {
    const { at, paying, doing } = await ordered();
    await supplier("cj", at, change);
    const attempt = await does(cjPayment, await doing(cjPayment), paying);
    expect(attempt).toMatchObject({ did: "failed", failure: { message: expect.stringMatching(code) } });
    expect((await supplier("cj", at)).orders).toMatchObject([{ status: "UNPAID" }]);
  });

  test("of an order that was called off at CJ, or that CJ does not know, pays nothing", async () => {
    const { at, paying, doing } = await ordered();
    await supplier("cj", at, { progress: [{ number: paying.number, status: "CANCELLED" }] });
    expect(await does(cjPayment, await doing(cjPayment), paying)).toMatchObject({ did: "failed" });
    expect(await does(cjPayment, await doing(cjPayment), { ...paying, number: "s1-7" })).toMatchObject({ did: "failed" });
    expect(await effectsAt(at, "order_paid")).toMatchObject({ raw: 0 });
  });
});

describe("an order at BigBuy", () => {
  test("is paid as it is placed; its id is read from a reply without a body", async () => {
    const { at, payload, doing } = await world("bigbuy");
    expect(await does(bigbuyOrder, await doing(bigbuyOrder), payload)).toEqual({ did: "done", receipt: { id: "119" } });
    const { purse, orders } = await supplier("bigbuy", at);
    expect(orders).toMatchObject([{ status: "Payment accepted", to: { firstName: "Ana", country: "FR" } }]);
    expect(purse.balance).toBe(100_000 - 950);
  });

  test("that is there already (ER008) is that one, and spends nothing again", async () => {
    const { at, payload, doing } = await world("bigbuy");
    const first = await does(bigbuyOrder, await doing(bigbuyOrder), payload);
    expect(await does(bigbuyOrder, await doing(bigbuyOrder), payload)).toEqual(first);
    expect(await effectsAt(at)).toMatchObject({ raw: 1 });
  });

  test("that costs more by now is no longer what was approved, and what it costs is said", async () => {
    const { at, payload, doing } = await world("bigbuy");
    const valid = async () => bigbuyOrder.stillValid?.(await doing(bigbuyOrder), bigbuyOrder.payload.parse(payload));
    expect(await valid()).toEqual({ valid: true });
    await supplier("bigbuy", at, { goods: [{ ...good, price: 301 }] });
    expect(await valid()).toEqual({ valid: false, why: "price_changed", said: "9.52 EUR" });
  });

  test.each([
    ["costs more than was approved", { goods: [{ ...good, price: 301 }] }, /9\.52 EUR/],
    ["is out of stock", { goods: [{ ...good, stock: 1 }] }, /^ER003 BigBuy is out of stock: V1$/],
    ["the purse does not cover", { balance: 949 }, /^ER005/],
    ["no carrier takes", { freight: null }, /^ER010/],
  ])("that %s is not placed, and why is said in words of ours", async (_, change, message) => {
    const { at, payload, doing } = await world("bigbuy");
    await supplier("bigbuy", at, change);
    const attempt = await does(bigbuyOrder, await doing(bigbuyOrder), payload);
    expect(attempt).toMatchObject({ did: "failed", failure: { message: expect.stringMatching(message) } });
    expect(await effectsAt(at)).toMatchObject({ raw: 0 });
  });

  test("that is answered by a failure in a success is looked up before anything else", async () => {
    const { at, payload, doing } = await world("bigbuy");
    await control({ faults: [{ provider: "bigbuy", account: at, path: "order/create", effect: { type: "reply_lost", how: "abort" } }] });
    expect(await does(bigbuyOrder, await doing(bigbuyOrder), payload)).toMatchObject({ did: "unsure" });
    if (bigbuyOrder.idempotency !== "lookup") throw new Error("it is looked up");
    expect(await bigbuyOrder.lookup(await doing(bigbuyOrder), bigbuyOrder.payload.parse(payload))).toEqual({ id: "119" });
  });

  test("what a supplier says of a refusal is its code and what it names by ids, without the words that may repeat an address", () => {
    const said = (provider: typeof cj | typeof bigbuy, body: object) =>
      provider.failureOf({ status: 200, headers: new Headers(), body } as never)?.message ?? "";
    const atBigbuy = (code: string, message: string) => said(bigbuy, { code, message });
    const short = atBigbuy("ER003", '{"info":"1 rue X","data":{"skus":["S1","Ana B, 1 rue X"]}}');
    expect([short, problemOf(short)]).toEqual(['ER003: {"data":{"skus":["S1"]}}', { code: "ER003", skus: ["S1"], orderId: null }]);
    expect(problemOf(atBigbuy("ER008", '{"info":"x","data":{"orderId":119}}'))).toMatchObject({ orderId: "119" });
    expect(problemOf(atBigbuy("ER003", '{"info":"cut sho'))).toEqual({ code: "ER003", skus: [], orderId: null });
    expect([atBigbuy("409", "Ana B, 1 rue X"), problemOf("409")]).toEqual(["409", null]);
    expect(said(cj, { code: 1600300, result: false, message: "shippingAddress 1 rue X" })).toMatch(/^1600300 [\w\s,]+$/);
    expect(said(cj, { code: 1699999, result: false, message: "Ana B" })).toBe("1699999 CJ refused it");
  });
});

describe("what an order costs", () => {
  const asked = { wanted: [{ reference: "V1", quantity: 2 }], from: "CN", country: "FR", zip: "75001" };
  const quote = { cj: quoteAtCj, bigbuy: quoteAtBigbuy };
  const kindAt = { cj: cjOrder, bigbuy: bigbuyOrder };

  test.each(["cj", "bigbuy"] as const)(
    "at %s is its goods and the cheapest parcel, and why there is none is told apart",
    async (provider) => {
      const { at, doing } = await world(provider);
      const { account } = await doing(kindAt[provider]);
      const currency = provider === "cj" ? "USD" : "EUR";
      // It is known by its SKU before it is known by anything else.
      await supplier(provider, at, { goods: [{ ...good, sku: "V1" }] });
      expect(await quote[provider](account, asked)).toMatchObject({ goods: { minor: 600, currency }, total: { minor: 950, currency } });
      await supplier(provider, at, { goods: [{ ...good, sku: "V1", stock: 1, factory: 900 }] });
      expect(await quote[provider](account, asked)).toEqual({ fault: "short", short: [{ reference: "V1", quantity: 2, there: 1 }] });
      expect(await quote[provider](account, { ...asked, wanted: [{ reference: "V9", quantity: 1 }] })).toEqual({
        ...{ fault: "unknown_product", references: ["V9"] },
      });
      await supplier(provider, at, { goods: [{ ...good, sku: "V1" }], freight: null });
      expect(await quote[provider](account, asked)).toEqual({ fault: "no_carrier" });
    },
  );

  test("a good is found by exactly its SKU", async () => {
    const [cj, bigbuy] = [await world("cj"), await world("bigbuy")];
    const [atCj, atBigbuy] = [(await cj.doing(cjOrder)).account, (await bigbuy.doing(bigbuyOrder)).account];
    expect(await findAtCj(atCj, "SKU-1")).toEqual({ reference: "V1", name: "Lamp" });
    expect([await findAtCj(atCj, "NOPE-1"), await findAtBigbuy(atBigbuy, "NOPE-1")]).toEqual([null, null]);
    await supplier("bigbuy", bigbuy.at, { goods: [{ ...good, id: "V2", sku: "V2" }] });
    expect(await findAtBigbuy(atBigbuy, "V2")).toEqual({ reference: "V2", name: "Lamp" });
    expect(await standingAtCj(atCj, "s1-0")).toBeNull();
  });

  test("CJ's list of orders without a status is of what was cancelled, in the sandbox as there", async () => {
    const { at, payload, doing } = await world("cj");
    const own = await doing(cjOrder);
    await does(cjOrder, own, payload);
    const listed = async (query: string) => (await own.account.text({ path: `/shopping/order/list${query}` })).text;
    expect(await listed("")).not.toContain(`s1-`);
    expect(await listed("?status=CREATED")).toContain(`s1-`);
    expect(at).toBe(own.at);
  });
});

describe("tracking in Shopify", () => {
  const sent = async (shop: string, order: string) => {
    const query = `{ order(id: "gid://shopify/Order/${order}") { displayFulfillmentStatus fulfillments(first: 5) { trackingInfo(first: 5) { number company } } } }`;
    return (await askShop<{ order: object }>(shop, query)).order;
  };
  const of = (order: string, line: string, more: object = {}) =>
    shopifyFulfilment.payload.parse({
      ...{ orderId: order, numbers: ["LX1000FR"], carrier: "gls", lines: [{ line, quantity: 2 }], notify: false, ...more },
    });

  test("is of the lines that were ordered, never twice, and a further parcel is added to the one that is there", async () => {
    const { shop, order, line } = await shopWithOrder();
    const doing = await doingOf(shopifyFulfilment, shop);
    for (const _ of [1, 2]) expect(await shopifyFulfilment.execute(doing, of(order, line))).toMatchObject({ did: "done" });
    expect(await shopifyFulfilment.stillValid?.(doing, of(order, line))).toEqual({ valid: false, why: "already_there" });
    const both = of(order, line, { numbers: ["LX1000FR", "LX2000FR"] });
    expect(await shopifyFulfilment.stillValid?.(doing, both)).toEqual({ valid: true });
    expect(await shopifyFulfilment.execute(doing, both)).toMatchObject({ did: "done" });
    expect(await sent(shop, order)).toEqual({
      displayFulfillmentStatus: "FULFILLED",
      fulfillments: [{ trackingInfo: ["LX1000FR", "LX2000FR"].map((number) => ({ number, company: "gls" })) }],
    });
    expect((await effectsAt(shop)).items.map(({ kind }) => kind)).toEqual(["fulfilled", "tracking_updated"]);
  });

  test("of a part leaves the rest to be sent, and what somebody else sent is not sent again", async () => {
    const { shop, order, line } = await shopWithOrder();
    const doing = await doingOf(shopifyFulfilment, shop);
    await shopifyFulfilment.execute(doing, of(order, line, { lines: [{ line, quantity: 1 }] }));
    expect(await sent(shop, order)).toMatchObject({ displayFulfillmentStatus: "PARTIALLY_FULFILLED" });
    await shopifyFulfilment.execute(doing, of(order, line, { numbers: ["LX3000FR"] }));
    expect(await sent(shop, order)).toMatchObject({ displayFulfillmentStatus: "FULFILLED" });
    const third = of(order, line, { numbers: ["LX4000FR"] });
    expect(await shopifyFulfilment.stillValid?.(doing, third)).toEqual({ valid: false, why: "fulfilled" });
    expect(await shopifyFulfilment.execute(doing, third)).toMatchObject({ did: "failed" });
    expect(await effectsAt(shop)).toMatchObject({ raw: 2 });
  });

  test("of an order that was cancelled is not written, and who may not see fulfilment orders says which permission is missing", async () => {
    const { shop, order, line } = await shopWithOrder();
    const less = { ...shopifyFulfilment, need: { provider: "shopify", scopes: ["read_orders"] } } as ActionKind;
    expect(await shopifyFulfilment.execute(await doingOf(less, shop), of(order, line))).toMatchObject({
      ...{
        did: "failed",
        failure: { kind: "missing_scopes", scopes: expect.arrayContaining([expect.stringMatching(/fulfillment_orders$/)]) },
      },
    });
    await sandbox.control(`/shop/${shop}/changes`, { cancellations: [{ orderId: Number(order) }] });
    const doing = await doingOf(shopifyFulfilment, shop);
    expect(await shopifyFulfilment.stillValid?.(doing, of(order, line))).toEqual({ valid: false, why: "cancelled" });
  });
});
