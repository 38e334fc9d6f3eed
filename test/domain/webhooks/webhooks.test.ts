import { encodeBase64 } from "@oslojs/encoding";
import { and, eq, type SQL, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { batchOf, openDb } from "#db/client.ts";
import {
  auditLog,
  connections,
  customers,
  deletedOrders,
  measurements,
  orderContents,
  orders,
  privacyRequests,
  products,
  rateLimits,
  refunds,
  resources,
  runs,
  schedules,
  secrets,
  tenants,
  variants,
  webhookDeliveries,
} from "#db/schema/index.ts";
import type { ConnectionStatus } from "#db/words/connections.ts";
import { signRequest, Webhook } from "#sandbox/control/webhooks.ts";
import { sandboxClients } from "#sandbox/endpoints.ts";
import type { Effects } from "#server/catalog/job.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { webhooks as webhookShelf, webhooks } from "#server/catalog/webhooks/registry.ts";
import { hmacOf } from "#server/catalog/webhooks/signature.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { isOfForgotten } from "#server/domain/commerce/customer-of-order.ts";
import { shopHistory } from "#server/domain/commerce/shop-history.ts";
import { outcomeStatements } from "#server/domain/runs/outcome-statements.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";
import { currentDataKey } from "#server/domain/vault/data-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { openPayload, sealPayload } from "#server/domain/webhooks/payload.ts";
import { receiveWebhook } from "#server/domain/webhooks/receive.ts";
import { claimSubscriptions, subscribeEvents } from "#server/domain/webhooks/subscribe-events.ts";
import { sweepWebhooks } from "#server/domain/webhooks/sweep-webhooks.ts";
import { workDelivery } from "#server/domain/webhooks/work-delivery.ts";
import { newId } from "#server/ids.ts";
import type { TaskMessage } from "#server/messages.ts";
import { createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";
import { sandboxOrigin } from "#test/variables.ts";
import { asking } from "#workers/asking.ts";

const db = openDb(testEnv.DB);
const minute = 60_000;
const day = 86_400_000;
type WebhookMessage = Extract<TaskMessage, { type: "webhook" }>;

/** A machine of ours whose clock is the test's, and what it told the queue. */
function machine(now: () => number = Date.now) {
  const ctx = testCtx({ actor: { type: "system", job: "webhooks" }, now });
  const told = () => ctx.traces.tasks.splice(0) as WebhookMessage[];
  const work = async () => {
    for (const message of told()) await workDelivery(ctx, asking, message);
  };
  return { ctx, told, work };
}

/** Lets a machine of ours hear what the sandbox signs; answers what the provider is answered. */
async function hear(ctx: Ctx, input: Partial<Webhook> & { provider: Webhook["provider"]; callback?: string }) {
  const { callback = null, ...rest } = input;
  const { headers, body } = await signRequest(Webhook.parse(rest), ctx.now());
  return receiveWebhook(ctx, {
    provider: input.provider,
    callback,
    method: "POST",
    urls: ["http://atrium.test/webhooks/hubspot"],
    headers: new Headers(headers),
    body: new TextEncoder().encode(body),
  });
}

let count = 0;
const unique = (text: string) => `${text}-${Date.now().toString(36)}${(count++).toString(36)}`;

interface Connected {
  provider?: string;
  externalId?: string;
  shop?: string;
  connectedAt?: number;
  status?: ConnectionStatus;
  now?: number;
}

const shopScopes = ["read_orders", "read_all_orders", "read_products", "read_customers"];

/** An account as the gateway would have connected it; its schedules wait for their next slot. */
async function connect(
  tenant: Tenant,
  {
    provider = "shopify",
    externalId = unique("gid"),
    shop,
    connectedAt = Date.now() - day,
    status = "active",
    now = Date.now(),
  }: Connected,
) {
  const ctx = testTenantCtx(tenant, "owner", { now: () => now });
  const id = newId("con", connectedAt);
  const row = {
    id,
    tenantId: tenant.id,
    provider,
    externalId,
    name: `Account ${externalId}`,
    details: { timezone: "UTC", ...(shop !== undefined && { shop }) },
    scopesAsked: shopScopes,
    scopesGranted: provider === "klaviyo" ? ["lists:read", "segments:read", "flows:read", "profiles:read"] : shopScopes,
    status,
    connectedBy: "test",
    connectedAt,
  };
  await ctx.db.insert(connections).values(row);
  const own = { tenantId: tenant.id, connectionId: id, createdAt: connectedAt, sealed: "sealed" };
  const all = await ctx.db.select().from(connections).where(eq(connections.tenantId, tenant.id));
  await ctx.db.batch([
    ctx.db.insert(secrets).values([
      { ...own, field: "access_token" },
      { ...own, field: "refresh_token" },
    ]),
    ...scheduleStatements(ctx, { connections: all }),
  ]);
  await db
    .update(schedules)
    .set({ nextAt: now + 10 * minute, cursor: { at: "a page" } })
    .where(eq(schedules.tenantId, tenant.id));
  return id;
}

const connectionOf = async (id: string) => (await db.select().from(connections).where(eq(connections.id, id)))[0];
const deliveriesOf = (tenantId: string) =>
  db.select().from(webhookDeliveries).where(eq(webhookDeliveries.tenantId, tenantId)).orderBy(webhookDeliveries.id);
const secretsOf = (id: string) => db.select().from(secrets).where(eq(secrets.connectionId, id));
const requestsOf = (tenantId: string) => db.select().from(privacyRequests).where(eq(privacyRequests.tenantId, tenantId));
const scheduleOf = async (tenantId: string, job: string) =>
  (await db.select().from(schedules).where(eq(schedules.tenantId, tenantId))).find((row) => row.job === job);
const linesOf = async (tenantId: string) =>
  (await db.select().from(auditLog).where(eq(auditLog.tenantId, tenantId)).orderBy(auditLog.id)).map(({ action }) => action);
const contentsOf = (tenantId: string) =>
  db.select().from(orderContents).where(eq(orderContents.tenantId, tenantId)).orderBy(orderContents.externalId);
const ordersOf = (tenantId: string) => db.select().from(orders).where(eq(orders.tenantId, tenantId)).orderBy(orders.externalId);

/** Writes what a step of the shop's sensor has read, by the engine's own statements. */
async function readBack(tenant: Tenant, connection: string, found: Effects) {
  const [run, job, lease] = [newId("run", Date.now()), "shopify-details-sensor", "mine"];
  const held = { trigger: "schedule", status: "running", lease, availableAt: 0, createdAt: 0 } as const;
  await db.insert(runs).values({ ...held, id: run, tenantId: tenant.id, job, slot: count++ });
  const next = { status: "succeeded", attempt: 1, step: 1, availableAt: 0, sentAt: null, errorKind: null, errorMessage: null } as const;
  const outcome = {
    ...{ run, tenantId: tenant.id, job, found: { ...found, cursor: null, done: true }, proposed: [], connectionIds: [connection] },
    ...{ answeredIds: [], failing: null, calls: 0, logs: [], defect: null, next: { ...next, errorParams: null, finishedAt: 1 } },
  };
  const { effects, conclusion } = outcomeStatements(db, { outcomes: [outcome], lease, now: Date.now() });
  await batchOf(db, [...effects, conclusion]);
}

async function makeShop(more: Connected = {}) {
  const tenant = await makeTenant();
  const shop = `${unique("shop")}.myshopify.com`;
  return { tenant, shop, connection: await connect(tenant, { shop, ...more }) };
}

const orderBody = (
  number: number,
  { updatedAt, customer = 7, amount = "10.00" }: { updatedAt: number; customer?: number; amount?: string },
) => ({
  admin_graphql_api_id: `gid://shopify/Order/${number}`,
  processed_at: new Date(updatedAt - minute).toISOString(),
  updated_at: new Date(updatedAt).toISOString(),
  cancelled_at: null,
  test: false,
  total_price_set: { shop_money: { amount, currency_code: "GBP" } },
  customer: { admin_graphql_api_id: `gid://shopify/Customer/${customer}` },
  email: "jon@example.com",
});

const uninstalled = (shop: string, more: Partial<Webhook> = {}) =>
  ({ provider: "shopify", topic: "app/uninstalled", account: shop, payload: { myshopify_domain: shop }, ...more }) as const;

describe("the door", () => {
  const post = (path: string, { headers, body }: { headers: Record<string, string>; body: string }, more: RequestInit = {}) =>
    ask(path, { method: "POST", headers, body, ...more });
  const signed = (input: Partial<Webhook>) => signRequest(Webhook.parse(input), Date.now());

  test("takes a signed event in from anywhere, with or without a browser's headers, and sets no cookie", async () => {
    const { tenant, shop } = await makeShop();
    const { headers, body } = await signed({ topic: "products/update", account: shop, payload: {} });
    const answer = await post("/webhooks/shopify", { headers: { ...headers, origin: "https://elsewhere.example", cookie: "a=b" }, body });
    expect({ status: answer.status, text: await answer.text(), cookie: answer.headers.get("set-cookie") }).toEqual({
      status: 200,
      text: "",
      cookie: null,
    });
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ provider: "shopify", topic: "products/update", account: shop }]);
  });

  test("the same event ten times at once is one row", async () => {
    const { tenant, shop } = await makeShop();
    const one = await signed({ topic: "products/update", account: shop, payload: {}, webhookId: unique("event") });
    const answers = await Promise.all(Array.from({ length: 10 }, () => post("/webhooks/shopify", one)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await deliveriesOf(tenant.id)).toHaveLength(1);
  });

  test("what is not signed is refused with 401 and nothing more, whatever the length of what stands for a signature", async () => {
    const { tenant, shop } = await makeShop();
    const good = await signed({ topic: "products/update", account: shop, payload: {} });
    for (const signature of ["", "x", "a".repeat(10_000), good.headers["x-shopify-hmac-sha256"]?.slice(0, -1) ?? ""]) {
      const answer = await post("/webhooks/shopify", { ...good, headers: { ...good.headers, "x-shopify-hmac-sha256": signature } });
      expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 401, text: "" });
    }
    expect(await deliveriesOf(tenant.id)).toEqual([]);
  });

  test("a name that nobody has is not found, a method that nobody uses is not allowed", async () => {
    expect((await ask("/webhooks/nobody", { method: "POST" })).status).toBe(404);
    expect((await ask("/webhooks/shopify/deletion", { method: "POST" })).status).toBe(404);
    expect((await ask("/webhooks/")).status).toBe(404);
    for (const [path, method] of [
      ["/webhooks/shopify", "GET"],
      ["/webhooks/shopify", "PUT"],
      ["/webhooks/slack", "HEAD"],
      ["/webhooks/meta", "HEAD"],
      ["/webhooks/meta/deletion", "GET"],
    ] as const) {
      const { status, headers } = await ask(path, { method });
      expect({ path, method, status, allow: headers.get("allow") }).toMatchObject({
        path,
        method,
        status: 405,
        allow: expect.stringMatching(/POST/),
      });
    }
  });

  test("Slack's look at the certificate is answered with nothing, by GET and by POST; no other GET is allowed there", async () => {
    const check = "token=xyzz0WbapA4vBCDEFasx0q6G&ssl_check=1";
    for (const request of [
      { path: `/webhooks/slack?${check}` },
      { path: "/webhooks/slack?ssl_check=1" },
      {
        path: "/webhooks/slack",
        method: "POST",
        body: check,
        headers: { "content-type": "Application/X-WWW-Form-Urlencoded; charset=utf-8" },
      },
    ]) {
      const answer = await ask(request.path, request);
      expect({ status: answer.status, text: await answer.text() }, request.path).toEqual({ status: 200, text: "" });
    }
    for (const query of ["", "?ssl_check=0", "?ssl_check=", "?ssl_check", "?SSL_CHECK=1", "?payload=ssl_check%3D1"]) {
      const { status, headers } = await ask(`/webhooks/slack${query}`);
      expect([query, status, headers.get("allow")]).toEqual([query, 405, "POST"]);
    }
    expect((await ask("/webhooks/slack?ssl_check=1", { method: "HEAD" })).status).toBe(405);
    expect((await ask("/webhooks/klaviyo?ssl_check=1")).status).toBe(405);
    // What is signed is not let through by a word in the address.
    expect((await ask("/webhooks/slack?ssl_check=1", { method: "POST", body: "{}" })).status).toBe(401);
  });

  test.each(webhooks)("the largest bodies of $provider are read, and one byte more is not, however it says its length", async (webhook) => {
    const { provider, maxBodyBytes } = webhook;
    // Where all events are signed by the account's own key there is no address of all.
    const path = webhook.secrets.length > 0 ? `/webhooks/${provider}` : `/webhooks/${provider}/${newId("con", 0)}`;
    const text = (bytes: number) => JSON.stringify({ text: "x".repeat(bytes - '{"text":""}'.length) });
    // Not signed: what is read is refused for that.
    expect((await post(path, { headers: {}, body: text(maxBodyBytes) })).status).toBe(401);
    expect((await post(path, { headers: {}, body: text(maxBodyBytes + 1) })).status).toBe(413);
    expect((await ask(path, { method: "POST", body: new Blob([text(maxBodyBytes + 1)]).stream() })).status).toBe(413);
  });

  test("an order of two thousand lines that was fulfilled and given back is taken, and next to nothing of it is kept", async () => {
    const { tenant, shop } = await makeShop();
    const money = { shop_money: { amount: "12.50", currency_code: "GBP" }, presentment_money: { amount: "12.50", currency_code: "GBP" } };
    const lines = Array.from({ length: 2000 }, (_, id) => ({ id, name: "x".repeat(1000), price_set: money }));
    const refund_line_items = lines.map((line_item) => ({ line_item, subtotal_set: money }));
    const order = orderBody(1, { updatedAt: Date.now() });
    const payload = { ...order, line_items: lines, fulfillments: [{ line_items: lines }], refunds: [{ refund_line_items }] };
    const { headers } = await signed({ topic: "orders/updated", account: shop });
    const body = JSON.stringify(payload);
    expect(body.length).toBeGreaterThan(7_000_000);
    const mac = encodeBase64(await hmacOf(sandboxClients.shopify.clientSecret, body));
    expect((await post("/webhooks/shopify", { headers: { ...headers, "x-shopify-hmac-sha256": mac }, body })).status).toBe(200);
    const [kept] = await deliveriesOf(tenant.id);
    expect(kept?.sealed?.length).toBeLessThan(1000);
  });

  test("signed but no JSON is 400", async () => {
    expect(
      (await post("/webhooks/shopify", await signed({ topic: "products/update", account: "a.myshopify.com", payload: "no json" }))).status,
    ).toBe(400);
  });

  test("handshakes are answered: Meta's word by word, Slack's only where it is signed", async () => {
    const query = new URLSearchParams({
      "hub.mode": "subscribe",
      "hub.verify_token": "sandbox-meta-verify-word-c3d4",
      "hub.challenge": "42",
    });
    const shaken = await ask(`/webhooks/meta?${query}`);
    expect([shaken.status, shaken.headers.get("content-type"), await shaken.text()]).toEqual([
      200,
      expect.stringMatching(/^text\/plain/),
      "42",
    ]);
    query.set("hub.verify_token", "guessed");
    expect((await ask(`/webhooks/meta?${query}`)).status).toBe(403);
    const slack = await signed({ provider: "slack", payload: { type: "url_verification", challenge: "abc" } });
    expect(await (await post("/webhooks/slack", slack)).text()).toBe("abc");
  });

  test("every provider whose events our app signs is taken in through the Worker", async () => {
    const tenant = await makeTenant();
    const sent = [
      ["shopify", "six.myshopify.com", "products/update"],
      ["klaviyo", "Kla123", "event:klaviyo.opened_email"],
      ["hubspot", "4711", "contact.creation"],
      ["meta", "218471", "user.name"],
      ["slack", "T0TEAM", "app_home_opened"],
      ["tiktok", "open-1", "video.publish"],
    ] as const;
    const ofAll = webhookShelf.filter(({ secrets }) => secrets.length > 0);
    expect(sent.map(([provider]) => provider as string).sort()).toEqual(ofAll.map(({ provider }) => provider).sort());
    for (const [provider, externalId, topic] of sent) {
      await connect(tenant, { provider, externalId, ...(provider === "shopify" && { shop: externalId }) });
      const { status } = await post(`/webhooks/${provider}`, await signed({ provider, topic, account: externalId }));
      expect({ provider, status }).toEqual({ provider, status: 200 });
    }
    expect((await deliveriesOf(tenant.id)).map(({ provider }) => provider)).toEqual(sent.map(([provider]) => provider));
  });

  test("a person who asked Meta for deletion gets a code, the same for the same request, and a page that says only done or not", async () => {
    const tenant = await makeTenant();
    const user = String(Math.floor(Math.random() * 1e15));
    await connect(tenant, { provider: "meta", externalId: user });
    const asked = await signed({ provider: "meta", account: user, as: "deletion" });
    const [first, second] = await Promise.all([post("/webhooks/meta/deletion", asked), post("/webhooks/meta/deletion", asked)]);
    const answer = (await first?.json()) as { url: string; confirmation_code: string };
    expect(answer).toEqual({
      confirmation_code: expect.stringMatching(/^[\w-]{43}$/),
      url: `http://atrium.test/privacy/${answer.confirmation_code}`,
    });
    expect(await second?.json()).toEqual(answer);
    const nobody = createCaller(testCtx());
    const [delivery] = await deliveriesOf(tenant.id);
    await workDelivery(testCtx({ actor: { type: "system", job: "test" } }), asking, {
      v: 1,
      type: "webhook",
      tenant: tenant.id,
      delivery: delivery?.id ?? "",
    });
    expect(await nobody.webhooks.privacyStanding({ code: answer.confirmation_code })).toEqual({ done: true });
    await expect(nobody.webhooks.privacyStanding({ code: "A".repeat(43) })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await deliveriesOf(tenant.id)).map(({ status }) => status)).toEqual(["done"]);
  });
});

