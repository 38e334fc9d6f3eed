import { afterEach, beforeEach, expect, test } from "vitest";
import type { Receipt } from "#db/words/actions.ts";
import type { ActionKind, Tried } from "#server/catalog/actions/action.ts";
import { codesOf, markOf } from "#server/catalog/actions/code-batch.ts";
import { klaviyoCouponCodes } from "#server/catalog/actions/klaviyo-coupon-codes.ts";
import { shopifyDiscountCodes } from "#server/catalog/actions/shopify-discount-codes.ts";
import { control } from "#test/domain/connecting/consent.ts";
import {
  type AtSandbox,
  askKlaviyo,
  askShop,
  doingOf,
  effectsAt,
  freshAccount,
  giveCatalog,
  giveCodes,
  sandbox,
  testHash,
} from "./doing.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

const part = { batch: "ATRIUM:1", prefix: "THANKS", from: 0, count: 3 };
const coupon = { id: "ATRIUM", description: "10% off from 50.00 GBP" };
const marked = <P extends { batch: string }>(payload: P) => ({ mark: markOf({ hashOf: testHash }, payload.batch), ...payload });
const add = (more: object = {}) =>
  klaviyoCouponCodes.payload.parse(marked({ way: "add", coupon, ...part, handOutUntil: "2027-01-31T00:00:00Z", ...more }));
const withdraw = (more: object = {}) => klaviyoCouponCodes.payload.parse(marked({ way: "withdraw", coupon, ...part, ...more }));
const create = (more: object = {}) =>
  shopifyDiscountCodes.payload.parse(
    marked({
      ...{ ...part, title: "Atrium ATRIUM:1", off: { percent: 10 }, minimum: { minor: 5000, currency: "GBP" } },
      ...{ startsAt: "2026-12-01T00:00:00Z", endsAt: "2027-02-28T00:00:00Z", ...more },
    }),
  );
const codes = (more: object = {}) => [...codesOf({ hashOf: testHash }, { ...part, ...more }).values()];
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Goes on with a step as its turns do. */
async function follow(kind: ActionKind, doing: AtSandbox, payload: unknown): Promise<Tried> {
  let looked: string | undefined;
  for (let turn = 0; turn < 20; turn++) {
    const ended = await kind.execute({ ...doing, ...(looked !== undefined && { looked }) }, payload);
    if (ended.did !== "under_way") return ended;
    ({ looked } = ended);
    await wait(60);
  }
  throw new Error("it never ended");
}
/** Codes of the coupon, those that were given to somebody marked. */
async function inCoupon(at: string): Promise<string[]> {
  type Found = { data: { attributes: { unique_code: string; status: string } }[]; links: { next: string | null } };
  const { data } = await askKlaviyo<Found>(at, `/api/coupon-codes?filter=${encodeURIComponent(`equals(coupon.id,"${coupon.id}")`)}`);
  return data.map(({ attributes }) => attributes.unique_code);
}
const discountOf = (shop: string, code: string) =>
  askShop<{ codeDiscountNodeByCode: { id: string; codeDiscount: { status: string; usageLimit: number } } | null }>(
    shop,
    "query ($code: String!) { codeDiscountNodeByCode(code: $code) { id codeDiscount { ... on DiscountCodeBasic { status usageLimit } } } }",
    { code },
  ).then(({ codeDiscountNodeByCode }) => codeDiscountNodeByCode);

test("codes are the same at every try, others for every client, and none of them can be read from a payload or its description", () => {
  expect(codes()).toEqual(codes());
  expect(new Set(codes({ count: 1000 })).size).toBe(1000);
  expect(codes()[0]).toMatch(/^THANKS-[A-HJ-NP-Z2-9]{10}$/);
  expect([...codesOf({ hashOf: (text) => testHash(`other ${text}`) }, part).values()]).not.toContain(codes()[0]);
  for (const [kind, payload] of [
    [shopifyDiscountCodes, create()],
    [klaviyoCouponCodes, add()],
  ] as const) {
    const shown = JSON.stringify([payload, kind.describe(payload)]);
    for (const code of codes()) expect(shown).not.toContain(code);
  }
});

