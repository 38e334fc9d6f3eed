import { and, eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { openDb, openTenantDb } from "#db/client.ts";
import { auditLog, connections, dataExports, invitations, runs, schedules, secrets } from "#db/schema/index.ts";
import { findKeyProvider, providers } from "#server/catalog/providers/registry.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { enterTenant, type Tenant } from "#server/ctx.ts";
import { listAudit } from "#server/domain/audit/list-audit.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { storeConnection } from "#server/domain/connecting/store-connection.ts";
import { requestExport } from "#server/domain/custody/request-export.ts";
import { invite } from "#server/domain/people/invite.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { plans } from "#server/domain/tenancy/plans.ts";
import { Plan } from "#server/domain/tenancy/schemas.ts";
import { newId } from "#server/ids.ts";
import { createCaller } from "#server/trpc/root.ts";
import { begin, connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { makeRig } from "#test/domain/runs/rig.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const day = 86_400_000;
const quickwin = () => makeTenant({ plan: "quickwin" });

beforeEach(async () => {
  await control();
  await control({ limits: false });
});

/** An account that is connected, as far as a plan counts it. */
async function connected(tenant: Tenant, provider: string, more: Partial<typeof connections.$inferInsert> = {}) {
  const id = newId("con", Date.now());
  const scopesGranted = ["read_orders", "read_products", "read_all_orders", "read_customers", "read_inventory"];
  const row = { id, tenantId: tenant.id, provider, externalId: id, name: id, details: {}, scopesAsked: [], scopesGranted };
  await db.insert(connections).values({ ...row, status: "active", connectedBy: "usr", connectedAt: Date.now(), ...more });
  return id;
}

const blocksOf = async (tenant: Tenant) =>
  Object.fromEntries((await db.select().from(schedules).where(eq(schedules.tenantId, tenant.id))).map((row) => [row.job, row.blocked]));

test("every plan names only jobs and providers that are on the shelf, and a larger plan gives nothing less", () => {
  const order = Plan.options.map((plan) => plans[plan]);
  for (const { jobs, providers: offered } of order) {
    if (jobs !== "all") expect(sensors.map(({ id }) => id)).toEqual(expect.arrayContaining([...jobs]));
    if (offered !== "all") expect(providers.map(({ id }) => id)).toEqual(expect.arrayContaining([...offered]));
  }
  for (const [at, larger] of order.slice(1).entries()) {
    const smaller = order[at];
    if (!smaller) throw new Error("no smaller plan");
    for (const limit of ["members", "connections", "exportsPerDay", "runDays", "logDays"] as const) {
      expect(larger[limit], limit).toBeGreaterThan(smaller[limit]);
    }
    expect(larger.auditDays ?? Number.POSITIVE_INFINITY).toBeGreaterThan(smaller.auditDays ?? Number.POSITIVE_INFINITY);
  }
});

test("a job outside the plan waits, is not run by hand, and is free to run on the day the plan has it", async () => {
  const tenant = await quickwin();
  await connected(tenant, "shopify");
  const ctx = testTenantCtx(tenant, "staff");
  await alignSchedules(ctx, sensors);
  expect(await blocksOf(tenant)).toMatchObject({ "shopify-sensor": null, "retention-sensor": "not_in_plan" });
  await expect(startRun(ctx, { job: "retention-sensor" })).rejects.toMatchObject({ kind: "conflict", field: "job" });
  expect(await db.select().from(runs).where(eq(runs.tenantId, tenant.id))).toEqual([]);

  const larger = await updateClient(ctx, { plan: "essentials" });
  expect(await blocksOf(tenant)).toMatchObject({ "retention-sensor": null });
  expect(await startRun({ ...ctx, tenant: larger }, { job: "retention-sensor" })).toMatchObject({ status: "queued" });
  await updateClient({ ...ctx, tenant: larger }, { plan: "quickwin" });
  expect(await blocksOf(tenant)).toMatchObject({ "shopify-sensor": null, "retention-sensor": "not_in_plan" });
});

test("a run that was queued before the plan became smaller fails for the plan, once", async () => {
  const retention = sensors.find(({ id }) => id === "retention-sensor");
  if (!retention) throw new Error("no such sensor");
  const rig = makeRig({ jobs: [retention] });
  const client = await rig.tenant({ plan: "essentials" });
  await connected(client.ctx.tenant, "shopify");
  await startRun({ ...client.ctx, send: rig.ctx.send }, { job: retention.id });
  await updateClient(client.ctx, { plan: "quickwin" });
  await rig.work();
  expect(await client.runs()).toMatchObject([{ status: "failed", errorKind: "not_in_plan", attempt: 1 }]);
});

test("a provider outside the plan is not even asked, by a consent or by a key", async () => {
  const { browser, tenant } = await visit(await quickwin());
  const sent = await begin(browser, { provider: "hubspot", tenant: tenant.id });
  expect(sent).toEqual({ location: `/t/${tenant.id}/integrations`, toast: { kind: "error", message: expect.stringContaining("HubSpot") } });
  const inside = enterTenant(browser, tenant, "owner");
  const { fields } = await mintKey("vapi", "Plans");
  await expect(connectKey(inside, { provider: "vapi", fields })).rejects.toMatchObject({ kind: "conflict" });
  expect(await db.select().from(connections).where(eq(connections.tenantId, tenant.id))).toEqual([]);
});

test("the last place of a plan goes to a new account, none after it, and what is connected may always be connected again", async () => {
  const { browser, tenant } = await visit(await quickwin());
  await connected(tenant, "google");
  const key = await connected(tenant, "shopify");
  // One account both ways is one, and one that was disconnected takes no place.
  await connected(tenant, "shopify", { externalId: key, kind: "key" });
  await connected(tenant, "google", { status: "disconnected" });
  expect(await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" })).toMatchObject({ toast: { kind: "success" } });
  const other = await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", other: true });
  expect(other.toast).toMatchObject({ kind: "error", message: expect.stringContaining("no room") });
  expect(await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" })).toMatchObject({ toast: { kind: "success" } });
  const rows = await db.select().from(connections).where(eq(connections.tenantId, tenant.id));
  expect(rows.filter(({ provider }) => provider === "klaviyo")).toHaveLength(1);
});

test("the last place of a plan goes to one of several that come for it at once, and nothing of the others is kept", async () => {
  const tenant = await quickwin();
  await connected(tenant, "google");
  await connected(tenant, "shopify");
  const back = await connected(tenant, "klaviyo", { kind: "key", status: "disconnected" });
  const klaviyo = findKeyProvider("klaviyo");
  const ctx = testTenantCtx(tenant);
  const store = (externalId: string) =>
    storeConnection(ctx, klaviyo, {
      kind: "key",
      identity: { externalId, name: externalId, details: {} },
      grant: null,
      keys: { private_key: `pk_${externalId}` },
      fields: {},
      asked: [],
      granted: [],
      listed: new Map(),
      becomes: null,
    });
  // One of them comes back to what it had, which takes a place like a new one.
  const raced = await Promise.allSettled([store("first"), store(back), store("third")]);
  const refused = raced.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  expect(refused).toMatchObject([{ refusal: "plan_full" }, { refusal: "plan_full" }]);
  const rows = await db.select().from(connections).where(eq(connections.tenantId, tenant.id));
  const live = rows.filter(({ status }) => status !== "disconnected");
  expect(live).toHaveLength(plans.quickwin.connections);
  const kept = await db.select().from(secrets).where(eq(secrets.tenantId, tenant.id));
  expect(kept.map(({ connectionId }) => connectionId)).toEqual(live.filter(({ provider }) => provider === "klaviyo").map(({ id }) => id));
  const lines = await db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id));
  expect(lines.filter(({ action }) => action.startsWith("connection."))).toHaveLength(1);
});

test("a team is as large as its plan: those who are invited count, whoever is invited again counts once, and two at once get one place", async () => {
  const tenant = await quickwin();
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const ctx = enterTenant(testCtx({ actor }), tenant, "owner");
  await invite(ctx, { email: "first@plans.example", role: "viewer" });
  const raced = await Promise.allSettled(
    ["second", "third", "fourth"].map((name) => invite(ctx, { email: `${name}@plans.example`, role: "viewer" })),
  );
  expect(raced.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(invite(ctx, { email: "fifth@plans.example", role: "viewer" })).rejects.toMatchObject({ kind: "conflict", field: "email" });
  await invite(ctx, { email: "first@plans.example", role: "member" });
  const open = (await db.select().from(invitations).where(eq(invitations.tenantId, tenant.id))).filter((row) => row.revokedAt === null);
  expect(open).toHaveLength(plans.quickwin.members - 1);
});

test("as many exports a day as the plan has", async () => {
  const tenant = await quickwin();
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  let now = Date.now();
  const ctx = enterTenant(testCtx({ actor, now: () => now }), tenant, "owner");
  await requestExport(ctx);
  await db.update(dataExports).set({ status: "ready" }).where(eq(dataExports.tenantId, tenant.id));
  await expect(requestExport(ctx)).rejects.toMatchObject({ kind: "rate_limited", retryAfterS: expect.any(Number) });
  now += day + 1000;
  await requestExport(ctx);
});

test("an export that was refused, or that failed, is none of the day's", async () => {
  const tenant = await makeTenant({ plan: "essentials" });
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const ctx = enterTenant(testCtx({ actor }), tenant, "owner");
  const { exportsPerDay } = plans.essentials;
  const end = (status: "ready" | "failed") =>
    db
      .update(dataExports)
      .set({ status })
      .where(and(eq(dataExports.tenantId, tenant.id), eq(dataExports.status, "waiting")));
  const clicks = await Promise.allSettled(Array.from({ length: exportsPerDay + 1 }, () => requestExport(ctx)));
  const refused = clicks.flatMap((click) => (click.status === "rejected" ? [click.reason.kind] : []));
  expect(refused).toEqual(Array.from({ length: exportsPerDay }, () => "conflict"));
  await end("failed");
  for (let at = 0; at < exportsPerDay; at++) {
    await requestExport(ctx);
    await end("ready");
  }
  await expect(requestExport(ctx)).rejects.toMatchObject({ kind: "rate_limited" });
});

test("whoever asks for an export as another one is done is not told to come back in a day", async () => {
  const tenant = await makeTenant({ plan: "growth" });
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const ctx = enterTenant(testCtx({ actor }), tenant, "owner");
  await requestExport(ctx);
  // It is done between the write that was refused and the question why.
  const d1 = new Proxy(testEnv.DB, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (typeof found !== "function") return found;
      if (key !== "batch") return found.bind(target);
      return async (statements: D1PreparedStatement[]) => {
        const results = await target.batch(statements);
        await db.update(dataExports).set({ status: "ready" }).where(eq(dataExports.tenantId, tenant.id));
        return results;
      };
    },
  });
  await expect(requestExport({ ...ctx, db: openTenantDb(d1, tenant.id) })).rejects.toMatchObject({ kind: "conflict" });
});

test("a client's own people read as much of their log as the plan shows, and nothing of it is gone", async () => {
  const tenant = await quickwin();
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const at = (now: number) => enterTenant(testCtx({ actor, now: () => now }), tenant, "owner");
  await invite(at(Date.now() - 91 * day), { email: "old@plans.example", role: "viewer" });
  await invite(at(Date.now() - 89 * day), { email: "new@plans.example", role: "viewer" });
  const asked = { limit: 50 };
  const seen = async (as: Tenant, role: "owner" | "staff") =>
    (await listAudit(enterTenant(testCtx({ actor }), as, role), asked)).items.map(({ details }) => details.email);
  expect(await seen(tenant, "owner")).toEqual(["new@plans.example"]);
  expect(await seen({ ...tenant, plan: "growth" }, "owner")).toEqual(["new@plans.example", "old@plans.example"]);
  expect(await seen(tenant, "staff")).toHaveLength(2);
  expect(await db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id))).toHaveLength(2);
});

test("anybody of the client and the agency sees what the plan gives and how much of it is taken; nobody else does", async () => {
  const tenant = await quickwin();
  await connected(tenant, "shopify");
  const viewer = createCaller(testCtx({ actor: (await makeUser({ roles: [[tenant, "viewer"]] })).actor }));
  const own = { plan: "quickwin", connections: 3, members: 3, used: { connections: 1, members: 1 }, runDays: 90, logDays: 14 };
  expect(await viewer.clients.plan({ tenant: tenant.id })).toMatchObject(own);
  const agency = createCaller(testCtx({ actor: (await makeUser({ staff: true })).actor }));
  expect(await agency.clients.plan({ tenant: tenant.id })).toMatchObject(own);
  const stranger = createCaller(testCtx({ actor: (await makeUser({ roles: [[await makeTenant(), "owner"]] })).actor }));
  await expect(stranger.clients.plan({ tenant: tenant.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
});
