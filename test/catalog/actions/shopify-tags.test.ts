import { afterEach, beforeEach, expect, test } from "vitest";
import { shopifyTags } from "#server/catalog/actions/shopify-tags.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { askShop, doingAt, doingOf, effectsAt, firstId, freshAccount } from "./doing.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

const things = ["customer", "order", "product"] as const;
const plural = { customer: "customers", order: "orders", product: "products" } as const;

async function tagging(on: (typeof things)[number], tags: string[], id?: string) {
  const at = freshAccount.shopify();
  const payload = shopifyTags.payload.parse({ on, id: id ?? (await firstId(at, plural[on])), tags });
  return { at, payload, doing: await doingOf(shopifyTags, at) };
}
async function tagsOf(shop: string, { on, id }: { on: (typeof things)[number]; id: string }): Promise<string[] | undefined> {
  const gid = `gid://shopify/${on[0]?.toUpperCase()}${on.slice(1)}/${id}`;
  const found = await askShop<Record<string, { tags: string[] } | null>>(shop, `query ($id: ID!) { ${on}(id: $id) { tags } }`, { id: gid });
  return found[on]?.tags;
}

test.each(things)("a %s that is gone is neither tagged nor tried", async (on) => {
  const { at, payload, doing } = await tagging(on, ["VIP"], "99999999");
  expect(await shopifyTags.stillValid?.(doing, payload)).toEqual({ valid: false, why: "gone" });
  expect(await shopifyTags.execute(doing, payload)).toMatchObject({
    did: "failed",
    failure: { kind: "rejected", message: expect.stringContaining("does not exist") },
  });
  expect(await effectsAt(at)).toMatchObject({ raw: 0 });
});

test.each(things)("a %s gets its tags beside those it has, and loses them again", async (on) => {
  const { at, payload, doing } = await tagging(on, ["At risk"]);
  const thing = payload as Parameters<typeof tagsOf>[1];
  const other = { ...thing, tags: ["Mine"] };
  expect(await shopifyTags.execute(doing, other)).toMatchObject({ did: "done" });
  expect(await shopifyTags.execute(doing, payload)).toMatchObject({ did: "done", receipt: { id: expect.stringContaining(thing.id) } });
  expect(await tagsOf(at, thing)).toEqual(["Mine", "At risk"]);
  await shopifyTags.undo?.(doing, payload, { id: null });
  expect(await tagsOf(at, thing)).toEqual(["Mine"]);
});

test("a tag that is there already is not ours to take away later, whatever its case", async () => {
  const { payload, doing } = await tagging("customer", ["VIP"]);
  await shopifyTags.execute(doing, { ...(payload as object), tags: ["vip"] });
  expect(await shopifyTags.stillValid?.(doing, payload)).toEqual({ valid: false, why: "already_there" });
});

test("after a try that nobody knows the end of, a tag that is there may be its own", async () => {
  const { at, payload, doing } = await tagging("customer", ["VIP"]);
  await shopifyTags.execute(doing, payload);
  expect(await shopifyTags.stillValid?.({ ...doing, triedAt: doing.now }, payload)).toEqual({ valid: true });
  expect(await shopifyTags.execute(doing, payload)).toMatchObject({ did: "done" });
  expect(await effectsAt(at)).toMatchObject({ raw: 2, effects: 1 });
});

test("a shop that allowed tags on orders alone has no customer tagged", async () => {
  const { at, payload } = await tagging("customer", ["VIP"]);
  const doing = await doingAt("shopify", at, { scopes: ["write_orders"] });
  expect(await shopifyTags.execute(doing, payload)).toMatchObject({ did: "failed", failure: { kind: "missing_scopes" } });
});
