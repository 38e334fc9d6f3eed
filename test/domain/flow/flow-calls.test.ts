import { and, eq, sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, flowCalls, notices, policies, policyModeChanges, rateLimits, runs, schedules } from "#db/schema/index.ts";
import type { PolicyMode } from "#db/words/actions.ts";
import { signRequest, Webhook } from "#sandbox/control/webhooks.ts";
import { hashOf } from "#sandbox/seed.ts";
import { flowDoor } from "#server/catalog/flow-actions.ts";
import type { Ctx, Tenant, TenantCtx } from "#server/ctx.ts";
import { findPolicy } from "#server/domain/actions/find-policy.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import { receiveFlowCall } from "#server/domain/flow/receive-flow-call.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ask } from "#test/ask.ts";
import { clearRuns } from "#test/domain/runs/rig.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";

beforeEach(clearRuns);

let made = 0;
const unique = (text: string) => `${text}-${Date.now().toString(36)}${(made++).toString(36)}`;
const bridge = "shopify-flow-bridge";
const sleeping = "review-request-automation";

interface Client {
  ctx: TenantCtx;
  shop: string;
}

/** A client with a shop, and the bridge as far on as is said. */
async function client({
  mode = "approve",
  inbound = {},
  ...more
}: { mode?: PolicyMode | null; inbound?: object } & Partial<Tenant> = {}): Promise<Client> {
  const tenant = await makeTenant(more);
  const ctx = testTenantCtx(tenant, "owner");
  const shop = `${unique("flow")}.myshopify.com`;
  await connect(ctx, shop);
  if (mode) await policyOf(ctx, bridge, mode);
  const grid = { everyS: 900, nextAt: Number.MAX_SAFE_INTEGER, enabled: false };
  await ctx.db.insert(schedules).values({ tenantId: tenant.id, job: bridge, config: { inbound }, ...grid });
  return { ctx, shop };
}
const connect = (ctx: TenantCtx, shop: string) =>
  ctx.db.insert(connections).values({
    ...{ id: unique("con"), tenantId: ctx.tenant.id, provider: "shopify", externalId: `gid://shopify/Shop/${hashOf(shop)}`, name: "S" },
    ...{ details: { shop }, connectedBy: "x", scopesAsked: [], scopesGranted: [], status: "active", connectedAt: 1 },
  });
const policyOf = (ctx: TenantCtx, automation: string, mode: PolicyMode) =>
  ctx.db.insert(policies).values({
    ...{ tenantId: ctx.tenant.id, automation, mode, holdout: 0, salt: "s", actionsADay: 10, peopleADay: 10 },
    ...{ stakeADay: 0, largestStake: 0, createdAt: 1, updatedAt: 1, startedAt: 1 },
  });

interface Asked {
  action?: string;
  properties?: object;
  run?: string;
  wrong?: boolean;
  /** The body itself. */
  body?: unknown;
  as?: "flow" | "event";
}
const signed = (
  shop: string,
  { action = "run-sync", properties = { sync: "shopify-sensor" }, run = unique("run"), wrong = false, body, as = "flow" }: Asked,
) =>
  signRequest(
    Webhook.parse({
      account: shop,
      topic: action,
      payload: body ?? properties,
      webhookId: run,
      wrongSignature: wrong,
      as: body === undefined ? as : "event",
    }),
    Date.now(),
  );

/** Asks the Worker as Flow does. */
async function flow(shop: string, asked: Asked = {}): Promise<{ status: number; message: string; retry: string | null }> {
  const { headers, body } = await signed(shop, asked);
  const reply = await ask(flowDoor, { method: "POST", headers, body });
  const text = await reply.text();
  return {
    status: reply.status,
    message: text && (JSON.parse(text) as { message: string }).message,
    retry: reply.headers.get("retry-after"),
  };
}
const runsOf = ({ ctx }: Client) => ctx.db.select().from(runs).where(inTenant(ctx, runs));
const callsOf = ({ ctx }: Client) => ctx.db.select().from(flowCalls).where(inTenant(ctx, flowCalls)).orderBy(flowCalls.receivedAt);

