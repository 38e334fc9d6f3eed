import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { shopifyDiscount } from "#server/catalog/actions/shopify-discount.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { cases } from "./cases.ts";
import { askShop, doingOf, effectsAt } from "./doing.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

async function discount(more: object = {}) {
  const { at, payload } = (await cases["shopify-discount"]?.prepare()) ?? { at: "", payload: {} };
  return {
    at,
    payload: shopifyDiscount.payload.parse({ ...(payload as object), ...more }) as { code: string },
    doing: await doingOf(shopifyDiscount, at),
  };
}
if (shopifyDiscount.idempotency !== "lookup") throw new Error("a discount is looked up");
const { lookup } = shopifyDiscount;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

const createQuery = `mutation ($d: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $d) { codeDiscountNode { id } userErrors { code field } } }`;
const byHand = (shop: string, input: object) =>
  askShop(shop, createQuery, {
    d: {
      ...{ title: "Summer sale", startsAt: "2026-11-01T00:00:00Z" },
      context: { all: "ALL" },
      customerGets: { value: { percentage: 0.1 }, items: { all: true } },
      ...input,
    },
  });

test("a code that somebody else has, in whatever case, is a failure and stays theirs", async () => {
  const { at, payload, doing } = await discount();
  await byHand(at, { code: payload.code.toLowerCase() });
  expect(await shopifyDiscount.execute(doing, payload)).toMatchObject({
    did: "failed",
    failure: { kind: "rejected", message: expect.stringContaining("TAKEN") },
  });
  expect(await lookup(doing, payload)).toBe("absent");
  expect(await effectsAt(at)).toMatchObject({ raw: 1 });
});

test("a code with the same title and another value is somebody else's", async () => {
  const { at, payload, doing } = await discount();
  await byHand(at, {
    ...payload,
    off: undefined,
    minimum: undefined,
    customerId: undefined,
    title: "Referral 2026",
    code: payload.code,
    customerGets: { value: { percentage: 0.2 }, items: { all: true } },
  });
  expect(await shopifyDiscount.execute(doing, payload)).toMatchObject({ did: "failed" });
});

test("asked again blindly, the code that it made itself is its own: done, and made once", async () => {
  const { at, payload, doing } = await discount();
  const first = await shopifyDiscount.execute(doing, payload);
  expect(await shopifyDiscount.execute(doing, payload)).toEqual(first);
  expect(await effectsAt(at)).toMatchObject({ raw: 1, effects: 1 });
});

test("looked up too early it is not there yet, and taken all the same: nobody says it was not done", async () => {
  const { at, payload, doing } = await discount();
  await control({ settleMs: 400 });
  const done = await shopifyDiscount.execute(doing, payload);
  expect(await lookup(doing, payload)).toBe("absent");
  expect(shopifyDiscount).toMatchObject({ settledAfterMs: expect.any(Number) });
  expect(await shopifyDiscount.execute(doing, payload)).toMatchObject({ did: "unsure" });
  await pause(500);
  expect(await lookup(doing, payload)).toEqual(done.did === "done" && done.receipt);
  expect(await effectsAt(at)).toMatchObject({ raw: 1, effects: 1 });
});

test("an empty bucket (THROTTLED, with status 200) did nothing: it is asked again once it has filled, and made once", async () => {
  const { at, payload, doing } = await discount();
  await control();
  const dear = "{ orders(first: 250) { nodes { id lineItems(first: 20) { nodes { id } } } } }";
  let throttled = false;
  while (!throttled)
    throttled = await askShop(at, dear).then(
      () => false,
      (error: Error) => error.message.includes("THROTTLED"),
    );
  const tags = { query: `mutation { tagsAdd(id: "gid://shopify/Customer/0", tags: ["x"]) { userErrors { message } } }`, variables: {} };
  const write = { method: "POST", path: "/admin/api/2026-10/graphql.json", body: tags } as const;
  while (!doing.failed.includes("rate_limited")) await doing.writer.send(write, z.unknown());
  expect(await shopifyDiscount.execute(doing, payload)).toMatchObject({ did: "done" });
  expect(await effectsAt(at)).toMatchObject({ raw: 1 });
});

test("what the shop refuses is said with its code", async () => {
  const { at, payload, doing } = await discount({ customerId: "99999999" });
  expect(await shopifyDiscount.execute(doing, payload)).toMatchObject({
    did: "failed",
    failure: { kind: "rejected", message: expect.stringMatching(/^INVALID .*customers/) },
  });
  expect(await effectsAt(at)).toMatchObject({ raw: 0 });
});

