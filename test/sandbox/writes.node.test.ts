import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sandboxClient } from "#sandbox/client.ts";
import { startSandbox } from "#sandbox/start.ts";

let dataDir: string;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: ReturnType<typeof sandboxClient>;
const shop = "writes.myshopify.com";

async function start(): Promise<void> {
  sandbox = await startSandbox({ port: 0, redirectOrigin: "http://atrium.test", shop: null, generatedOrders: 50, dataDir });
  client = sandboxClient(sandbox.url);
}
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "sandbox-writes-"));
  await start();
});
afterAll(async () => {
  await sandbox.stop();
  await rm(dataDir, { recursive: true });
});
beforeEach(async () => {
  await client.control("/control", undefined, "DELETE");
  await client.control("/control", { limits: false });
});

type Effects = { raw: number; effects: number; items: { kind: string; key: string }[] };
const effects = (provider: string, account: string) => client.control<Effects>(`/effects?provider=${provider}&account=${account}`);

describe("Shopify", () => {
  const scopes = ["write_customers", "write_orders", "write_products", "write_discounts", "read_all_orders"];
  const token = async (granted = scopes) => (await client.mint("shopify", shop, granted)).access_token;
  const ask = async (query: string, variables: object = {}, granted?: string[]) =>
    (await client.graphql<Record<string, unknown>>(shop, await token(granted), query, variables as Record<string, unknown>)).body;
  const create = `mutation ($d: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $d) {
    codeDiscountNode { id } userErrors { code field message } } }`;
  const input = (more: object = {}) => ({
    d: {
      ...{ title: "T", code: "ONE-TWO", startsAt: "2026-11-29T00:00:00Z", context: { all: "ALL" } },
      customerGets: { value: { percentage: 0.1 }, items: { all: true } },
      ...more,
    },
  });

  test.each([
    ["BLANK", { code: "" }],
    ["BLANK", { title: null }],
    ["TOO_LONG", { code: "x".repeat(256) }],
    ["INVALID", { code: "a\nb" }],
    ["INVALID", { endsAt: "2026-11-28T00:00:00Z" }],
    ["INVALID", { context: { customers: { add: ["gid://shopify/Customer/99999999"] } } }],
    ["VALUE_OUTSIDE_RANGE", { customerGets: { value: { percentage: 10 } } }],
    ["GREATER_THAN", { usageLimit: 0 }],
    ["LESS_THAN_OR_EQUAL_TO", { customerGets: { value: { discountAmount: { amount: "-1.00" } } } }],
  ])("a discount is refused with %s in status 200: %j", async (code, more) => {
    const { data } = await ask(create, input({ code: `NEVER-${code}`, ...more }));
    expect(data?.discountCodeBasicCreate).toMatchObject({ codeDiscountNode: null, userErrors: [{ code }] });
  });

  test.each([
    ["BAD_REQUEST", { customerGets: { value: { percentage: 0.1, discountAmount: { amount: "1.00" } } } }],
    ["INVALID_VARIABLE", { customerGets: { value: { discountAmount: { amount: "ten" } } } }],
  ])("what no discount can be is an error of the query (%s)", async (code, more) => {
    const { errors, data } = await ask(create, input(more));
    expect([errors?.[0]?.extensions?.code, data?.discountCodeBasicCreate]).toEqual([code, null]);
  });

  test("a code is taken once, whatever its case, and found whatever its case", async () => {
    expect((await ask(create, input({ code: "Case-1" }))).data?.discountCodeBasicCreate).toMatchObject({ userErrors: [] });
    const again = (await ask(create, input({ code: "CASE-1" }))).data?.discountCodeBasicCreate;
    expect(again).toMatchObject({ codeDiscountNode: null, userErrors: [{ code: "TAKEN", field: ["basicCodeDiscount", "code"] }] });
    const { data } = await ask(`{ codeDiscountNodeByCode(code: "cAsE-1") { codeDiscount { ... on DiscountCodeBasic { title status } } } }`);
    expect(data?.codeDiscountNodeByCode).toEqual({ codeDiscount: { title: "T", status: "ACTIVE" } });
  });

  test("a permission to write to one thing is none to write to another", async () => {
    const tag = `mutation ($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { node { id } userErrors { field message } } }`;
    const { errors, data } = await ask(tag, { id: "gid://shopify/Customer/1" }, ["write_orders"]);
    expect([errors?.[0]?.extensions?.code, data?.tagsAdd]).toEqual(["ACCESS_DENIED", null]);
    expect((await ask(tag, { id: "gid://shopify/Product/1" })).data?.tagsAdd).toEqual({
      node: null,
      userErrors: [{ field: ["id"], message: "Product does not exist" }],
    });
  });
});