test("a discount has many codes, each of which works once, made in parts of two hundred and fifty", async () => {
  const shop = freshAccount.shopify();
  const doing = await doingOf(shopifyDiscountCodes, shop);
  await sandbox.control(`/shop/${shop}/redeem-codes`, { takeMs: 120 });
  const parts = shopifyDiscountCodes.chunks?.(create({ count: 300 })) ?? [];
  expect(parts).toMatchObject([
    { from: 0, count: 250 },
    { from: 250, count: 50 },
  ]);
  const ids = new Set<string | null>();
  for (const each of parts) {
    const ended = await follow(shopifyDiscountCodes, doing, each);
    if (ended.did !== "done") expect.unreachable(JSON.stringify(ended));
    ids.add(ended.receipt.id);
  }
  const all = codes({ count: 300 });
  for (const code of [all[0], all[249], all[250], all[299]])
    expect(await discountOf(shop, code ?? "")).toMatchObject({ id: [...ids][0], codeDiscount: { status: "ACTIVE", usageLimit: 1 } });
  expect(ids.size).toBe(1);
  const { items } = await effectsAt(shop);
  expect(items.map(({ kind, key }) => [kind, key.split(" ")[0]])).toEqual([
    ["discount_created", all[0]],
    ["redeem_codes_added", "249"],
    ["redeem_codes_added", "50"],
  ]);
  // All ends with the discount.
  const end = (payload: unknown) => shopifyDiscountCodes.undo?.(doing, payload, { id: [...ids][0] ?? null });
  for (const each of parts.toReversed()) expect(await end(each)).toMatchObject({ did: "done" });
  expect(await discountOf(shop, all[299] ?? "")).toMatchObject({ codeDiscount: { status: "EXPIRED" } });
});

test("after a lost reply the codes are there once, and those that are there are not taken for refused", async () => {
  const shop = freshAccount.shopify();
  const doing = await doingOf(shopifyDiscountCodes, shop);
  await shopifyDiscountCodes.execute(doing, create({ count: 1 }));
  const effect = { type: "reply_lost", how: "502" };
  await control({ limits: false, faults: [{ provider: "shopify", kind: "api", account: shop, path: "graphql", writes: true, effect }] });
  expect(await shopifyDiscountCodes.execute(doing, create())).toMatchObject({ did: "unsure" });
  await control();
  await control({ limits: false });
  const ended = await shopifyDiscountCodes.execute({ ...doing, triedAt: doing.now }, create());
  expect(ended).toEqual({ did: "done", receipt: { id: (await discountOf(shop, codes()[2] ?? ""))?.id } });
  expect(await effectsAt(shop, "redeem_codes_added")).toMatchObject({ effects: 1 });
});

test("a code that the shop refuses is told by its place, and is left out of the coupon", async () => {
  const [shop, at] = [freshAccount.shopify(), freshAccount.klaviyo()];
  await sandbox.control(`/shop/${shop}/redeem-codes`, { refuse: [codes()[1]] });
  await giveCatalog(at, { takeMs: 100 });
  const made = await follow(shopifyDiscountCodes, await doingOf(shopifyDiscountCodes, shop), create());
  expect(made).toMatchObject({ did: "done", receipt: { refused: [{ id: "1", why: "Code THANKS-… (1) is invalid." }] } });
  const before: Receipt[] = made.did === "done" ? [made.receipt] : [];
  const ended = await follow(klaviyoCouponCodes, await doingOf(klaviyoCouponCodes, at, { before }), add());
  expect(ended).toEqual({ did: "done", receipt: { id: "ATRIUM" } });
  expect(await inCoupon(at)).toEqual([codes()[0], codes()[2]]);
  expect((await effectsAt(at)).items.map(({ kind }) => kind)).toEqual(["coupon_created", "coupon_codes_created"]);
});

