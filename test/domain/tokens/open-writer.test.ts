import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import { openDb } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import type { Write, Writer } from "#server/catalog/writer.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { Engine } from "#server/domain/runs/engine.ts";
import { openWriter } from "#server/domain/tokens/open-writer.ts";
import type { FailedCall } from "#server/domain/wire/failed-call.ts";
import { connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { testEnv, testTenantCtx } from "#test/harness.ts";
import { sandboxOrigin } from "#test/variables.ts";

const db = openDb(testEnv.DB);
const minute = 60_000;
const shop = "beta.myshopify.com";

beforeEach(() => control({ limits: false }));
afterEach(async () => {
  vi.restoreAllMocks();
  await control();
});

/** A connected shop, and ways to act in it. */
async function connected() {
  const { browser, tenant } = await visit();
  await connectThrough(browser, { tenant: tenant.id, provider: "shopify" });
  const [row] = await listConnections(testTenantCtx(tenant, "system"));
  if (!row) throw new Error("not connected");
  const calls: FailedCall[] = [];
  const seen: string[] = [];
  const outbound: typeof fetch = (input, init) => {
    seen.push(String(input).replace(/^.*\/shopify\//, ""));
    return fetch(input, init);
  };
  const ctx = testTenantCtx(tenant, "system", { outbound });
  const writer = async (inside: TenantCtx = ctx) =>
    openWriter(inside, await holdConnection(inside, row.id), { onFailed: (call) => calls.push(call) });
  const at = (now: number): TenantCtx => ({ ...ctx, now: () => now });
  return { id: row.id, ctx, at, calls, seen, writer };
}

const Created = z.object({ data: z.object({ webhookSubscriptionCreate: z.object({ userErrors: z.array(z.unknown()) }) }) });
const mutation = `mutation ($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri }) { userErrors { message } }
}`;
let writes = 0;
/** A change that the sandbox can be asked about afterwards, another one each time. */
function change() {
  const uri = `http://atrium.test/webhooks/shopify?write=${++writes}`;
  const write: Write = {
    method: "POST",
    path: "/admin/api/2026-07/graphql.json",
    body: { query: mutation, variables: { topic: "ORDERS_CREATE", uri } },
  };
  return { uri, write };
}
async function changed(uri: string): Promise<number> {
  const all = (await (await fetch(`${sandboxOrigin}/__sandbox/webhooks`)).json()) as { shop: string; uri: string }[];
  return all.filter((each) => each.shop === shop && each.uri === uri).length;
}
const send = (writer: Writer, { write }: ReturnType<typeof change>) => writer.send(write, Created);
const rowOf = async (id: string) => (await db.select().from(connections).where(eq(connections.id, id)))[0];
const forGraphql = (effect: object) => ({
  limits: false,
  faults: [{ provider: "shopify", kind: "api", path: "graphql", effect }],
});

test("a job reads: its engine has no writer to hand out", () => {
  expectTypeOf<Extract<Engine[keyof Engine], (...args: never[]) => Writer>>().toEqualTypeOf<never>();
});

test("a write is done with the account's own access", async () => {
  const { writer, calls } = await connected();
  const one = change();
  const outcome = await send(await writer(), one);
  expect(outcome).toMatchObject({ outcome: "done", status: 200, unexpected: null });
  expect(await changed(one.uri)).toBe(1);
  expect(calls).toEqual([]);
});

test.each(["502", "abort"])("a reply that is lost (%s) after the effect is ambiguous, and the effect is not repeated", async (how) => {
  const { writer, calls, seen } = await connected();
  const one = change();
  await control(forGraphql({ type: "reply_lost", how }));
  const outcome = await send(await writer(), one);
  expect(outcome).toMatchObject({ outcome: "ambiguous" });
  expect(await changed(one.uri)).toBe(1);
  expect(seen).toHaveLength(1);
  expect(calls).toMatchObject([{ method: "POST", kind: "unavailable", again: false }]);
});

test.each([
  [
    { type: "error", status: 503 },
    { outcome: "ambiguous", status: 503 },
  ],
  [
    { type: "error", status: 422 },
    { outcome: "refused", status: 422, failure: { kind: "rejected" } },
  ],
  [{ type: "rate_limited", retryAfter: 300 }, { outcome: "limited" }],
])("%j at the provider is said as it is", async (effect, expected) => {
  const { writer } = await connected();
  const one = change();
  await control(forGraphql(effect));
  expect(await send(await writer(), one)).toMatchObject(expected);
  expect(await changed(one.uri)).toBe(0);
});

test("a token that is refused acted on nothing: it is renewed once, and the write is done once", async () => {
  const { writer, id, seen } = await connected();
  const one = change();
  const before = await rowOf(id);
  await fetch(`${sandboxOrigin}/__sandbox/expire`, {
    method: "POST",
    body: JSON.stringify({ provider: "shopify", account: shop, kinds: ["access"] }),
  });
  expect(await send(await writer(), one)).toMatchObject({ outcome: "done" });
  expect(await changed(one.uri)).toBe(1);
  expect(seen.map((path) => path.split("/").at(-1))).toEqual(["graphql.json", "access_token", "graphql.json"]);
  expect((await rowOf(id))?.version).toBeGreaterThan(before?.version ?? 0);
});

test("writes at once share one opening of the token", async () => {
  const { writer, seen, at } = await connected();
  const one = await writer(at(Date.now() + 60 * minute - 30_000));
  const outcomes = await Promise.all([change(), change(), change()].map((each) => send(one, each)));
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
  expect(seen.filter((path) => path.endsWith("access_token"))).toHaveLength(1);
});

test("access that was taken away is refused, and its connection waits for a person", async () => {
  const { writer, id } = await connected();
  const one = change();
  await control(forGraphql({ type: "error", status: 401 }));
  expect(await send(await writer(), one)).toMatchObject({ outcome: "refused", status: 401, failure: { kind: "revoked" } });
  expect(await rowOf(id)).toMatchObject({ status: "reconnect_needed", statusReason: "access_refused" });
  expect(await send(await writer(), one)).toMatchObject({ outcome: "not_sent", failure: { kind: "revoked" } });
  expect(await changed(one.uri)).toBe(0);
});

test("a token that has ended and cannot be renewed now leaves the write unsent", async () => {
  const { writer, at, seen } = await connected();
  const one = change();
  await control({ limits: false, faults: [{ provider: "shopify", kind: "token", effect: { type: "error", status: 500 } }] });
  const outcome = await send(await writer(at(Date.now() + 61 * minute)), one);
  expect(outcome).toMatchObject({ outcome: "not_sent", failure: { kind: "unavailable" } });
  expect(seen.filter((path) => path.endsWith("graphql.json"))).toEqual([]);
});

test("a token that is refused and cannot be renewed now leaves the write for later", async () => {
  const { writer, id } = await connected();
  const one = change();
  const refused = { provider: "shopify", kind: "api", path: "graphql", effect: { type: "error", status: 401 } };
  const down = { provider: "shopify", kind: "token", effect: { type: "error", status: 500 } };
  await control({ limits: false, faults: [refused, down] });
  expect(await send(await writer(), one)).toMatchObject({ outcome: "not_sent", failure: { kind: "unavailable" } });
  expect(await rowOf(id)).toMatchObject({ status: "active" });
  expect(await changed(one.uri)).toBe(0);
});