test("amounts in another currency than the shop's are not sent as if they were the shop's", async () => {
  const [off, minimum] = ["EUR", "EUR"].map((currency) => ({ minor: 5000, currency }));
  const { at, payload, doing } = await discount({ off, minimum });
  expect(await shopifyDiscount.execute(doing, payload)).toMatchObject({
    did: "failed",
    failure: { message: expect.stringContaining("GBP") },
  });
  expect(await effectsAt(at)).toMatchObject({ raw: 0 });
});

test("an amount off is found again by its amount", async () => {
  const { payload, doing } = await discount({ off: { minor: 550, currency: "GBP" } });
  const attempt = await shopifyDiscount.execute(doing, payload);
  expect(attempt.did === "done" && attempt.receipt).toEqual(await lookup(doing, payload));
  expect(await lookup(doing, { ...payload, off: { minor: 560, currency: "GBP" } })).toBe("absent");
});

const foundQuery = (code: string) => `{ codeDiscountNodeByCode(code: "${code}") { codeDiscount { ... on DiscountCodeBasic {
  usageLimit appliesOncePerCustomer context { ... on DiscountBuyerSelectionAll { all } ... on DiscountCustomers { customers { id } } } } } } }`;
const asShopHasIt = async (at: string, code: string) =>
  (await askShop<{ codeDiscountNodeByCode: { codeDiscount: object } }>(at, foundQuery(code))).codeDiscountNodeByCode.codeDiscount;

test("a code for one customer is theirs alone, and one for their friends is anybody's, once each and so many times in all", async () => {
  const own = await discount();
  await shopifyDiscount.execute(own.doing, own.payload);
  const customers = [{ id: `gid://shopify/Customer/${(own.payload as unknown as { customerId: string }).customerId}` }];
  expect(await asShopHasIt(own.at, own.payload.code)).toEqual({ usageLimit: 1, appliesOncePerCustomer: true, context: { customers } });
  const friends = await discount({ friends: { uses: 5 } });
  const attempt = await shopifyDiscount.execute(friends.doing, friends.payload);
  expect(attempt.did === "done" && attempt.receipt).toEqual(await lookup(friends.doing, friends.payload));
  expect(await asShopHasIt(friends.at, friends.payload.code)).toEqual({
    ...{ usageLimit: 5, appliesOncePerCustomer: true },
    context: { all: "ALL" },
  });
});

test("a friends' code puts at stake what all its uses take off, says for whom and how often, and has an end of its uses", async () => {
  const { payload } = await discount({ friends: { uses: 5 } });
  expect(shopifyDiscount.stakeOf?.(payload)).toEqual({ minor: 2500, currency: "GBP" });
  const amount = { ...payload, off: { minor: 700, currency: "GBP" } };
  expect(shopifyDiscount.stakeOf?.(amount)).toEqual({ minor: 3500, currency: "GBP" });
  const { sentence, fields } = shopifyDiscount.describe(payload);
  expect(sentence.en).toMatch(/for friends of customer \d+: 10% off an order of 50.00 GBP or more, once per friend, 5 orders in all\.$/);
  expect(new Set(Object.values(sentence)).size).toBe(3);
  expect(fields.find(({ label }) => label.en === "Uses")?.value).toBe("5");
  for (const uses of [0, 101, 1.5])
    expect(shopifyDiscount.payload.safeParse({ ...payload, friends: { uses } }).success, `${uses} uses`).toBe(false);
});

test("what was approved of a code for one customer is still what is executed: its content is the same, and so is its stake", async () => {
  const { payload } = await discount();
  const { customerId, title, code, off, minimum, startsAt, endsAt } = payload as unknown as Record<string, unknown>;
  expect(shopifyDiscount.payload.parse(payload)).toEqual({ customerId, title, code, off, minimum, startsAt, endsAt });
  expect(shopifyDiscount.stakeOf?.(payload)).toEqual({ minor: 500, currency: "GBP" });
});

test("taken back it has ended; one that was never there cannot be", async () => {
  const { at, payload, doing } = await discount();
  expect(await shopifyDiscount.undo?.(doing, payload, { id: null })).toMatchObject({ did: "failed" });
  const attempt = await shopifyDiscount.execute(doing, payload);
  if (attempt.did !== "done") throw new Error(attempt.did);
  await shopifyDiscount.undo?.(doing, payload, attempt.receipt);
  const found = await askShop<{ codeDiscountNodeByCode: unknown }>(
    at,
    `{ codeDiscountNodeByCode(code: "${payload.code}") { codeDiscount { ... on DiscountCodeBasic { status usageLimit } } } }`,
  );
  expect(found.codeDiscountNodeByCode).toEqual({ codeDiscount: { status: "EXPIRED", usageLimit: 1 } });
});

test("one that was deleted in the shop has ended too", async () => {
  const { payload, doing } = await discount();
  const gone = { id: "gid://shopify/DiscountCodeNode/1" };
  expect(await shopifyDiscount.undo?.(doing, payload, gone)).toEqual({ did: "done", receipt: gone });
});