describe("what is kept", () => {
  test("an event of two tenants' shop is each one's own, sealed under its own key", async () => {
    const { ctx, told } = machine();
    const { tenant: first, shop } = await makeShop();
    const second = await makeTenant();
    await connect(second, { shop });
    await hear(ctx, { provider: "shopify", topic: "orders/create", account: shop, payload: orderBody(1, { updatedAt: Date.now() }) });
    expect(new Set(told().map(({ tenant }) => tenant))).toEqual(new Set([first.id, second.id]));
    const [one] = await deliveriesOf(first.id);
    const [two] = await deliveriesOf(second.id);
    expect(one?.sealed).not.toBe(two?.sealed);
    const inside = testTenantCtx(first);
    expect(await openPayload(inside, { delivery: one?.id ?? "", sealed: one?.sealed ?? "" })).toMatchObject({ test: false });
    await expect(openPayload(inside, { delivery: one?.id ?? "", sealed: two?.sealed ?? "" })).rejects.toThrow(/does not open/);
    await expect(openPayload(inside, { delivery: two?.id ?? "", sealed: one?.sealed ?? "" })).rejects.toThrow(/does not open/);
  });

  test.each(["disconnected", "reconnect_needed"] as const)(
    "an event of a shop that was sold is its new client's alone, the former one's being %s; what a customer demands is of both",
    async (status) => {
      const { ctx, told } = machine();
      const { tenant: seller, shop } = await makeShop({ status });
      const buyer = await makeTenant();
      await connect(buyer, { shop });
      await hear(ctx, { provider: "shopify", topic: "orders/create", account: shop, payload: orderBody(1, { updatedAt: Date.now() }) });
      expect(told().map(({ tenant }) => tenant)).toEqual([buyer.id]);
      expect(await deliveriesOf(seller.id)).toEqual([]);
      const payload = { shop_id: 1, shop_domain: shop, customer: { id: 7, email: "jon@example.com", phone: null }, orders_requested: [] };
      await hear(ctx, { provider: "shopify", topic: "customers/data_request", account: shop, payload });
      expect([(await requestsOf(seller.id)).length, (await requestsOf(buyer.id)).length]).toEqual([1, 1]);
    },
  );

  test("an event of a shop that nobody has now is for who waits for a sign-in there", async () => {
    const { ctx, told } = machine();
    const { tenant: waiting, shop } = await makeShop({ status: "reconnect_needed" });
    await connect(await makeTenant(), { shop, status: "disconnected" });
    await hear(ctx, { provider: "shopify", topic: "orders/delete", account: shop, payload: { id: 1 } });
    expect(told().map(({ tenant }) => tenant)).toEqual([waiting.id]);
  });

  test("no row, log line or message holds a name, an address or a signature", async () => {
    const { ctx } = machine();
    const { tenant, shop } = await makeShop();
    await hear(ctx, { provider: "shopify", topic: "orders/create", account: shop, payload: orderBody(1, { updatedAt: Date.now() }) });
    const kept = JSON.stringify([await deliveriesOf(tenant.id), ctx.traces.lines, ctx.traces.tasks]);
    expect(kept).not.toContain("jon@example.com");
    expect(kept).not.toMatch(/hmac/i);
  });

  test("an order whose page names another shop's id, below a domain of its own, is not this shop's", async () => {
    const { ctx, told } = machine();
    const shop = `${unique("shop")}.myshopify.com`;
    const tenant = await makeTenant();
    const id = String(Date.now());
    await connect(tenant, { shop, externalId: `gid://shopify/Shop/${id}` });
    const of = (owner: string, number: number) =>
      hear(ctx, {
        provider: "shopify",
        topic: "orders/create",
        account: shop,
        payload: {
          ...orderBody(number, { updatedAt: Date.now() }),
          order_status_url: `https://www.gifts.example/${owner}/orders/x/authenticate`,
        },
      });
    await of("99", 1);
    expect([told(), await deliveriesOf(tenant.id)]).toEqual([[], []]);
    expect(await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.account, shop))).toMatchObject([
      { tenantId: "", status: "ignored", reason: "other_account", sealed: null },
    ]);
    await of(id, 2);
    expect(told()).toHaveLength(1);
  });

  test("what was sealed when more was kept is destroyed by the next sweep; what waits for its effect, after it", async () => {
    const { ctx, work } = machine();
    const { tenant, shop } = await makeShop();
    for (const number of [1, 2]) {
      await hear(ctx, {
        provider: "shopify",
        topic: "orders/create",
        account: shop,
        payload: orderBody(number, { updatedAt: Date.now() }),
      });
      if (number === 1) await work();
    }
    await sweepWebhooks(ctx);
    expect((await deliveriesOf(tenant.id)).map(({ sealed }) => sealed === null)).toEqual([false, false]);
    const [, second] = await deliveriesOf(tenant.id);
    const inside = testTenantCtx(tenant);
    const before = { ...orderBody(2, { updatedAt: Date.now() }), refunds: [{ note: "Kim" }] };
    const sealed = await sealPayload(inside, await currentDataKey(inside), { delivery: second?.id ?? "", payload: before });
    await db.update(webhookDeliveries).set({ sealedForm: 0 }).where(eq(webhookDeliveries.tenantId, tenant.id));
    await db
      .update(webhookDeliveries)
      .set({ sealed })
      .where(eq(webhookDeliveries.id, second?.id ?? ""));
    await sweepWebhooks(ctx);
    expect((await deliveriesOf(tenant.id)).map(({ sealed }) => sealed === null)).toEqual([true, false]);
    await work();
    // The sensor reads that order: what is kept of it today is not in there.
    expect((await deliveriesOf(tenant.id))[1]).toMatchObject({ status: "done" });
    expect((await ordersOf(tenant.id)).map(({ externalId }) => externalId)).toEqual(["1"]);
    await sweepWebhooks(ctx);
    expect((await deliveriesOf(tenant.id)).map(({ sealed }) => sealed)).toEqual([null, null]);
  });

  test("somebody else's shop in the header is refused, and nothing happens to either", async () => {
    const { ctx, told } = machine();
    const mine = await makeShop();
    const theirs = await makeShop();
    expect(await hear(ctx, { ...uninstalled(mine.shop), account: theirs.shop })).toEqual({ is: "refused", reason: "other_account" });
    expect(told()).toEqual([]);
    expect([...(await deliveriesOf(mine.tenant.id)), ...(await deliveriesOf(theirs.tenant.id))]).toEqual([]);
  });

  test("an unknown shop's event is nobody's: kept as a fact, once, without what it said", async () => {
    const { ctx, told } = machine();
    const shop = `${unique("unknown")}.myshopify.com`;
    const webhookId = unique("event");
    for (let again = 0; again < 2; again++) await hear(ctx, uninstalled(shop, { webhookId }));
    expect(told()).toEqual([]);
    expect(await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.eventKey, webhookId))).toMatchObject([
      { tenantId: "", connectionId: "", status: "ignored", reason: "nobody", sealed: null, account: shop },
    ]);
  });

  test("what a stranger's customer asks is met at once, since nothing is held", async () => {
    const { ctx } = machine();
    const shop = `${unique("unknown")}.myshopify.com`;
    await hear(ctx, {
      provider: "shopify",
      topic: "customers/redact",
      account: shop,
      payload: { shop_domain: shop, customer: { id: 4242 } },
    });
    const [request] = await db.select().from(privacyRequests).where(eq(privacyRequests.subject, "4242"));
    expect(request).toMatchObject({ tenantId: "", kind: "redact_customer", doneAt: expect.any(Number), report: {} });
  });

  test("without its secret a provider is refused, and the log names the variable", async () => {
    const { ctx } = machine();
    const { tenant, shop } = await makeShop();
    const without = { ...ctx, config: { ...ctx.config, SHOPIFY_CLIENT_SECRET: undefined } };
    expect(await hear(without, uninstalled(shop))).toEqual({ is: "refused", reason: "no_secret" });
    expect(ctx.traces.lines.join()).toContain("SHOPIFY_CLIENT_SECRET");
    const empty = { ...ctx, config: { ...ctx.config, SHOPIFY_CLIENT_SECRET: "" } };
    expect(await hear(empty, uninstalled(shop))).toEqual({ is: "refused", reason: "no_secret" });
    expect(await deliveriesOf(tenant.id)).toEqual([]);
  });

  test("refusals are kept with their reason and without a body, and no more of them than one network may leave", async () => {
    const ip = `2001:db8:${Math.floor(Math.random() * 65_535).toString(16)}::1`;
    const now = Date.now() + 400 * day; // a time of its own, so that no other test's refusals are counted along
    const ctx = testCtx({ actor: { type: "system", job: "webhooks" }, ip, now: () => now });
    for (let again = 0; again < 25; again++) {
      expect(await hear(ctx, { provider: "slack", topic: "x", wrongSignature: true })).toMatchObject({ is: "refused" });
    }
    const kept = (await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.status, "refused"))).filter(
      ({ receivedAt }) => receivedAt === now,
    );
    expect(kept).toHaveLength(20);
    expect(kept[0]).toMatchObject({ provider: "slack", reason: "wrong_signature", sealed: null, account: null, tenantId: "" });
  });

  test("once as many refusals are kept as an hour may have, not even a count of a further network's is written", async () => {
    const all = { key: "webhook-refused", count: 499, resetAt: Date.now() + 60 * minute };
    await db.insert(rateLimits).values(all).onConflictDoUpdate({ target: rateLimits.key, set: all });
    const counted: number[] = [];
    for (let network = 0; network < 4; network++) {
      const ip = `2001:db8:${(count++ + 0xf00).toString(16)}:${network}::1`;
      const ctx = testCtx({ actor: { type: "system", job: "webhooks" }, ip });
      expect(await hear(ctx, { provider: "slack", topic: "x", wrongSignature: true })).toMatchObject({ is: "refused" });
      const own = await db
        .select()
        .from(rateLimits)
        .where(eq(rateLimits.key, `webhook-refused:network:${networkOf(ip)}`));
      counted.push(own.length);
    }
    await db.delete(rateLimits).where(eq(rateLimits.key, all.key));
    expect(counted).toEqual([1, 0, 0, 0]);
  });

  test("a queue that takes no message loses nothing: the sweep tells it again, once", async () => {
    let now = Date.now();
    const { ctx, told } = machine(() => now);
    const { tenant, shop } = await makeShop();
    const deaf = { ...ctx, send: { ...ctx.send, tasks: () => Promise.reject(new Error("the queue is down")) } };
    expect(await hear(deaf, uninstalled(shop))).toEqual({ is: "accepted" });
    await sweepWebhooks(ctx);
    expect(told().filter((message) => message.tenant === tenant.id)).toEqual([]);
    now += 3 * minute;
    await sweepWebhooks(ctx);
    await sweepWebhooks(ctx);
    const [delivery] = await deliveriesOf(tenant.id);
    expect(told().filter((message) => message.tenant === tenant.id)).toEqual([
      { v: 1, type: "webhook", tenant: tenant.id, delivery: delivery?.id },
    ]);
  });

  test("what was said is kept for thirty days, refusals as long, and that something came for ninety", async () => {
    let now = Date.now();
    const { ctx, work } = machine(() => now);
    const { tenant, shop } = await makeShop();
    await hear(ctx, { provider: "shopify", topic: "products/update", account: shop, payload: {} });
    await work();
    const nobodys = `${unique("unknown")}.myshopify.com`;
    await hear(ctx, { provider: "shopify", topic: "products/update", account: nobodys, payload: {} });
    now += 29 * day;
    await sweepWebhooks(ctx);
    expect((await deliveriesOf(tenant.id))[0]?.sealed).not.toBeNull();
    now += 2 * day;
    await sweepWebhooks(ctx);
    expect((await deliveriesOf(tenant.id))[0]).toMatchObject({ status: "done", sealed: null });
    expect(await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.account, nobodys))).toEqual([]);
    now += 60 * day;
    await sweepWebhooks(ctx);
    expect(await deliveriesOf(tenant.id)).toEqual([]);
  });
});