test("a discount that somebody else made under the first code is not ours, and nothing is added to it", async () => {
  const shop = freshAccount.shopify();
  const doing = await doingOf(shopifyDiscountCodes, shop);
  await shopifyDiscountCodes.execute(doing, create({ count: 1, title: "Theirs" }));
  expect(await shopifyDiscountCodes.execute(doing, create())).toMatchObject({ did: "failed" });
  expect(await effectsAt(shop)).toMatchObject({ raw: 1 });
});

test("a coupon that was not made here, or has other terms, gets no code of ours", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 0, coupons: [{ id: "ATRIUM", description: "20% off" }] });
  const doing = await doingOf(klaviyoCouponCodes, at);
  expect(await klaviyoCouponCodes.execute(doing, add())).toMatchObject({
    did: "failed",
    failure: { message: "a coupon of this name is there that was not made here" },
  });
  expect(await effectsAt(at)).toMatchObject({ raw: 0 });
});

test("codes of a second try that are there are done, and what Klaviyo refuses altogether has failed", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 0 });
  const doing = await doingOf(klaviyoCouponCodes, at);
  for (const _ of [1, 2]) expect(await klaviyoCouponCodes.execute(doing, add())).toEqual({ did: "done", receipt: { id: "ATRIUM" } });
  expect(await inCoupon(at)).toHaveLength(3);
  expect(await klaviyoCouponCodes.execute(doing, add({ count: 4 }))).toMatchObject({ did: "done" });
  expect(await inCoupon(at)).toHaveLength(4);
  expect(await effectsAt(at, "coupon_codes_created")).toMatchObject({ effects: 2 });
  const other = { batch: "ATRIUM:2", count: 2 };
  await giveCatalog(at, { takeMs: 0, refuse: codes(other) });
  expect(await klaviyoCouponCodes.execute(doing, add(other))).toMatchObject({
    did: "failed",
    failure: { message: "Klaviyo took no code: The code THANKS-… (0) cannot be processed." },
  });
  await giveCatalog(at, { takeMs: 0, refuse: codes(other).slice(1) });
  expect(await klaviyoCouponCodes.execute(doing, add(other))).toMatchObject({ did: "done", receipt: { refused: [{ id: "1" }] } });
});

test("only what nobody was given is taken out of a coupon, and nothing that is not of the batch", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 0 });
  const doing = await doingOf(klaviyoCouponCodes, at);
  await klaviyoCouponCodes.execute(doing, add({ count: 120 }));
  await klaviyoCouponCodes.execute(doing, add({ batch: "ATRIUM:2" }));
  const [given] = await giveCodes(at, { coupon: "ATRIUM", many: 1, status: "ASSIGNED_TO_PROFILE" });
  const payload = withdraw({ count: 100 });
  for (const _ of [1, 2]) expect(await klaviyoCouponCodes.execute(doing, payload)).toMatchObject({ did: "done" });
  expect(await effectsAt(at, "coupon_code_deleted")).toMatchObject({ effects: 99 });
  // The same is how an addition is undone.
  expect(await klaviyoCouponCodes.undo?.(doing, add({ from: 100, count: 20 }), { id: "ATRIUM" })).toMatchObject({ did: "done" });
  expect((await inCoupon(at)).sort()).toEqual([given, ...codes({ batch: "ATRIUM:2" })].sort());
  expect(await klaviyoCouponCodes.undo?.(doing, payload, { id: "ATRIUM" })).toMatchObject({ did: "failed" });
});