test("a workflow runs a sync by the page's own verb, and the log says that it was a workflow", async () => {
  const it = await client();
  expect(await flow(it.shop)).toEqual({ status: 200, message: "Shop was started.", retry: null });
  expect(await runsOf(it)).toMatchObject([{ job: "shopify-sensor", trigger: "manual", requestedBy: null, status: "queued" }]);
  const [line] = await it.ctx.db
    .select()
    .from(auditLog)
    .where(and(inTenant(it.ctx, auditLog), eq(auditLog.action, "run.started")));
  expect(line).toMatchObject({ actorType: "system", actorId: "shopify-flow" });
  expect(await callsOf(it)).toMatchObject([{ action: "run-sync", status: "done", code: "run_started", answered: 200 }]);
});

test("what is asked twice, and a body that is sent once more years later, is answered the same and done once", async () => {
  const it = await client();
  const first = await flow(it.shop, { run: "one" });
  await it.ctx.db.update(runs).set({ status: "succeeded", finishedAt: 1 }).where(inTenant(it.ctx, runs));
  expect(await flow(it.shop, { run: "one" })).toEqual(first);
  const { headers, body } = await signed(it.shop, { run: "one" });
  const later = testCtx({ actor: { type: "system", job: "shopify-flow" }, now: () => Date.now() + 3 * 365 * 86_400_000 });
  const replayed = await receiveFlowCall(later, {
    signature: headers["x-shopify-hmac-sha256"] ?? null,
    body: new TextEncoder().encode(body),
  });
  expect(replayed).toMatchObject({ status: 200, says: { code: "flow.run_started" } });
  expect(await runsOf(it)).toHaveLength(1);
  expect((await flow(it.shop, { run: "two" })).message).toBe("Shop was started.");
  expect(await flow(it.shop, { run: "three" })).toMatchObject({ status: 200, message: "Shop is already running." });
});

test("of ten at once one is done, and the others are told to come back", async () => {
  const it = await client();
  const all = await Promise.all(Array.from({ length: 10 }, () => flow(it.shop, { run: "same" })));
  expect(new Set(all.map(({ status }) => status))).toEqual(
    new Set([200, 503].filter((status) => all.some((each) => each.status === status))),
  );
  expect(all.some(({ status }) => status === 200)).toBe(true);
  for (const { status, retry } of all) expect(retry).toBe(status === 503 ? "30" : null);
  expect(await runsOf(it)).toHaveLength(1);
  expect(await callsOf(it)).toHaveLength(1);
});

test("where our own end was lost after it was done, Flow's next try finds that and does nothing more", async () => {
  const it = await client();
  let clock = Date.now();
  const { headers, body } = await signed(it.shop, { run: "lost" });
  const input = { signature: headers["x-shopify-hmac-sha256"] ?? null, body: new TextEncoder().encode(body) };
  const ctx = testCtx({ actor: { type: "system", job: "shopify-flow" }, now: () => clock });
  const dying = interruptedD1(testEnv.DB, (call) => {
    if (call.is === "prepare" && /^update "flow_calls" set "status"/.test(call.query)) throw new Error("D1 is away");
    return undefined;
  });
  const broken: Ctx = { ...ctx, databases: { ...ctx.databases, DB: dying } };
  await expect(receiveFlowCall(broken, input)).rejects.toThrow("D1 is away");
  expect(await callsOf(it)).toMatchObject([{ status: "begun" }]);
  await it.ctx.db.update(runs).set({ status: "succeeded", finishedAt: 1 }).where(inTenant(it.ctx, runs));
  expect(await receiveFlowCall(ctx, input)).toMatchObject({ status: 503, retryAfterS: 30 });
  clock += 31_000;
  expect(await receiveFlowCall(ctx, input)).toMatchObject({ status: 200, says: { code: "flow.run_started" } });
  expect(await runsOf(it)).toHaveLength(1);
});

test("a forged signature, none, a body of another kind and another method are told nothing", async () => {
  const it = await client();
  expect(await flow(it.shop, { wrong: true })).toEqual({ status: 401, message: "", retry: null });
  expect((await ask(flowDoor, { method: "POST", body: "{}" })).status).toBe(401);
  expect((await ask(flowDoor)).status).toBe(405);
  // An event of Shopify's own, signed with the same secret.
  expect((await flow(it.shop, { body: { id: 1, shop_domain: it.shop } })).status).toBe(400);
  const { headers, body } = await signed(it.shop, {});
  expect((await ask(flowDoor, { method: "POST", headers, body: body.replace("shopify-sensor", "klaviyo-sensor") })).status).toBe(401);
  const large = await signed(it.shop, { properties: { sync: "x".repeat(70_000) } });
  expect((await ask(flowDoor, { method: "POST", ...large })).status).toBe(413);
  expect(await runsOf(it)).toEqual([]);
  expect(await callsOf(it)).toEqual([]);
});