describe("an app that was uninstalled", () => {
  test("needs a person: tokens are destroyed, jobs wait, the client is told once, and it is in the log", async () => {
    const { ctx, work } = machine();
    const { tenant, shop, connection } = await makeShop();
    await hear(ctx, uninstalled(shop));
    await work();
    expect(await connectionOf(connection)).toMatchObject({ status: "reconnect_needed", statusReason: "uninstalled", version: 2 });
    expect(await secretsOf(connection)).toEqual([]);
    expect(await scheduleOf(tenant.id, "shopify-sensor")).toMatchObject({ blocked: "reconnect_needed" });
    expect(ctx.traces.mails).toEqual([{ v: 1, type: "mail.reconnect", tenant: tenant.id, connection }]);
    expect(await linesOf(tenant.id)).toEqual(["connection.reconnect_needed"]);
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "done", attempts: 1, workedAt: expect.any(Number) }]);
  });

  test("told to two workers at once and once more later, it happens once", async () => {
    const { ctx, told } = machine();
    const { tenant, shop, connection } = await makeShop();
    await hear(ctx, uninstalled(shop));
    const [message] = told();
    if (!message) throw new Error("nothing was told");
    await Promise.all([workDelivery(ctx, asking, message), workDelivery(ctx, asking, message), workDelivery(ctx, asking, message)]);
    await workDelivery(ctx, asking, message);
    expect((await connectionOf(connection))?.version).toBe(2);
    expect(await linesOf(tenant.id)).toEqual(["connection.reconnect_needed"]);
    expect(ctx.traces.mails).toHaveLength(1);
  });

  test("that comes late does not touch what was connected since", async () => {
    const { ctx, work } = machine();
    const { tenant, shop, connection } = await makeShop({ connectedAt: Date.now() - minute });
    await hear(ctx, uninstalled(shop, { at: Date.now() - 2 * minute }));
    await work();
    expect(await connectionOf(connection)).toMatchObject({ status: "active", version: 1 });
    expect(await secretsOf(connection)).toHaveLength(2);
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "ignored", reason: "connected_since" }]);
  });

  test("that is worked off in the moment of a reconnect does not touch it either", async () => {
    const { ctx, told } = machine();
    const { shop, connection } = await makeShop();
    await hear(ctx, uninstalled(shop));
    // Between what the worker reads and what it writes, the client comes back.
    let once = true;
    const comeBack = () => {
      once = false;
      return db
        .update(connections)
        .set({ connectedAt: Date.now() + minute, version: 5 })
        .where(eq(connections.id, connection));
    };
    const raced = interruptedD1(ctx.databases.DB, (call) =>
      once && call.is === "batch" && call.statements.length > 3 ? comeBack() : undefined,
    );
    for (const message of told()) await workDelivery({ ...ctx, databases: { DB: raced } }, asking, message);
    expect(once).toBe(false);
    expect(await connectionOf(connection)).toMatchObject({ status: "active", version: 5 });
    expect(await secretsOf(connection)).toHaveLength(2);
  });

  test("a provider that dates its word tomorrow is not believed further than now", async () => {
    const { ctx } = machine();
    const { tenant, shop } = await makeShop();
    await hear(ctx, uninstalled(shop, { at: Date.now() + day }));
    expect((await deliveriesOf(tenant.id))[0]?.occurredAt).toBeLessThanOrEqual(Date.now());
  });

  test("Slack's, Meta's and TikTok's words end access too; one of Meta's permissions is asked after", async () => {
    const { ctx, work } = machine();
    const tenant = await makeTenant();
    const [slack, meta, tiktok, other] = await Promise.all([
      connect(tenant, { provider: "slack", externalId: "T9" }),
      connect(tenant, { provider: "meta", externalId: "901" }),
      connect(tenant, { provider: "tiktok", externalId: "open-9" }),
      connect(tenant, { provider: "meta", externalId: "902" }),
    ]);
    await hear(ctx, { provider: "slack", topic: "tokens_revoked", account: "T9" });
    await hear(ctx, { provider: "meta", account: "901", as: "deauthorize", callback: "deauthorize" });
    await hear(ctx, { provider: "tiktok", topic: "authorization.removed", account: "open-9" });
    await hear(ctx, { provider: "meta", topic: "permissions.ads_read", account: "902" });
    await work();
    for (const id of [slack, meta, tiktok]) expect((await connectionOf(id))?.status).toBe("reconnect_needed");
    expect(await connectionOf(other)).toMatchObject({ status: "active", probeAt: expect.any(Number) });
  });
});

