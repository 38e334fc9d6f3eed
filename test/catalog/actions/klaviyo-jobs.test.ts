import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tried } from "#server/catalog/actions/action.ts";
import { klaviyoCatalog } from "#server/catalog/actions/klaviyo-catalog.ts";
import { underWay } from "#server/catalog/actions/klaviyo-wire.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { type AtSandbox, askKlaviyo, doingOf, effectsAt, freshAccount, giveCatalog } from "./doing.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

const item = (id: string, more: object = {}) => ({
  ...{ id, title: `Ware ${id}`, url: `https://acme.example/${id}`, price: 1999, published: true },
  ...more,
});
const variant = (id: string, productId: string, more: object = {}) => ({
  ...item(id),
  ...{ productId, sku: `S${id}`, stock: 3, policy: 1 },
  ...more,
});
const catalog = (what: "item" | "variant", put: object[], more: object = {}) =>
  klaviyoCatalog.payload.parse({ what, currency: "GBP", put, gone: [], as: "unpublish", over: false, ...more });
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Goes on with a step as its turns do; how often it was under way, and with which pauses (seconds). */
async function follow(
  kind: typeof klaviyoCatalog,
  doing: AtSandbox,
  payload: unknown,
): Promise<{ ended: Tried; turns: number; pauses: number[] }> {
  let looked: string | undefined;
  const pauses: number[] = [];
  for (let turns = 0; turns < 20; turns++) {
    const ended = await kind.execute({ ...doing, ...(looked !== undefined && { looked }) }, payload);
    if (ended.did !== "under_way") return { ended, turns, pauses };
    ({ looked } = ended);
    pauses.push(ended.inS);
    await wait(60);
  }
  throw new Error("it never ended");
}
const titlesAt = async (at: string, what: "item" | "variant" = "item") => {
  const { data } = await askKlaviyo<{ data: { id: string; attributes: Record<string, unknown> }[] }>(at, `/api/catalog-${what}s`);
  return Object.fromEntries(data.map(({ id, attributes }) => [id.split(":::").at(-1), attributes]));
};

test("a job is followed to its end over several turns, and is begun once", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 150 });
  const { ended, turns } = await follow(klaviyoCatalog, await doingOf(klaviyoCatalog, at), catalog("item", [item("1"), item("2")]));
  expect(ended).toEqual({ did: "done", receipt: { id: "item", created: ["1", "2"] } });
  expect(turns).toBeGreaterThan(0);
  expect(await effectsAt(at)).toMatchObject({ raw: 1, effects: 1 });
});

test("what is there goes to the job that changes, all else to the one that makes, and what is as it should be to none", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 0 });
  const doing = await doingOf(klaviyoCatalog, at);
  await klaviyoCatalog.execute(doing, catalog("item", [item("1"), item("2")]));
  expect(await klaviyoCatalog.execute(doing, catalog("item", [item("1", { price: 999 }), item("2"), item("3")]))).toMatchObject({
    did: "done",
  });
  expect((await effectsAt(at)).items.map(({ kind }) => kind)).toEqual(["catalog_created", "catalog_created", "catalog_updated"]);
  expect(await titlesAt(at)).toMatchObject({ 1: { price: 9.99 }, 2: { price: 19.99 }, 3: { price: 19.99 } });
  await klaviyoCatalog.execute(doing, catalog("item", [item("1", { price: 999 }), item("2"), item("3")]));
  expect(await effectsAt(at)).toMatchObject({ raw: 3 });
});

test("prices are in the shop's currency, also in one without decimals", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 0 });
  await klaviyoCatalog.execute(await doingOf(klaviyoCatalog, at), catalog("item", [item("1", { price: 4200 })], { currency: "JPY" }));
  expect(await titlesAt(at)).toMatchObject({ 1: { price: 4200 } });
});

test("an item that its reads did not show is found by the refusal, and changed", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 150 });
  const doing = await doingOf(klaviyoCatalog, at);
  // Another job makes it, and it is not seen before that ends.
  expect(await klaviyoCatalog.execute(doing, catalog("item", [item("1")]))).toMatchObject({ did: "under_way" });
  const { ended } = await follow(klaviyoCatalog, doing, catalog("item", [item("1", { price: 500 })]));
  expect(ended).toEqual({ did: "done", receipt: { id: "item" } });
  expect(await titlesAt(at)).toMatchObject({ 1: { price: 5 } });
});