test("a shop that nobody has, one that two have, and a domain with another shop's id do nothing", async () => {
  const [it, other] = [await client(), await client()];
  expect(await flow("nobodys.myshopify.com")).toMatchObject({ status: 404, message: "This shop isn’t connected to a workspace." });
  const body = (shopId: string) => ({
    shop_id: shopId,
    shopify_domain: it.shop,
    action_run_id: unique("run"),
    handle: "run-sync",
    properties: { sync: "shopify-sensor" },
  });
  expect(await flow(it.shop, { body: body(String(hashOf(other.shop))) })).toMatchObject({ status: 404 });
  expect(await flow(it.shop, { body: body(String(hashOf(it.shop))) })).toMatchObject({ status: 200 });
  await connect(other.ctx, it.shop);
  expect(await flow(it.shop)).toMatchObject({ status: 409 });
  await it.ctx.db.update(connections).set({ status: "disconnected" }).where(inTenant(it.ctx, connections));
  expect(await flow(it.shop)).toMatchObject({ status: 200 });
  expect(await runsOf(other)).toHaveLength(1);
  expect(await runsOf(it)).toHaveLength(1);
});

test("a suspended client, a bridge that is off or in shadow, and what the settings do not allow refuse in words and for good", async () => {
  const suspended = await client({ status: "suspended" });
  // Also what asks no verb that looks for it.
  expect(await flow(suspended.shop, { action: "leave-note", properties: { note: "Hello" } })).toMatchObject({ status: 409 });
  expect(await callsOf(suspended)).toEqual([]);
  for (const mode of [null, "off", "shadow"] as const)
    expect(await flow((await client({ mode })).shop)).toMatchObject({ status: 403, message: expect.stringContaining("off or in shadow") });
  const it = await client({ inbound: { runs: false }, locale: "fr" });
  expect(await flow(it.shop, { run: "a" })).toMatchObject({ status: 403, message: expect.stringContaining("n’autorise pas") });
  await it.ctx.db
    .update(schedules)
    .set({ config: {} })
    .where(inTenant(it.ctx, schedules, eq(schedules.job, bridge)));
  // Flow does not ask again after a 4xx: it is the answer to this call.
  expect(await flow(it.shop, { run: "a" })).toMatchObject({ status: 403 });
  expect(await flow(it.shop, { run: "b" })).toMatchObject({ status: 200 });
});

test("unknown actions, unknown syncs and nonsense properties are refused in words", async () => {
  const it = await client();
  const said = async (action: string, properties: object) => {
    const { status, message } = await flow(it.shop, { action, properties });
    return [status, message];
  };
  expect(await said("sing", {})).toEqual([404, "There’s no such action for workflows."]);
  expect(await said("run-sync", { sync: "moon-sensor" })).toEqual([404, "Job not found."]);
  expect(await said("run-sync", {})).toEqual([400, "This field is required."]);
  expect(await said("run-sync", { sync: ["a"] })).toEqual([400, "Must be of type string."]);
  expect(await said("run-sync", { sync: "x".repeat(101) })).toEqual([400, "At most 100 characters."]);
  expect(await said("pause-automation", { automation: "shopify-sensor" })).toEqual([404, "Automation not found."]);
  // What we do not know of is passed over, as Flow adds fields.
  expect((await said("run-sync", { sync: " Shopify-Sensor ", step_reference: "x" }))[0]).toBe(200);
});