describe("permissions that a shop changes", () => {
  const changed = (shop: string, scopes: string[], minutesAgo: number) =>
    ({
      provider: "shopify",
      topic: "app/scopes_update",
      account: shop,
      payload: { current: scopes },
      at: Date.now() - minutesAgo * minute,
    }) as const;
  const grantedTo = async (id: string) => (await connectionOf(id))?.scopesGranted;

  test("hold as the latest list says, in whichever order the lists come, and also where an old one is replayed", async () => {
    const { ctx, work } = machine();
    const { tenant, shop, connection } = await makeShop();
    await hear(ctx, changed(shop, ["read_products"], 2));
    await work();
    await hear(ctx, changed(shop, ["read_products", "read_orders"], 5));
    await work();
    expect(await grantedTo(connection)).toEqual(["read_products"]);
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "done" }, { status: "ignored", reason: "superseded" }]);
    await hear(ctx, changed(shop, ["read_products", "read_customers"], 1));
    await work();
    expect(await grantedTo(connection)).toEqual(["read_products", "read_customers"]);
    const [first] = await deliveriesOf(tenant.id);
    const { actor } = await makeUser({ staff: true });
    const staff = testCtx({ actor });
    await createCaller(staff).webhooks.reprocess({ deliveryId: first?.id ?? "" });
    for (const message of staff.traces.tasks) await workDelivery(ctx, asking, message as WebhookMessage);
    expect(await grantedTo(connection)).toEqual(["read_products", "read_customers"]);
  });
});

test("a job that may run by a shop's new permissions does, although the worker that heard of them was killed", async () => {
  const { tenant, shop, connection } = await makeShop();
  await db.update(connections).set({ scopesGranted: [] }).where(eq(connections.id, connection));
  await alignJobs(testTenantCtx(tenant));
  const { ctx, told } = machine();
  while ((await alignSchedules(ctx, sensors)) > 0);
  expect(await scheduleOf(tenant.id, "shopify-sensor")).toMatchObject({ blocked: "missing_scopes" });
  const current = { current: shopScopes };
  await hear(ctx, { provider: "shopify", topic: "app/scopes_update", account: shop, payload: current });
  let isDone = false;
  const dying = interruptedD1(testEnv.DB, (call) => {
    if (isDone) throw new Error("killed");
    isDone = call.is === "batch";
    return undefined;
  });
  for (const message of told()) {
    await expect(
      workDelivery({ ...ctx, directory: openDb(dying), databases: { ...ctx.databases, DB: dying } }, asking, message),
    ).rejects.toThrow();
  }
  expect(await connectionOf(connection)).toMatchObject({ scopesGranted: current.current });
  while ((await alignSchedules(ctx, sensors)) > 0);
  expect(await scheduleOf(tenant.id, "shopify-sensor")).toMatchObject({ blocked: null });
});

describe("an order", () => {
  async function place(number: number, shop: string, more: Parameters<typeof orderBody>[1] & { webhookId?: string }) {
    const { ctx, work } = machine();
    const { webhookId, ...order } = more;
    await hear(ctx, {
      provider: "shopify",
      topic: "orders/updated",
      account: shop,
      payload: orderBody(number, order),
      ...(webhookId && { webhookId }),
    });
    await work();
  }

  test("is there at once, and the shop's sensor is due", async () => {
    const { tenant, shop, connection } = await makeShop();
    const updatedAt = Date.now() - minute;
    await place(1, shop, { updatedAt });
    expect(await ordersOf(tenant.id)).toEqual([
      expect.objectContaining({ connectionId: connection, externalId: "1", customerId: "7", grossMinor: 1000, currency: "GBP", updatedAt }),
    ]);
    expect((await scheduleOf(tenant.id, "shopify-sensor"))?.nextAt).toBeLessThanOrEqual(Date.now());
  });

  test("never goes back to what it was: events come in any order", async () => {
    const { tenant, shop } = await makeShop();
    const updatedAt = Date.now() - minute;
    await place(1, shop, { updatedAt, amount: "20.00" });
    await place(1, shop, { updatedAt: updatedAt - minute, amount: "10.00" });
    expect(await ordersOf(tenant.id)).toMatchObject([{ grossMinor: 2000, updatedAt }]);
  });

  test("wakes a sensor that has just run no sooner than five minutes after", async () => {
    const { tenant, shop } = await makeShop();
    const lastRunAt = Date.now() - minute;
    await db.update(schedules).set({ lastRunAt }).where(eq(schedules.tenantId, tenant.id));
    await place(1, shop, { updatedAt: Date.now() });
    expect((await scheduleOf(tenant.id, "shopify-sensor"))?.nextAt).toBe(lastRunAt + 5 * minute);
    await place(2, shop, { updatedAt: Date.now() });
    expect((await scheduleOf(tenant.id, "shopify-sensor"))?.nextAt).toBe(lastRunAt + 5 * minute);
  });

  test("of a shop that the client's jobs do not read is not mixed into the one that they do", async () => {
    const { tenant, shop } = await makeShop();
    const second = `${unique("shop")}.myshopify.com`;
    await connect(tenant, { shop: second });
    await place(1, second, { updatedAt: Date.now() });
    await place(2, shop, { updatedAt: Date.now() });
    expect((await ordersOf(tenant.id)).map(({ externalId }) => externalId)).toEqual(["2"]);
    expect((await deliveriesOf(tenant.id)).map(({ reason }) => reason)).toEqual(["other_account_read", null]);
  });

  test("of a client who has switched the sensor off is not kept", async () => {
    const { tenant, shop } = await makeShop();
    await db.update(schedules).set({ enabled: false }).where(eq(schedules.tenantId, tenant.id));
    await place(1, shop, { updatedAt: Date.now() });
    expect(await ordersOf(tenant.id)).toEqual([]);
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "ignored", reason: "no_reader" }]);
  });

  test("an event of Klaviyo's wakes its sensor; one of HubSpot's is kept as a fact", async () => {
    const { ctx, work } = machine();
    const tenant = await makeTenant();
    const account = unique("kla");
    await connect(tenant, { provider: "klaviyo", externalId: account });
    await connect(tenant, { provider: "hubspot", externalId: "77001" });
    await hear(ctx, { provider: "klaviyo", topic: "event:klaviyo.opened_email", account });
    await hear(ctx, { provider: "hubspot", topic: "contact.creation", account: "77001" });
    await work();
    expect((await scheduleOf(tenant.id, "klaviyo-sensor"))?.nextAt).toBeLessThanOrEqual(Date.now());
    expect((await deliveriesOf(tenant.id)).map(({ status, reason }) => [status, reason])).toEqual([
      ["done", null],
      ["ignored", "no_reader"],
    ]);
  });
});