describe("Klaviyo", () => {
  const send = async (account: string, path: string, body: object, scopes = ["events:write", "profiles:write", "lists:write"]) => {
    const { access_token } = await client.mint("klaviyo", account, scopes);
    return fetch(`${client.endpoints.klaviyo.api}/api/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}`, revision: "2026-10-15", "content-type": "application/vnd.api+json" },
      body: JSON.stringify(body),
    });
  };
  const event = (more: object = {}, profile: object = { attributes: { external_id: "9" } }, name = "Seen") => ({
    data: {
      type: "event",
      attributes: {
        properties: {},
        metric: { data: { type: "metric", attributes: { name } } },
        profile: { data: { type: "profile", ...profile } },
        ...more,
      },
    },
  });

  test("a unique_id is kept once for a profile and a metric, and its repetition is answered as if nothing were", async () => {
    const answers = [];
    for (const name of ["Seen", "Seen", "Bought"]) answers.push(await send("Uniq01", "events", event({ unique_id: "u" }, undefined, name)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await answers[0]?.text()).toBe("");
    expect((await effects("klaviyo", "Uniq01")).items.map(({ kind }) => kind)).toEqual(["profile_created", "event", "event"]);
  });

  test("without one, two events of a second are one", async () => {
    for (const time of ["2026-11-29T10:00:00.100Z", "2026-11-29T10:00:00.900Z", "2026-11-29T10:00:01Z"]) {
      await send("Second", "events", event({ time }));
    }
    expect((await effects("klaviyo", "Second")).items.filter(({ kind }) => kind === "event")).toHaveLength(2);
  });

  test.each([
    ["nobody's", event({}, { attributes: {} })],
    ["from before 1990", event({ time: "1989-01-01T00:00:00Z" })],
    ["two years ahead", event({ time: "2099-01-01T00:00:00Z" })],
    ["with a name that is too long", event({}, undefined, "m".repeat(128))],
    ["of a profile that is not there", event({}, { id: "01H", attributes: {} })],
  ])("an event %s is refused", async (_, body) => {
    expect((await send("Refuse", "events", body)).status).toBe(400);
    expect(await effects("klaviyo", "Refuse")).toMatchObject({ raw: 0 });
  });

  test("an import takes the permission for lists too, and makes profiles that are not there", async () => {
    const data = [{ type: "profile", attributes: { external_id: "5", properties: { a: 1 } } }];
    const body = { data: { type: "profile-bulk-import-job", attributes: { profiles: { data } } } };
    expect((await send("Import", "profile-bulk-import-jobs", body, ["profiles:write"])).status).toBe(403);
    expect((await send("Import", "profile-bulk-import-jobs", body)).status).toBe(202);
    expect((await effects("klaviyo", "Import")).items.map(({ kind }) => kind)).toEqual(["profile_created", "profiles_imported"]);
  });

  test("the profiles of a client's own shop carry its customers' ids, but for every fifth", async () => {
    const { access_token } = await client.mint("klaviyo", "BetaB2", ["profiles:read"]);
    const answer = await fetch(`${client.endpoints.klaviyo.api}/api/profiles`, {
      headers: { authorization: `Bearer ${access_token}`, revision: "2026-10-15" },
    });
    const { data } = (await answer.json()) as { data: { attributes: { external_id: string | null; email: string } }[] };
    expect(data.slice(0, 5).map(({ attributes }) => attributes.external_id === null)).toEqual([false, false, false, false, true]);
    expect(data[0]?.attributes.email).toBe(`customer-${data[0]?.attributes.external_id}@example.com`);
  });
});