test("a pause sets an automation to shadow; what workflows ended they resume, where they may, and never further than to asking first", async () => {
  const it = await client({ inbound: { resumes: true } });
  await policyOf(it.ctx, sleeping, "auto");
  await it.ctx.db.insert(policyModeChanges).values({ tenantId: it.ctx.tenant.id, automation: sleeping, at: 2, mode: "auto" });
  const call = (action: string) => flow(it.shop, { action, properties: { automation: sleeping } });
  const mode = async () => (await findPolicy(it.ctx, { automation: sleeping })).mode;
  expect(await call("resume-automation")).toMatchObject({ status: 200, message: "“Review requests” isn’t paused." });
  expect(await call("pause-automation")).toMatchObject({ status: 200, message: "“Review requests” was paused." });
  expect(await mode()).toBe("shadow");
  expect(await call("pause-automation")).toMatchObject({ status: 200, message: expect.stringContaining("nothing to pause") });
  expect(await call("resume-automation")).toMatchObject({ status: 200 });
  expect(await mode()).toBe("approve");
  // Whoever else paused it says when it goes on.
  await setPolicy(it.ctx, { automation: sleeping, mode: "shadow" });
  expect(await call("resume-automation")).toMatchObject({ status: 409 });
  expect(await mode()).toBe("shadow");
});

test("a pause is no way to begin what is off, and a workflow resumes nothing where the client did not say so", async () => {
  const it = await client();
  const call = (action: string) => flow(it.shop, { action, properties: { automation: sleeping } });
  expect(await call("pause-automation")).toMatchObject({ status: 200, message: expect.stringContaining("nothing to pause") });
  await policyOf(it.ctx, sleeping, "approve");
  await call("pause-automation");
  expect(await call("resume-automation")).toMatchObject({ status: 403 });
  expect((await findPolicy(it.ctx, { automation: sleeping })).mode).toBe("shadow");
});

test("a note rests with its call, and one with an address or a number is refused and not kept", async () => {
  const it = await client();
  const leave = (note: string, run?: string) =>
    flow(it.shop, { action: "leave-note", properties: { note }, ...(run !== undefined && { run }) });
  expect(await leave("Stock count is on Friday", "n")).toMatchObject({ status: 200, message: "The note was left." });
  await leave("Stock count is on Friday", "n");
  expect(await leave("Call dana@example.com")).toMatchObject({ status: 400, message: expect.stringContaining("email addresses") });
  expect((await callsOf(it)).map(({ status, properties }) => [status, properties])).toEqual([
    ["done", { note: "Stock count is on Friday" }],
    ["refused", {}],
  ]);
  const lines = await it.ctx.db
    .select()
    .from(auditLog)
    .where(and(inTenant(it.ctx, auditLog), eq(auditLog.action, "flow.note_left")));
  expect(lines).toHaveLength(1);
});

test("people are told of notes, once for all of some hours however many come, and whoever may not start anything is not told", async () => {
  const it = await client();
  const owner = await makeUser({ roles: [[it.ctx.tenant, "owner"]] });
  await makeUser({ roles: [[it.ctx.tenant, "viewer"]] });
  const told = () => it.ctx.db.select().from(notices).where(inTenant(it.ctx, notices));
  await flow(it.shop, { action: "leave-note", properties: { note: "Call dana@example.com" } });
  expect(await told()).toEqual([]);
  for (const note of ["One", "Two", "Three"]) await flow(it.shop, { action: "leave-note", properties: { note } });
  expect(await told()).toMatchObject([{ userId: owner.actor.userId, kind: "flow_note", shown: true, resolvedAt: null }]);
  const ctx = testCtx({ actor: { type: "system", job: "shopify-flow" }, now: () => Date.now() + 6 * 3_600_000 });
  const { headers, body } = await signed(it.shop, { action: "leave-note", properties: { note: "Later" } });
  await receiveFlowCall(ctx, { signature: headers["x-shopify-hmac-sha256"] ?? null, body: new TextEncoder().encode(body) });
  expect((await told()).map(({ resolvedAt }) => resolvedAt === null).sort()).toEqual([false, true]);
  expect(ctx.traces.mails.map(({ type }) => type)).toEqual(["mail.flow_note"]);
});

test("a workflow that runs wild is told when to come back, and what was answered before is answered still", async () => {
  const it = await client();
  const first = await flow(it.shop, { run: "first" });
  await openDb(testEnv.DB)
    .insert(rateLimits)
    .values({ key: `flow-day:tenant:${it.ctx.tenant.id}`, count: 5000, resetAt: Date.now() + 60_000 })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: { count: sql`5000`, resetAt: Date.now() + 60_000 },
    });
  const limited = await flow(it.shop);
  expect(limited.status).toBe(429);
  expect(Number(limited.retry)).toBeGreaterThan(0);
  expect(await callsOf(it)).toHaveLength(1);
  expect(await flow(it.shop, { run: "first" })).toEqual(first);
});