describe("a product that is deleted in the shop", () => {
  async function makeShelf(more: Connected = {}) {
    const made = await makeShop(more);
    const own = { tenantId: made.tenant.id, connectionId: made.connection, updatedAt: Date.now() - day };
    const kept = { ...own, handle: "mug", status: "ACTIVE", vendor: "", type: "Mugs", url: "https://shop.example/mug", seenAt: Date.now() };
    const sold = { ...own, title: "Default Title", sku: null, priceMinor: 800, compareAtMinor: null, currency: "GBP", stock: 3 };
    await db.batch([
      db.insert(products).values([
        { ...kept, externalId: "1", title: "Mug" },
        { ...kept, externalId: "2", title: "Cup" },
      ]),
      db.insert(variants).values([
        { ...sold, externalId: "11", productId: "1" },
        { ...sold, externalId: "22", productId: "2" },
      ]),
    ]);
    return made;
  }
  const shelfOf = async (tenantId: string) => ({
    products: (await db.select().from(products).where(eq(products.tenantId, tenantId))).map(({ externalId, status }) => [
      externalId,
      status,
    ]),
    variants: (await db.select().from(variants).where(eq(variants.tenantId, tenantId))).map(({ externalId }) => externalId),
  });
  async function remove(shop: string, id: number, more: Partial<Webhook> = {}) {
    const { ctx, work } = machine();
    await hear(ctx, { provider: "shopify", topic: "products/delete", account: shop, payload: { id }, ...more });
    await work();
  }

  test("is sold here no more at once, of this account alone, and the shop's sensor is due", async () => {
    const { tenant, shop } = await makeShelf();
    const other = await makeShelf();
    await remove(shop, 1);
    expect(await shelfOf(tenant.id)).toEqual({
      ...{
        products: [
          ["1", "DELETED"],
          ["2", "ACTIVE"],
        ],
        variants: ["22"],
      },
    });
    expect(await shelfOf(other.tenant.id)).toMatchObject({ variants: ["11", "22"] });
    expect((await scheduleOf(tenant.id, "shopify-sensor"))?.nextAt).toBeLessThanOrEqual(Date.now());
    expect(await shopHistory(testTenantCtx(tenant)).offer({ variant: "11", before: Date.now(), days: 30 })).toBeNull();
  });

  test("told twice, and after a change of it that comes late, stays gone", async () => {
    const { tenant, shop } = await makeShelf();
    const { ctx, work } = machine();
    await remove(shop, 1, { at: Date.now() - minute });
    await remove(shop, 1, { at: Date.now() - minute });
    const update = { admin_graphql_api_id: "gid://shopify/Product/1" };
    await hear(ctx, { provider: "shopify", topic: "products/update", account: shop, payload: update, at: Date.now() - 2 * minute });
    await work();
    expect(await shelfOf(tenant.id)).toMatchObject({
      products: [
        ["1", "DELETED"],
        ["2", "ACTIVE"],
      ],
      variants: ["22"],
    });
  });

  test("and was never seen, is no row of ours", async () => {
    const { tenant, shop } = await makeShelf();
    await remove(shop, 3);
    expect(await shelfOf(tenant.id)).toEqual({
      products: [
        ["1", "ACTIVE"],
        ["2", "ACTIVE"],
      ],
      variants: ["11", "22"],
    });
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "done" }]);
  });

  test("goes also while its account waits for a sign-in, and not once that is disconnected", async () => {
    const waiting = await makeShelf({ status: "reconnect_needed" });
    const over = await makeShelf({ status: "disconnected" });
    await remove(waiting.shop, 1);
    await remove(over.shop, 1);
    expect((await shelfOf(waiting.tenant.id)).variants).toEqual(["22"]);
    expect((await shelfOf(over.tenant.id)).variants).toEqual(["11", "22"]);
  });
});

describe("a parcel that moves", () => {
  async function move(shop: string, order: number, topic = "fulfillments/update") {
    const { ctx, work } = machine();
    await hear(ctx, { provider: "shopify", topic, account: shop, payload: { id: 5, order_id: order, email: "jon@example.com" } });
    await work();
  }
  async function makeSent(reads = true) {
    const made = await makeShop();
    const own = { tenantId: made.tenant.id, connectionId: made.connection, lines: [], codes: [], fulfilments: [] };
    await db.insert(orderContents).values(["1", "2"].map((externalId) => ({ ...own, externalId, updatedAt: Date.now() - day })));
    if (reads) await db.update(schedules).set({ enabled: true, blocked: null }).where(eq(schedules.tenantId, made.tenant.id));
    return made;
  }
  const movedOf = async (tenantId: string) => (await contentsOf(tenantId)).map(({ movedAt }) => movedAt !== null);

  test("wakes the job that reads deliveries, which asks its order before others; of another shop's nothing is said", async () => {
    const { tenant, shop } = await makeSent();
    const other = await makeSent();
    const before = Date.now();
    for (const topic of ["fulfillments/create", "fulfillments/update", "fulfillment_events/create"]) await move(shop, 2, topic);
    expect(await movedOf(tenant.id)).toEqual([false, true]);
    expect((await scheduleOf(tenant.id, "shopify-details-sensor"))?.nextAt).toBeGreaterThanOrEqual(before);
    expect((await scheduleOf(tenant.id, "shopify-details-sensor"))?.nextAt).toBeLessThanOrEqual(Date.now());
    // Figures have no delivery in them.
    expect((await scheduleOf(tenant.id, "shopify-sensor"))?.nextAt).toBeGreaterThan(Date.now());
    expect(await movedOf(other.tenant.id)).toEqual([false, false]);
    expect(JSON.stringify([await deliveriesOf(tenant.id), await contentsOf(tenant.id)])).not.toContain("jon@example.com");
  });

  test("of an order that nobody has read wakes the job, which reads it as a whole", async () => {
    const { tenant, shop } = await makeSent();
    await move(shop, 3);
    expect(await movedOf(tenant.id)).toEqual([false, false]);
    expect((await scheduleOf(tenant.id, "shopify-details-sensor"))?.nextAt).toBeLessThanOrEqual(Date.now());
  });

  test("of a client whose jobs read no deliveries changes nothing", async () => {
    const { tenant, shop } = await makeSent(false);
    await move(shop, 1);
    expect(await movedOf(tenant.id)).toEqual([false, false]);
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "ignored", reason: "no_reader" }]);
  });
});