test("words of a provider that name a code rest nowhere: neither in what was refused, nor in a failure, nor in what is under way", async () => {
  const [shop, at] = [freshAccount.shopify(), freshAccount.klaviyo()];
  await sandbox.control(`/shop/${shop}/redeem-codes`, { refuse: [codes()[1]] });
  await giveCatalog(at, { takeMs: 0, refuse: codes().slice(1) });
  const made = await follow(shopifyDiscountCodes, await doingOf(shopifyDiscountCodes, shop), create());
  const taken = await klaviyoCouponCodes.execute(await doingOf(klaviyoCouponCodes, at), add());
  await giveCatalog(at, { takeMs: 0, refuse: codes() });
  const refused = await klaviyoCouponCodes.execute(await doingOf(klaviyoCouponCodes, at), add({ from: 1, count: 2 }));
  expect([made, taken, refused]).toMatchObject([
    { did: "done", receipt: { refused: [{ id: "1", why: "Code THANKS-… (1) is invalid." }] } },
    { did: "done", receipt: { refused: [{ id: "1" }, { id: "2" }] } },
    { did: "failed" },
  ]);
  const told = JSON.stringify([made, taken, refused]).toLowerCase();
  for (const code of codes()) expect(told).not.toContain(code.toLowerCase());
});

test("once the key that made a batch's codes was replaced nothing more is done with it: a retry makes no other codes, a withdrawal misses none", async () => {
  const [shop, at] = [freshAccount.shopify(), freshAccount.klaviyo()];
  await giveCatalog(at, { takeMs: 0 });
  const [atShop, atKlaviyo] = [await doingOf(shopifyDiscountCodes, shop), await doingOf(klaviyoCouponCodes, at)];
  await klaviyoCouponCodes.execute(atKlaviyo, add());
  const made = await follow(shopifyDiscountCodes, atShop, create());
  const rotated = { hashOf: (text: string) => testHash(`another key ${text}`) };
  const failed = { did: "failed", failure: { message: expect.stringContaining("the key that made these codes was replaced") } };
  expect(await shopifyDiscountCodes.execute({ ...atShop, ...rotated }, create())).toMatchObject(failed);
  for (const payload of [add(), withdraw()])
    expect(await klaviyoCouponCodes.execute({ ...atKlaviyo, ...rotated }, payload)).toMatchObject(failed);
  expect(await klaviyoCouponCodes.undo?.({ ...atKlaviyo, ...rotated }, add(), { id: "ATRIUM" })).toMatchObject(failed);
  expect(await effectsAt(shop, "discount_created")).toMatchObject({ raw: 1 });
  expect(await inCoupon(at)).toHaveLength(3);
  // The discount is known by its id, and still ends.
  const receipt = made.did === "done" ? made.receipt : { id: null };
  expect(await shopifyDiscountCodes.undo?.({ ...atShop, ...rotated }, create(), receipt)).toMatchObject({ did: "done" });
  expect(await discountOf(shop, codes()[2] ?? "")).toMatchObject({ codeDiscount: { status: "EXPIRED" } });
});

test("codes that Klaviyo is still taking in are waited for before a coupon counts as emptied: none comes up behind", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 0 });
  const doing = await doingOf(klaviyoCouponCodes, at);
  await klaviyoCouponCodes.execute(doing, add());
  await giveCodes(at, { coupon: "ATRIUM", many: 1, status: "PROCESSING" });
  expect(await klaviyoCouponCodes.execute(doing, withdraw())).toMatchObject({ did: "limited" });
  expect(await klaviyoCouponCodes.undo?.(doing, add(), { id: "ATRIUM" })).toMatchObject({ did: "limited" });
  await giveCodes(at, { coupon: "ATRIUM", many: 1, was: "PROCESSING", status: "UNASSIGNED" });
  expect(await klaviyoCouponCodes.execute(doing, withdraw())).toMatchObject({ did: "done" });
  expect(await inCoupon(at)).toEqual([]);
});

test("a discount whose other codes are refused altogether is not left working", async () => {
  const shop = freshAccount.shopify();
  const doing = await doingOf(shopifyDiscountCodes, shop);
  await sandbox.control(`/shop/${shop}/redeem-codes`, { isFull: true });
  expect(await shopifyDiscountCodes.execute(doing, create())).toMatchObject({ did: "failed" });
  expect(await discountOf(shop, codes()[0] ?? "")).toMatchObject({ codeDiscount: { status: "EXPIRED" } });
});