describe("Slack", () => {
  const call = async (method: string, body: object, scopes = ["chat:write", "channels:history"]) => {
    const { access_token } = await client.mint("slack", "T0WRITES", scopes);
    const answer = await fetch(`${client.endpoints.slack.api}/${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, retryAfter: answer.headers.get("retry-after"), body: (await answer.json()) as Record<string, unknown> };
  };

  test.each([
    [{ channel: "C0NOWHERE00", text: "x" }, "channel_not_found"],
    [{ channel: "C0ARCHIVED0", text: "x" }, "is_archived"],
    [{ channel: "C0UNJOINED0", text: "x" }, "not_in_channel"],
    [{ channel: "C0GENERAL00", text: "" }, "no_text"],
    [{ channel: "C0GENERAL00", text: "x".repeat(40_001) }, "msg_too_long"],
  ])("what goes wrong is said with status 200: %o", async (body, error) => {
    expect(await call("chat.postMessage", body)).toMatchObject({ status: 200, body: { ok: false, error } });
  });

  test("a scope that is missing is named with those that are there", async () => {
    const missing = { ok: false, error: "missing_scope", needed: "channels:history", provided: "chat:write" };
    expect((await call("conversations.history", { channel: "C0GENERAL00" }, ["chat:write"])).body).toEqual(missing);
  });

  test("a message is changed by its ts, and what one person is shown stands in no channel", async () => {
    const posted = await call("chat.postMessage", { channel: "C0PRIVATE00", text: "before", blocks: [{ type: "divider" }] });
    const { ts } = posted.body;
    expect((await call("chat.update", { channel: "C0PRIVATE00", ts, text: "after", blocks: [] })).body).toMatchObject({
      ok: true,
      text: "after",
    });
    expect((await call("chat.update", { channel: "C0PRIVATE00", ts: "1.2", text: "x" })).body).toMatchObject({
      error: "message_not_found",
    });
    expect((await call("chat.postEphemeral", { channel: "C0PRIVATE00", user: "U1", text: "psst" })).body).toMatchObject({ ok: true });
    expect((await call("chat.postEphemeral", { channel: "C0UNJOINED0", user: "U1", text: "psst" })).body).toMatchObject({
      error: "not_in_channel",
    });
    const { messages, ephemeral } = await client.control<Record<"messages" | "ephemeral", object[]>>("/slack/T0WRITES/messages");
    expect(messages).toContainEqual(expect.objectContaining({ ts, text: "after", blocks: [] }));
    expect(JSON.stringify(messages)).not.toContain("psst");
    expect(ephemeral).toEqual([{ channel: "C0PRIVATE00", user: "U1", text: "psst" }]);
  });

  test("somebody's address is said only where it may be read, and private channels only where they may", async () => {
    await client.control("/slack/T0WRITES/users", [{ id: "U2", email: "ana@example.com" }]);
    const ask = (scopes: string[]) => call("users.info", { user: "U2" }, scopes);
    expect((await ask(["users:read", "users:read.email"])).body).toMatchObject({ user: { profile: { email: "ana@example.com" } } });
    expect(JSON.stringify((await ask(["users:read"])).body)).not.toContain("ana@example.com");
    expect((await ask(["chat:write"])).body).toMatchObject({ error: "missing_scope", needed: "users:read" });
    const list = async (types: string, scopes: string[]) =>
      (await call("conversations.list", { types, exclude_archived: true, limit: 2 }, scopes)).body;
    expect(await list("public_channel", ["channels:read"])).toMatchObject({
      channels: [{ name: "general" }, { name: "sales" }],
      response_metadata: { next_cursor: expect.stringMatching(/./) },
    });
    expect(await list("private_channel", ["channels:read"])).toMatchObject({ error: "missing_scope", needed: "groups:read" });
    expect(await list("private_channel", ["groups:read"])).toMatchObject({ channels: [{ name: "private" }] });
  });

  test("a channel takes a message a second, and its history is shown once a minute, fifteen at a time", async () => {
    for (let at = 0; at < 17; at++) await call("chat.postMessage", { channel: "C0SALES0000", text: `m${at}` });
    const first = await call("conversations.history", { channel: "C0SALES0000", limit: 100 });
    const { messages, has_more, response_metadata } = first.body as {
      messages: { text: string }[];
      has_more: boolean;
      response_metadata: { next_cursor: string };
    };
    expect([messages.length, messages[0]?.text, has_more]).toEqual([15, "m16", true]);
    const rest = await call("conversations.history", { channel: "C0SALES0000", cursor: response_metadata.next_cursor });
    expect(rest.body).toMatchObject({ messages: [{ text: "m1" }, { text: "m0" }], has_more: false });

    await client.control("/control", { limits: true });
    const two = await Promise.all(["a", "b", "c"].map((text) => call("chat.postMessage", { channel: "C0SALES0000", text })));
    expect(two.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    expect(two.find(({ status }) => status === 429)).toMatchObject({ retryAfter: "1", body: { ok: false, error: "ratelimited" } });
  });
});

test("what is written is seen by reads a little later, where that was ordered", async () => {
  await client.control("/control", { settleMs: 60_000 });
  const { access_token } = await client.mint("slack", "T0SETTLE", ["chat:write", "channels:history"]);
  const headers = { authorization: `Bearer ${access_token}`, "content-type": "application/json" };
  const body = JSON.stringify({ channel: "C0GENERAL00", text: "x" });
  await fetch(`${client.endpoints.slack.api}/chat.postMessage`, { method: "POST", headers, body });
  const history = async () =>
    (
      (await (await fetch(`${client.endpoints.slack.api}/conversations.history?channel=C0GENERAL00`, { headers })).json()) as {
        messages: [];
      }
    ).messages.length;
  expect(await history()).toBe(0);
  await client.control("/control", { settleMs: 0 });
  expect(await history()).toBe(1);
});

test("a restart forgets nothing of it", async () => {
  const before = await client.control<Effects>("/effects");
  expect(before.effects).toBeGreaterThan(20);
  await sandbox.stop();
  await start();
  expect(await client.control<Effects>("/effects")).toEqual(before);
  const { access_token } = await client.mint("shopify", shop, ["read_discounts"]);
  const { body } = await client.graphql(shop, access_token, `{ codeDiscountNodeByCode(code: "case-1") { id } }`);
  expect(body.data).toMatchObject({ codeDiscountNodeByCode: { id: expect.stringContaining("DiscountCodeNode") } });
});

describe("Misbehaviour", () => {
  const store = "fates.myshopify.com";
  const scopes = ["write_customers", "read_customers"];
  const tag = (token: string, tags: string[]) =>
    client.graphql(store, token, 'mutation ($tags: [String!]!) { tagsAdd(id: "x", tags: $tags) { userErrors { message } } }', { tags });
  const fates = async (token: string, order: readonly number[]) => {
    const met = new Map<number, number[]>();
    for (const tagged of order) met.set(tagged, [...(met.get(tagged) ?? []), (await tag(token, [`t${tagged}`])).status]);
    return [...met].sort(([a], [b]) => a - b);
  };

  test("of writes leaves reads alone, and misbehaviour of reads leaves writes alone", async () => {
    const { access_token } = await client.mint("shopify", store, scopes);
    const [read, write] = [() => client.graphql(store, access_token, "{ shop { id } }"), () => tag(access_token, ["a"])];
    const effect = { type: "error", status: 503 };
    await client.control("/control", { faults: [{ provider: "shopify", writes: true, effect }] });
    expect([(await read()).status, (await write()).status]).toEqual([200, 503]);
    await client.control("/control", undefined, "DELETE");
    await client.control("/control", { faults: [{ provider: "shopify", writes: false, effect }] });
    expect([(await read()).status, (await write()).status]).toEqual([503, 200]);
  });

  test("with a seed strikes the same calls again, in whatever order they come, and with another seed it strikes others", async () => {
    const { access_token } = await client.mint("shopify", store, scopes);
    const order = Array.from({ length: 40 }, (_, at) => at % 20);
    const met = [];
    for (const [seed, asked] of [
      ["a", order],
      ["a", [...order].reverse()],
      ["b", order],
    ] as const) {
      await client.control("/control", undefined, "DELETE");
      await client.control("/control", { limits: false, seed, faults: [{ probability: 0.3, effect: { type: "error", status: 503 } }] });
      met.push(await fates(access_token, asked));
    }
    expect(met[1]).toEqual(met[0]);
    expect(met[2]).not.toEqual(met[0]);
    const struck = met.flatMap((all) => all.flatMap(([, statuses]) => statuses)).filter((status) => status === 503).length;
    expect(struck).toBeGreaterThan(15);
    expect(struck).toBeLessThan(57);
  });
});