describe("privacy", () => {
  /** A shop with three orders: two of customer 7 (one refunded), one of customer 8. */
  async function makeSoldShop(more: Connected = {}) {
    const made = await makeShop(more);
    const own = { tenantId: made.tenant.id, connectionId: made.connection };
    const order = { ...own, placedAt: Date.now() - day, day: "2026-03-01", grossMinor: 1000, currency: "GBP", updatedAt: Date.now() - day };
    const metric = { tenantId: made.tenant.id, metric: "orders", day: "2026-03-01", measuredAt: Date.now() };
    await db.batch([
      db.insert(orders).values([
        { ...order, externalId: "1", customerId: "7" },
        { ...order, externalId: "2", customerId: "7" },
        { ...order, externalId: "3", customerId: "8" },
      ]),
      db.insert(refunds).values({
        ...own,
        externalId: "r",
        orderExternalId: "1",
        refundedAt: Date.now(),
        day: "2026-03-02",
        amountMinor: 5,
        currency: "GBP",
      }),
      db.insert(resources).values({ ...own, kind: "location", externalId: "l", name: "A street", listedAt: Date.now() }),
      db.insert(measurements).values([
        { ...metric, job: "shopify-sensor", value: 3 },
        { ...metric, job: "retention-sensor", value: 1 },
        { ...metric, job: "klaviyo-sensor", value: 9 },
      ]),
    ]);
    return made;
  }
  async function demand(topic: string, shop: string, payload: Record<string, unknown> = {}, more: Partial<Webhook> = {}) {
    const { ctx, work } = machine();
    const body = { shop_id: 1, shop_domain: shop, ...payload };
    await hear(ctx, { provider: "shopify", topic, account: shop, payload: body, ...more });
    await work();
  }
  const customer = { id: 7, email: "jon@example.com", phone: null };
  const asStaff = async () => createCaller(testCtx({ actor: (await makeUser({ staff: true })).actor }));

  test("a customer who asks what is held: it is counted, and staff can hand it over for thirty days", async () => {
    const { tenant, shop } = await makeSoldShop();
    await demand("customers/data_request", shop, { customer, orders_requested: [] });
    const [request] = await requestsOf(tenant.id);
    expect(request).toMatchObject({ kind: "data_request", subject: "7", doneAt: expect.any(Number), report: { orders: 2, refunds: 1 } });
    const staff = await asStaff();
    const held = await staff.webhooks.heldData({ requestId: request?.id ?? "" });
    expect(held).toMatchObject({
      customer: "7",
      orders: [{ id: "1", amountMinor: 1000 }, { id: "2" }],
      refunds: [{ order: "1", amountMinor: 5 }],
    });
    expect(await linesOf(tenant.id)).toContain("privacy.data_read");
    await db
      .update(privacyRequests)
      .set({ receivedAt: Date.now() - 31 * day })
      .where(eq(privacyRequests.tenantId, tenant.id));
    await expect(staff.webhooks.heldData({ requestId: request?.id ?? "" })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(JSON.stringify(await deliveriesOf(tenant.id))).not.toContain("jon@example.com");
  });

  test("a customer who is to be forgotten is in no order afterwards, the shop's figures stay, and the proof says how many", async () => {
    const { tenant, shop } = await makeSoldShop();
    const before = machine();
    await hear(before.ctx, {
      provider: "shopify",
      topic: "orders/create",
      account: shop,
      payload: orderBody(4, { updatedAt: Date.now() - minute }),
    });
    for (const message of before.told()) await workDelivery(before.ctx, asking, message);
    await demand("customers/redact", shop, { customer, orders_to_redact: [3] });
    expect((await ordersOf(tenant.id)).map(({ externalId, customerId, grossMinor }) => [externalId, customerId, grossMinor])).toEqual([
      ["1", null, 1000],
      ["2", null, 1000],
      ["3", null, 1000],
      ["4", null, 1000],
    ]);
    expect(await requestsOf(tenant.id)).toMatchObject([
      { doneAt: expect.any(Number), report: { orders: 4, refunds: 1, webhook_deliveries: 1 } },
    ]);
    expect((await deliveriesOf(tenant.id)).map(({ sealed }) => sealed)).toEqual([null, null]);
  });

  test("discount codes of a customer who is to be forgotten go with them, those of others stay, and no later reading brings them back", async () => {
    const { tenant, shop, connection } = await makeSoldShop();
    const own = { tenantId: tenant.id, connectionId: connection, lines: [], fulfilments: [], updatedAt: Date.now() - day };
    await db
      .insert(orderContents)
      .values(["1", "2", "3"].map((externalId) => ({ ...own, externalId, codes: [`ONE-${externalId}`, "ALL"] })));
    // The shop names one of their two orders; the other one is found here.
    await demand("customers/redact", shop, { customer, orders_to_redact: [1] });
    const codes = async () => (await contentsOf(tenant.id)).map((row) => row.codes);
    expect(await codes()).toEqual([[], [], ["ONE-3", "ALL"]]);
    expect((await requestsOf(tenant.id))[0]?.orders).toEqual(["1", "2"]);
    const read = { lines: [], fulfilments: [], deliveredAt: null, paid: true };
    const of = (orderExternalId: string, updatedAt: number) => ({ ...read, orderExternalId, updatedAt, codes: [`ONE-${orderExternalId}`] });
    await readBack(tenant, connection, { contents: [of("1", Date.now() - day), of("2", Date.now() + day), of("3", Date.now() + day)] });
    expect(await codes()).toEqual([[], [], ["ONE-3"]]);
  });

  describe("a customer whom the shop deletes", () => {
    const gone = (id: number) => ({ id, phone: null, addresses: [], admin_graphql_api_id: `gid://shopify/Customer/${id}` });
    async function remove(shop: string, id: number, more: Partial<Webhook> = {}) {
      const { ctx, work } = machine();
      await hear(ctx, { provider: "shopify", topic: "customers/delete", account: shop, payload: gone(id), ...more });
      await work();
    }
    const known = (tenantId: string, connectionId: string, externalId: string, updatedAt: number) => ({
      ...{ tenantId, connectionId, externalId, orders: 1, spentMinor: 5, currency: "GBP", createdAt: 0, updatedAt },
      ...{ mailConsent: "subscribed" as const, smsConsent: "none" as const },
    });
    const customersOf = async (tenantId: string) =>
      (await db.select().from(customers).where(eq(customers.tenantId, tenantId))).map(({ externalId }) => externalId);

    test("is forgotten as one who asked for it, of this shop alone, and it is on record", async () => {
      const { tenant, shop, connection } = await makeSoldShop();
      const other = await makeSoldShop();
      for (const each of [{ tenant, connection }, other])
        await db.insert(customers).values(["7", "8"].map((id) => known(each.tenant.id, each.connection, id, Date.now() - day)));
      await remove(shop, 7);
      expect(await customersOf(tenant.id)).toEqual(["8"]);
      expect((await ordersOf(tenant.id)).map(({ customerId }) => customerId)).toEqual([null, null, "8"]);
      expect(await requestsOf(tenant.id)).toMatchObject([
        { kind: "redact_customer", subject: "7", doneAt: expect.any(Number), report: { customers: 1, orders: 2 } },
      ]);
      expect(await linesOf(tenant.id)).toEqual(["privacy.redact_customer"]);
      expect(await customersOf(other.tenant.id)).toEqual(["7", "8"]);
    });

    test("told twice is forgotten once, and one who was never known leaves nothing but the record", async () => {
      const { tenant, shop } = await makeSoldShop();
      const webhookId = unique("event");
      await remove(shop, 7, { webhookId });
      await remove(shop, 7, { webhookId });
      await remove(shop, 99);
      expect((await requestsOf(tenant.id)).map(({ subject }) => subject)).toEqual(["7", "99"]);
      expect((await ordersOf(tenant.id)).map(({ customerId }) => customerId)).toEqual([null, null, "8"]);
    });

    test("does not come back with a page that was read before, and one whom the shop demands to be forgotten as well is so once more", async () => {
      const { tenant, shop, connection } = await makeSoldShop();
      await remove(shop, 7);
      const { tenantId: _, connectionId: __, ...record } = known(tenant.id, connection, "7", Date.now() - minute);
      await readBack(tenant, connection, { customers: [record] });
      expect(await customersOf(tenant.id)).toEqual([]);
      await demand("customers/redact", shop, { customer, orders_to_redact: [1] });
      expect((await requestsOf(tenant.id)).map(({ doneAt }) => doneAt !== null)).toEqual([true, true]);
    });
  });

  test("an order that is deleted in the shop goes with its refunds, at once and of this account alone, and no late event brings it back", async () => {
    const { tenant, shop, connection } = await makeSoldShop();
    const other = await makeSoldShop();
    const { ctx, work } = machine();
    const late = orderBody(2, { updatedAt: Date.now() + minute });
    await hear(ctx, { provider: "shopify", topic: "orders/delete", account: shop, payload: { id: 1 } });
    await hear(ctx, { provider: "shopify", topic: "orders/delete", account: shop, payload: { id: 2 } });
    await hear(ctx, { provider: "shopify", topic: "orders/create", account: shop, payload: late });
    await work();
    expect((await ordersOf(tenant.id)).map(({ externalId }) => externalId)).toEqual(["3"]);
    expect(await db.select().from(refunds).where(eq(refunds.tenantId, tenant.id))).toEqual([]);
    expect(await db.select().from(deletedOrders).where(eq(deletedOrders.tenantId, tenant.id))).toMatchObject([
      { connectionId: connection, externalId: "1", days: expect.arrayContaining([expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]) },
      { connectionId: connection, externalId: "2" },
    ]);
    expect(await ordersOf(other.tenant.id)).toHaveLength(3);
    await demand("shop/redact", shop);
    expect(await db.select().from(deletedOrders).where(eq(deletedOrders.tenantId, tenant.id))).toEqual([]);
  });

  test("an order that is deleted while its account waits for a sign-in goes all the same", async () => {
    const { tenant, shop, connection } = await makeSoldShop();
    await db.update(connections).set({ status: "reconnect_needed" }).where(eq(connections.id, connection));
    const { ctx, work } = machine();
    await hear(ctx, { provider: "shopify", topic: "orders/delete", account: shop, payload: { id: 1 } });
    await work();
    expect((await ordersOf(tenant.id)).map(({ externalId }) => externalId)).toEqual(["2", "3"]);
  });

  test("who was forgotten does not come back with an order that was on its way", async () => {
    const { tenant, shop } = await makeSoldShop();
    const { ctx, work } = machine();
    const late = orderBody(5, { updatedAt: Date.now() - minute });
    await hear(ctx, { provider: "shopify", topic: "orders/create", account: shop, payload: late });
    await demand("customers/redact", shop, { customer });
    await work();
    expect((await ordersOf(tenant.id)).filter(({ customerId }) => customerId === "7")).toEqual([]);
    expect(await ordersOf(tenant.id)).toHaveLength(4);
  });

  test("a shop that is to be erased leaves nothing but the proof; another account's rows stay", async () => {
    const { tenant, shop, connection } = await makeSoldShop();
    const other = await makeSoldShop();
    await demand("shop/redact", shop);
    expect(await ordersOf(tenant.id)).toEqual([]);
    expect(await db.select().from(refunds).where(eq(refunds.tenantId, tenant.id))).toEqual([]);
    expect(await db.select().from(resources).where(eq(resources.tenantId, tenant.id))).toEqual([]);
    expect(await secretsOf(connection)).toEqual([]);
    expect((await db.select().from(measurements).where(eq(measurements.tenantId, tenant.id))).map(({ job }) => job)).toEqual([
      "klaviyo-sensor",
    ]);
    expect(await connectionOf(connection)).toMatchObject({
      status: "disconnected",
      details: {},
      externalId: `erased:${connection}`,
      name: "…",
    });
    expect(await scheduleOf(tenant.id, "shopify-sensor")).toMatchObject({ cursor: null, blocked: "not_connected" });
    expect(await requestsOf(tenant.id)).toMatchObject([
      {
        kind: "redact_shop",
        doneAt: expect.any(Number),
        report: { orders: 3, refunds: 1, measurements: 2, resources: 1, secrets: 2, webhook_deliveries: 0, connections: 1 },
      },
    ]);
    expect(await linesOf(tenant.id)).toEqual(["privacy.redact_shop"]);
    expect(JSON.stringify([await deliveriesOf(tenant.id), await connectionOf(connection)])).not.toContain(shop);
    expect(await ordersOf(other.tenant.id)).toHaveLength(3);
    // Once more, of what is nobody's now.
    await demand("shop/redact", shop);
    expect(await requestsOf(tenant.id)).toHaveLength(1);
  });

  test("what a step has read of a shop that is erased meanwhile is not written: its worker has lost the run", async () => {
    const { tenant, shop, connection } = await makeSoldShop();
    const own = {
      tenantId: tenant.id,
      trigger: "schedule",
      status: "running",
      lease: "mine",
      availableAt: Date.now(),
      createdAt: 0,
    } as const;
    const [reading, others] = [newId("run", Date.now()), newId("run", Date.now())];
    await db.insert(runs).values([
      { ...own, id: reading, job: "shopify-details-sensor", slot: 1 },
      { ...own, id: others, job: "klaviyo-sensor", slot: 1 },
    ]);
    await demand("shop/redact", shop);
    const customer = { externalId: "7", orders: 1, spentMinor: 5, currency: "GBP", createdAt: 0, updatedAt: Date.now() };
    const found = {
      customers: [{ ...customer, mailConsent: "subscribed" as const, smsConsent: "none" as const }],
      cursor: null,
      done: true,
    };
    const next = { status: "succeeded", attempt: 1, step: 1, availableAt: 0, sentAt: null, errorKind: null, errorMessage: null } as const;
    const outcome = {
      ...{
        run: reading,
        tenantId: tenant.id,
        job: "shopify-details-sensor",
        found,
        proposed: [],
        connectionIds: [connection],
        answeredIds: [],
      },
      ...{ failing: null, calls: 0, logs: [], defect: null, next: { ...next, errorParams: null, finishedAt: 1 } },
    };
    const { effects, conclusion } = outcomeStatements(db, { outcomes: [outcome], lease: "mine", now: Date.now() });
    await batchOf(db, [...effects, conclusion]);
    expect(await db.select().from(customers).where(eq(customers.tenantId, tenant.id))).toEqual([]);
    const left = await db.select().from(runs).where(eq(runs.tenantId, tenant.id)).orderBy(runs.job);
    expect(left.map(({ job, status, lease }) => [job, status, lease])).toEqual([
      ["klaviyo-sensor", "running", "mine"],
      ["shopify-details-sensor", "queued", null],
    ]);
  });

  test("a client whose first shop is erased counts as the one that is left", async () => {
    const { tenant, shop, connection } = await makeSoldShop();
    const facts = { shop: "left.myshopify.com", currency: "JPY", timezone: "Asia/Tokyo" };
    const first = await connectionOf(connection);
    if (!first) throw new Error("no connection");
    await db.insert(connections).values({ ...first, id: newId("con", Date.now()), externalId: facts.shop, details: facts });
    await db.update(tenants).set({ currencyChosen: false, timezoneChosen: false }).where(eq(tenants.id, tenant.id));
    await demand("shop/redact", shop);
    expect((await db.select().from(tenants).where(eq(tenants.id, tenant.id)))[0]).toMatchObject({
      currency: "JPY",
      timezone: "Asia/Tokyo",
    });
  });

  test("a shop that was connected again since it asked to be erased is not", async () => {
    const { tenant, shop } = await makeSoldShop({ connectedAt: Date.now() - minute });
    await demand("shop/redact", shop, {}, { at: Date.now() - day });
    expect(await ordersOf(tenant.id)).toHaveLength(3);
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "ignored", reason: "connected_since" }]);
    expect(await requestsOf(tenant.id)).toMatchObject([{ report: {}, doneAt: expect.any(Number) }]);
  });

  test("of HubSpot's contacts nothing is held, and the request says so", async () => {
    const { ctx, work } = machine();
    const tenant = await makeTenant();
    await connect(tenant, { provider: "hubspot", externalId: "88001" });
    await hear(ctx, { provider: "hubspot", topic: "contact.privacyDeletion", account: "88001" });
    await work();
    expect(await requestsOf(tenant.id)).toMatchObject([
      { kind: "delete_person", subject: "contact:123", report: {}, doneAt: expect.any(Number) },
    ]);
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "done" }]);
  });

  test("a contact of HubSpot's whose number is the portal's own takes no portal with it", async () => {
    const { ctx, work } = machine();
    const tenant = await makeTenant();
    const id = await connect(tenant, { provider: "hubspot", externalId: "123" });
    await hear(ctx, { provider: "hubspot", topic: "contact.privacyDeletion", account: "123" });
    await work();
    expect(await requestsOf(tenant.id)).toMatchObject([{ kind: "delete_person", report: {}, doneAt: expect.any(Number) }]);
    expect(await connectionOf(id)).toMatchObject({ status: "active", externalId: "123" });
    expect(await secretsOf(id)).toHaveLength(2);
  });

  test("a payload that is not what the provider describes fails at once and keeps its request open for staff to see", async () => {
    const { tenant, shop } = await makeShop();
    await demand("customers/redact", shop, { customer: "nobody" });
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "failed", reason: "unreadable", attempts: 1 }]);
  });
});