test("after a lost reply what a second job finds made is done, and a step that is long under way is looked at ever more seldom", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 500 });
  const doing = await doingOf(klaviyoCatalog, at);
  const payload = catalog("item", [item("1"), item("2")]);
  const effect = { type: "reply_lost", how: "502" };
  await control({
    limits: false,
    faults: [{ provider: "klaviyo", kind: "api", account: at, path: "bulk-create-jobs", writes: true, effect }],
  });
  expect(await klaviyoCatalog.execute(doing, payload)).toMatchObject({ did: "unsure" });
  await control();
  await control({ limits: false });
  const { ended, pauses } = await follow(klaviyoCatalog, { ...doing, triedAt: doing.now }, payload);
  expect(ended).toEqual({ did: "done", receipt: { id: "item" } });
  expect(pauses.slice(0, 2)).toEqual([5, 10]);
  expect(await effectsAt(at)).toMatchObject({ effects: 1 });
  expect(await titlesAt(at)).toMatchObject({ 1: { price: 19.99 }, 2: { price: 19.99 } });
  const progress = { jobs: [], over: [], refused: [], there: [], created: [], overwritten: [] };
  expect([0, 1, 5, 6, 50].map((looks) => underWay({ ...progress, looks }))).toMatchObject([5, 10, 160, 300, 300].map((inS) => ({ inS })));
});

test("what another integration has made is neither changed nor deleted, and no variant is put under it, unless the client wants it so", async () => {
  const at = freshAccount.klaviyo();
  const own = (id: string) => `$custom:::$default:::${id}`;
  await giveCatalog(at, { takeMs: 0, items: [{ id: own("1") }, { id: own("3") }], variants: [{ id: own("11"), item: own("1") }] });
  const doing = await doingOf(klaviyoCatalog, at);
  const items = { gone: ["3"], as: "delete" };
  const variants = [variant("11", "1"), variant("12", "1"), variant("21", "2")];
  expect(await klaviyoCatalog.execute(doing, catalog("item", [item("1"), item("2")], items))).toEqual({
    did: "done",
    receipt: { id: "item", created: ["2"], kept: ["1", "3"] },
  });
  expect(await klaviyoCatalog.execute(doing, catalog("variant", variants))).toMatchObject({
    receipt: { created: ["21"], kept: ["11", "12"] },
  });
  expect(await titlesAt(at)).toMatchObject({ 1: { title: "Ware" }, 3: { published: true } });
  expect(await klaviyoCatalog.execute(doing, catalog("item", [item("1"), item("2")], { ...items, over: true }))).toEqual({
    did: "done",
    receipt: { id: "item", overwritten: ["1", "3"] },
  });
  expect(await klaviyoCatalog.execute(doing, catalog("variant", variants, { over: true }))).toMatchObject({
    receipt: { created: ["12"], overwritten: ["11"] },
  });
  expect(Object.keys(await titlesAt(at))).toEqual(["1", "2"]);
  expect(await titlesAt(at)).toMatchObject({ 1: { title: "Ware 1" } });
});

test("what a job refuses as being there and no read shows is left alone after some looks, and is changed by nobody", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 600_000 });
  const doing = await doingOf(klaviyoCatalog, at);
  await klaviyoCatalog.execute(doing, catalog("item", [item("1")]));
  const looked = (looks: number) => JSON.stringify({ jobs: [], over: [], refused: [], there: ["1"], looks });
  const again = (looks: number) => klaviyoCatalog.execute({ ...doing, looked: looked(looks) }, catalog("item", [item("1")]));
  expect(await again(5)).toMatchObject({ did: "under_way" });
  expect(await again(6)).toEqual({ did: "done", receipt: { id: "item", kept: ["1"] } });
  expect(await effectsAt(at)).toMatchObject({ raw: 1 });
});

test("of a job with errors each row has its own reason, and all others are done", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 0, refuse: ["12"] });
  const doing = await doingOf(klaviyoCatalog, at);
  await klaviyoCatalog.execute(doing, catalog("item", [item("1")]));
  const ended = await klaviyoCatalog.execute(doing, catalog("variant", [variant("11", "1"), variant("12", "1"), variant("13", "9")]));
  expect(ended).toEqual({
    did: "done",
    receipt: {
      id: "variant",
      refused: [
        { id: "12", why: "This item cannot be processed." },
        { id: "13", why: "A catalog item with id $custom:::$default:::9 does not exist." },
      ],
      created: ["11"],
    },
  });
  expect(Object.keys(await titlesAt(at, "variant"))).toEqual(["11"]);
});

test("where five hundred jobs are in progress it waits, and nothing has failed", async () => {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 0, others: 500 });
  const doing = await doingOf(klaviyoCatalog, at);
  const payload = catalog("item", [item("1")]);
  expect(await klaviyoCatalog.execute(doing, payload)).toEqual({ did: "limited", retryAfterS: 60 });
  await giveCatalog(at, { takeMs: 0 });
  expect(await klaviyoCatalog.execute(doing, payload)).toMatchObject({ did: "done" });
});

test("a step is a hundred rows", () => {
  const many = Array.from({ length: 250 }, (_, at) => item(String(at + 1)));
  const steps = klaviyoCatalog.chunks?.(catalog("item", many, { gone: ["900"] })) as { put: object[]; gone: string[] }[];
  expect(steps.map(({ put, gone }) => [put.length, gone.length])).toEqual([
    [100, 0],
    [100, 0],
    [50, 0],
    [0, 1],
  ]);
});