describe("tries", () => {
  /** A machine whose writes fail so often: `batch` is where effects are written. */
  function failing(ctx: Ctx, times: number): Ctx {
    let left = times;
    const broken = interruptedD1(ctx.databases.DB, ({ is }) =>
      is === "batch" && left-- > 0 ? Promise.reject(new Error("the worker is gone")) : undefined,
    );
    return { ...ctx, databases: { DB: broken } };
  }

  test("a worker that is lost before it writes has done nothing; the next one does it, once", async () => {
    const { ctx, told } = machine();
    const { tenant, shop, connection } = await makeShop();
    await hear(ctx, uninstalled(shop));
    const [message] = told();
    if (!message) throw new Error("nothing was told");
    await expect(workDelivery(failing(ctx, 1), asking, message)).rejects.toThrow();
    expect(await connectionOf(connection)).toMatchObject({ status: "active" });
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "received", attempts: 1 }]);
    await workDelivery(ctx, asking, message);
    expect(await connectionOf(connection)).toMatchObject({ status: "reconnect_needed", version: 2 });
  });

  test("after six it has failed, with a reason, and staff can let it be tried again", async () => {
    const { ctx, told } = machine();
    const { tenant, shop, connection } = await makeShop();
    await hear(ctx, uninstalled(shop));
    const [message] = told();
    if (!message) throw new Error("nothing was told");
    const broken = failing(ctx, 100);
    for (let again = 0; again < 5; again++) await expect(workDelivery(broken, asking, message)).rejects.toThrow();
    await workDelivery(broken, asking, message);
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "failed", reason: "tries", attempts: 6 }]);
    const staffCtx = testCtx({ actor: (await makeUser({ staff: true })).actor });
    const staff = createCaller(staffCtx);
    expect(await staff.webhooks.reprocess({ deliveryId: message.delivery })).toEqual({ replayed: true });
    expect(await staff.webhooks.reprocess({ deliveryId: message.delivery })).toEqual({ replayed: false });
    expect(staffCtx.traces.tasks).toEqual([message]);
    expect(await linesOf(tenant.id)).toEqual(["webhook.reprocessed"]);
    await workDelivery(ctx, asking, message);
    expect(await connectionOf(connection)).toMatchObject({ status: "reconnect_needed" });
  });

  test("a worker that dies each time without a word ends too", async () => {
    const { ctx, told } = machine();
    const { tenant, shop } = await makeShop();
    await hear(ctx, uninstalled(shop));
    const [message] = told();
    if (!message) throw new Error("nothing was told");
    await db.update(webhookDeliveries).set({ attempts: 6 }).where(eq(webhookDeliveries.tenantId, tenant.id));
    await workDelivery(ctx, asking, message);
    expect(await deliveriesOf(tenant.id)).toMatchObject([{ status: "failed", reason: "tries" }]);
  });

  test("a client that is gone by then has nothing left to do", async () => {
    const { ctx, told, work } = machine();
    const { tenant, shop } = await makeShop();
    await hear(ctx, uninstalled(shop));
    await db.delete(tenants).where(eq(tenants.id, tenant.id));
    await work();
    await hear(ctx, uninstalled(shop, { webhookId: unique("later") }));
    expect(told()).toEqual([]);
  });
});

describe("the admin's view", () => {
  test("deliveries and refusals over REST, filtered, without anything of what was said", async () => {
    const { ctx, work } = machine();
    const { tenant, shop } = await makeShop();
    await hear(ctx, { provider: "shopify", topic: "orders/create", account: shop, payload: orderBody(1, { updatedAt: Date.now() }) });
    await hear(ctx, uninstalled(shop));
    await work();
    const { token } = await makeUser({ staff: true });
    const get = async (path: string) =>
      (await ask(path, { headers: asPerson(token) })).json() as Promise<{ items: Record<string, unknown>[]; next: string | null }>;
    const page = await get(`/api/webhooks?tenantId=${tenant.id}`);
    expect(page.items).toMatchObject([
      {
        topic: "app/uninstalled",
        status: "done",
        tenantName: "Test Shop",
        accountName: expect.stringContaining("Account"),
        replayable: true,
      },
      { topic: "orders/create", status: "done" },
    ]);
    expect(JSON.stringify(page)).not.toContain("sealed");
    expect((await get(`/api/webhooks?tenantId=${tenant.id}&limit=1`)).next).toBe(page.items[0]?.id);
    expect((await get(`/api/webhooks?tenantId=${tenant.id}&cursor=${page.items[0]?.id}`)).items).toHaveLength(1);
    expect((await get(`/api/webhooks?tenantId=${tenant.id}&status=failed`)).items).toEqual([]);
    expect((await get(`/api/webhooks?tenantId=${tenant.id}&provider=slack`)).items).toEqual([]);
    const one = await ask(`/api/webhooks/${page.items[0]?.id}`, { headers: asPerson(token) });
    expect(await one.json()).toMatchObject({ id: page.items[0]?.id });
    const replayed = await ask(`/api/webhooks/${page.items[0]?.id}/replay`, { method: "POST", headers: asPerson(token), body: "{}" });
    expect(await replayed.json()).toEqual({ replayed: true });
  });

  test("what is not kept any more, and what was refused, cannot be replayed", async () => {
    const { ctx } = machine();
    const shop = `${unique("unknown")}.myshopify.com`;
    await hear(ctx, uninstalled(shop));
    const [row] = await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.account, shop));
    const staff = createCaller(testCtx({ actor: (await makeUser({ staff: true })).actor }));
    await expect(staff.webhooks.reprocess({ deliveryId: row?.id ?? "" })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(staff.webhooks.reprocess({ deliveryId: "whk_nothing" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("asking for events", () => {
  /** A shop whose token the sandbox knows, connected a moment ago. */
  async function connectForReal(scopes = shopScopes) {
    const made = await makeShop();
    const [minted] = (await (
      await fetch(`${sandboxOrigin}/__sandbox/tokens`, {
        method: "POST",
        body: JSON.stringify([{ provider: "shopify", account: made.shop, scopes }]),
      })
    ).json()) as { access_token: string }[];
    const inside = testTenantCtx(made.tenant);
    const sealed = await sealSecret(inside, await currentDataKey(inside), {
      connectionId: made.connection,
      field: "access_token",
      secret: minted?.access_token ?? "",
    });
    await db
      .update(secrets)
      .set({ sealed })
      .where(and(eq(secrets.connectionId, made.connection), eq(secrets.field, "access_token")));
    await db
      .update(connections)
      .set({ subscribeAt: Date.now() - minute })
      .where(eq(connections.id, made.connection));
    return made;
  }
  const askedOf = async (shop: string) => {
    const all = (await (await fetch(`${sandboxOrigin}/__sandbox/webhooks`)).json()) as { shop: string; topic: string; uri: string }[];
    return all.filter((each) => each.shop === shop).map(({ topic, uri }) => `${topic} ${uri}`);
  };
  const work = async (ctx: ReturnType<typeof machine>["ctx"], tenant: Tenant) => {
    for (const message of ctx.traces.tasks.splice(0))
      if (message.type === "subscribe" && message.tenant === tenant.id) await subscribeEvents(ctx, message);
  };

  test("a new shop is asked once for what we want of it, and again in a week", async () => {
    let now = Date.now();
    const { ctx } = machine(() => now);
    const { tenant, shop, connection } = await connectForReal();
    expect(await claimSubscriptions(ctx)).toBeGreaterThan(0);
    await claimSubscriptions(ctx);
    expect(ctx.traces.tasks.filter((message) => "connection" in message && message.connection === connection)).toHaveLength(1);
    await work(ctx, tenant);
    const topics = [
      ...["ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_DELETE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE", "CUSTOMERS_DELETE"],
      ...["APP_UNINSTALLED", "APP_SCOPES_UPDATE"],
    ];
    expect(await askedOf(shop)).toEqual(topics.map((topic) => `${topic} http://atrium.test/webhooks/shopify`));
    expect((await connectionOf(connection))?.subscribeAt).toBe(now + 7 * day);
    now += 7 * day;
    await claimSubscriptions(ctx);
    await work(ctx, tenant);
    expect(await askedOf(shop)).toHaveLength(8);
    expect((await connectionOf(connection))?.subscribeAt).toBe(now + 7 * day);
  });

  test("of a client that was erased since nobody is asked, and the message is over", async () => {
    const { ctx } = machine();
    expect(await subscribeEvents(ctx, { v: 1, type: "subscribe", tenant: "erased-since", connection: "con_none" })).toBeUndefined();
  });

  test("what one permission forbids keeps nothing else from being asked for, and is tried again in an hour", async () => {
    const now = Date.now();
    const { ctx } = machine(() => now);
    const { tenant, shop, connection } = await connectForReal(["read_products"]);
    await claimSubscriptions(ctx);
    await work(ctx, tenant);
    expect((await askedOf(shop)).map((text) => text.split(" ")[0])).toEqual([
      "PRODUCTS_UPDATE",
      "PRODUCTS_DELETE",
      "APP_UNINSTALLED",
      "APP_SCOPES_UPDATE",
    ]);
    expect((await connectionOf(connection))?.subscribeAt).toBe(now + 60 * minute);
  });

  const parcelTopics = ["FULFILLMENTS_CREATE", "FULFILLMENTS_UPDATE", "FULFILLMENT_EVENTS_CREATE"];

  test("a shop is asked for parcels once it allows us to hear of them, at once and not in a week", async () => {
    const now = Date.now();
    const { ctx, work: listen } = machine(() => now);
    const { tenant, shop, connection } = await connectForReal([...shopScopes, "read_fulfillments"]);
    await claimSubscriptions(ctx);
    await work(ctx, tenant);
    expect((await askedOf(shop)).filter((text) => text.startsWith("FULFILLMENT"))).toEqual([]);
    expect((await connectionOf(connection))?.subscribeAt).toBe(now + 7 * day);
    const payload = { current: [...shopScopes, "read_fulfillments"] };
    await hear(ctx, { provider: "shopify", topic: "app/scopes_update", account: shop, payload });
    await listen();
    expect((await connectionOf(connection))?.subscribeAt).toBe(now);
    await claimSubscriptions(ctx);
    await work(ctx, tenant);
    const asked = (await askedOf(shop)).map((text) => text.split(" ")[0]);
    expect(asked.filter((topic) => topic?.startsWith("FULFILLMENT"))).toEqual(parcelTopics);
  });

  test("what a shop then sends of a deletion and of a parcel does here what it says", async () => {
    const now = Date.now();
    const { ctx, work: listen } = machine(() => now);
    const scopes = [...shopScopes, "read_fulfillments"];
    const { tenant, shop, connection } = await connectForReal(scopes);
    await db.update(connections).set({ scopesGranted: scopes }).where(eq(connections.id, connection));
    await claimSubscriptions(ctx);
    await work(ctx, tenant);
    const control = async (path: string, body: object, method = "POST") =>
      (await fetch(`${sandboxOrigin}/__sandbox/shop/${shop}${path}`, { method, body: JSON.stringify(body) })).json();
    const [placedAt, sentAt] = [now - 3 * day, now - 2 * day];
    const row = { createdAt: placedAt, country: "France", gross: 255, lines: "A|1|2.55", refunds: [], parcels: [] };
    await control("", {}, "PUT");
    await control("/rows", {
      orders: [
        { ...row, id: 1, customerId: 7 },
        { ...row, id: 2, customerId: 8 },
      ],
      products: [{ code: "A", title: "Ware A", price: "2.55" }],
    });
    await control("/finish", { mark: "hand" });
    const own = { tenantId: tenant.id, connectionId: connection, updatedAt: placedAt };
    await db.insert(orderContents).values({ ...own, externalId: "1", lines: [], codes: [], fulfilments: [] });
    await db.insert(products).values({
      ...{ ...own, externalId: "7000001", title: "Ware A", handle: "a", status: "ACTIVE", vendor: "", type: "", seenAt: now },
    });
    await db.insert(orders).values({
      ...{ ...own, externalId: "2", customerId: "8", placedAt, day: "2026-03-01", grossMinor: 255, currency: "GBP" },
    });
    await alignJobs(testTenantCtx(tenant));
    await db.update(schedules).set({ enabled: true }).where(eq(schedules.tenantId, tenant.id));
    const { webhooks: sent } = (await control("/changes", {
      departures: [8],
      products: [{ code: "A", gone: true }],
      parcels: [{ orderId: 1, sent: [{ at: new Date(sentAt).toISOString(), deliveredAt: new Date(now - day).toISOString() }] }],
    })) as { webhooks: { topic: string; headers: Record<string, string>; body: string }[] };
    expect(sent.map(({ topic }) => topic)).toEqual([
      ...["products/delete", "customers/delete", "fulfillments/create", "fulfillment_events/create"],
    ]);
    for (const { headers, body } of sent) {
      const received = { provider: "shopify", callback: null, method: "POST", urls: [], headers: new Headers(headers) };
      expect(await receiveWebhook(ctx, { ...received, body: new TextEncoder().encode(body) })).toEqual({ is: "accepted" });
    }
    await listen();
    const worked = (await deliveriesOf(tenant.id)).map(({ topic, status }) => `${topic} ${status}`);
    expect(worked.sort()).toEqual(sent.map(({ topic }) => `${topic} done`).sort());
    expect(await db.select().from(products).where(eq(products.tenantId, tenant.id))).toMatchObject([{ status: "DELETED" }]);
    expect(await ordersOf(tenant.id)).toMatchObject([{ externalId: "2", customerId: null }]);
    expect((await contentsOf(tenant.id))[0]?.movedAt).toBe(now);
  });
});

test("every look-up of the door and of its lists goes through an index", async () => {
  const plan = async (query: string) =>
    (await testEnv.DB.prepare(`explain query plan ${query}`).all<{ detail: string }>()).results.map(({ detail }) => detail).join("; ");
  expect(
    await plan(`select id from connections where provider = 'shopify' and details ->> '$.shop' in (select value from json_each('[]'))`),
  ).toContain("connections_shop");
  expect(await plan(`select id from connections where provider = 'meta' and external_id in (select value from json_each('[]'))`)).toContain(
    "connections_external",
  );
  expect(
    await plan("select id from webhook_deliveries where status = 'received' and sent_at <= 1 and (attempts = 0 or sent_at <= 0) limit 5"),
  ).toContain("webhook_deliveries_open");
  expect(await plan("select id from webhook_deliveries where sealed is not null and id < 'whk_1' limit 5")).toContain(
    "webhook_deliveries_kept",
  );
  expect(
    await plan("select id from webhook_deliveries where sealed is not null and sealed_form < 1 and status <> 'received' limit 5"),
  ).toContain("webhook_deliveries_form");
  expect(await plan("select id from connections where status = 'active' and subscribe_at is not null and subscribe_at <= 1")).toContain(
    "connections_subscribe",
  );
  expect(await plan("select id from privacy_requests where code = 'x'")).toContain("privacy_requests_code");
  const named = isOfForgotten({ tenantId: sql`'t'`, connectionId: sql`'c'`, orderId: sql`'1'` });
  const asked = (query: SQL) => db.all<{ detail: string }>(sql`explain query plan ${query}`);
  expect(JSON.stringify(await asked(sql`select ${named}`))).toContain("privacy_requests_orders");
  expect(
    await plan(
      "select external_id from order_contents where tenant_id = 't' and connection_id = 'c' and moved_at is not null and moved_at <= 5 order by moved_at, external_id limit 50",
    ),
  ).toContain("order_contents_moved");
});
