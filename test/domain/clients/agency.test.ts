import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, dataKeys, deadLetters, runs, secrets } from "#db/schema/index.ts";
import type { RunStatus } from "#db/words/runs.ts";
import type { Tenant } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { newId } from "#server/ids.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const hour = 3_600_000;

async function agency() {
  const { actor } = await makeUser({ staff: true });
  return { actor, api: createCaller(testCtx({ actor })) };
}

async function makeRun(tenant: Tenant, { status, ago, job = "shopify-sensor" }: { status: RunStatus; ago: number; job?: string }) {
  const at = Date.now() - ago;
  const id = newId("run", at);
  await db.insert(runs).values({
    id,
    tenantId: tenant.id,
    job,
    slot: at,
    trigger: "schedule",
    status,
    availableAt: at,
    createdAt: at,
    startedAt: at,
    finishedAt: at,
  });
  return id;
}

async function makeLetter(tenant: Tenant, more: Partial<typeof deadLetters.$inferInsert> = {}) {
  const id = newId("ddl", Date.now());
  await db
    .insert(deadLetters)
    .values({ id, queue: "runs", message: {}, ofTenant: tenant.id, reason: "unavailable", at: Date.now(), ...more });
  return id;
}

async function makeConnection(tenant: Tenant, { accessExpiresAt }: { accessExpiresAt: number }) {
  const id = newId("con", Date.now());
  const connection = { id, tenantId: tenant.id, provider: "klaviyo", externalId: id, name: "An account", details: {}, scopesAsked: [] };
  await db.batch([
    db.insert(connections).values({
      ...connection,
      scopesGranted: [],
      status: "active",
      connectedBy: "usr",
      connectedAt: Date.now(),
      accessExpiresAt,
      renewAt: accessExpiresAt,
    }),
    db.insert(secrets).values({
      tenantId: tenant.id,
      connectionId: id,
      field: "access_token",
      sealed: "a1.1.sealed-value-of-.secret-part-of-a-sealed-value",
      createdAt: Date.now(),
    }),
    db.insert(dataKeys).values({ tenantId: tenant.id, version: 1, rootKeyId: "an-old-key", wrapped: "wrapped-key", createdAt: Date.now() }),
  ]);
  return id;
}

test("what only the agency sees is forbidden to an owner", async () => {
  const tenant = await makeTenant();
  const owner = createCaller(testCtx({ actor: (await makeUser({ roles: [[tenant, "owner"]] })).actor }));
  for (const asked of [
    owner.health.agency(),
    owner.credentials.list({}),
    owner.credentials.coverage(),
    owner.deadLetters.list({ tenantId: tenant.id }),
    owner.incidents.list({}),
    owner.runs.all({ tenantId: tenant.id }),
    owner.renewals.due({ tenantId: tenant.id }),
  ])
    await expect(asked).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a run that failed yesterday or went well, and a letter that was replayed, do not wait for an admin", async () => {
  const { api } = await agency();
  const tenant = await makeTenant();
  const before = await api.health.agency();
  await makeRun(tenant, { status: "succeeded", ago: hour });
  await makeRun(tenant, { status: "failed", ago: 25 * hour });
  await makeLetter(tenant, { replayedAt: Date.now() });
  expect(await api.health.agency()).toEqual(before);
  await makeRun(tenant, { status: "failed", ago: hour });
  await makeRun(tenant, { status: "dead", ago: 2 * hour });
  await makeLetter(tenant);
  expect(await api.health.agency()).toEqual({
    failedRuns24h: before.failedRuns24h + 2,
    openDeadLetters: before.openDeadLetters + 1,
    openIncidents: [],
    unreadNotices: before.unreadNotices,
  });
});

test("runs are asked for from an instant on", async () => {
  const { api } = await agency();
  const tenant = await makeTenant();
  const fresh = await makeRun(tenant, { status: "succeeded", ago: hour });
  await makeRun(tenant, { status: "succeeded", ago: 3 * hour });
  const { items } = await api.runs.all({ tenantId: tenant.id, since: Date.now() - 2 * hour });
  expect(items.map(({ id }) => id)).toEqual([fresh]);
});

test("dead letters of one client are asked for without the others', each with who replayed it", async () => {
  const { api, actor } = await agency();
  const tenant = await makeTenant();
  await makeLetter(await makeTenant());
  const open = await makeLetter(tenant);
  const replayed = await makeLetter(tenant, { replayedAt: Date.now(), replayedBy: actor.userId });
  const all = await api.deadLetters.list({ tenantId: tenant.id });
  expect(new Map(all.items.map(({ id, replayedByName }) => [id, replayedByName]))).toEqual(
    new Map([
      [open, null],
      [replayed, "Test Person"],
    ]),
  );
  const waiting = await api.deadLetters.list({ tenantId: tenant.id, open: true });
  expect(waiting.items.map(({ id }) => id)).toEqual([open]);
});

test("the audit log is searched by a person's address, and an address of nobody finds nothing", async () => {
  const { api, actor } = await agency();
  const tenant = await makeTenant();
  await api.clients.update({ tenant: tenant.id, name: "Renamed" });
  const { items } = await api.audit.all({ actorId: actor.email.toUpperCase() });
  expect(items).toMatchObject([{ action: "client.updated", actorId: actor.userId, actorName: "Test Person", tenantId: tenant.id }]);
  expect((await api.audit.all({ actorId: "nobody@example.com" })).items).toEqual([]);
});

test("a line of the audit log says which account of which provider it is about", async () => {
  const { api } = await agency();
  const tenant = await makeTenant();
  await commit(testTenantCtx(tenant), "connection.connected", { provider: "hubspot", account: "Acme" }, []);
  await commit(testTenantCtx(tenant), "client.updated", {}, []);
  const { items } = await api.audit.all({ tenantId: tenant.id });
  expect(items.map(({ about }) => about)).toEqual([null, "HubSpot, Acme"]);
});

test("credentials are shown by name and key, never by value, and one client's alone where it is asked for", async () => {
  const { api } = await agency();
  const tenant = await makeTenant();
  const connectionId = await makeConnection(tenant, { accessExpiresAt: Date.now() + hour });
  await makeConnection(await makeTenant(), { accessExpiresAt: Date.now() + hour });
  const page = await api.credentials.list({ tenantId: tenant.id });
  expect(page.credentials).toMatchObject([
    { tenant: tenant.id, connection: connectionId, providerName: "Klaviyo", field: "access_token", rootKeyId: "an-old-key" },
  ]);
  expect(JSON.stringify(page)).not.toMatch(/sealed-value|wrapped-key/);
});

test("data keys under an older root key are not covered", async () => {
  const { api } = await agency();
  const before = await api.credentials.coverage();
  await makeConnection(await makeTenant(), { accessExpiresAt: Date.now() + hour });
  expect(await api.credentials.coverage()).toEqual({ total: before.total + 1, current: before.current });
});

test("a dry run for one client names its ending tokens, and no other client's", async () => {
  const { api } = await agency();
  const tenant = await makeTenant();
  const ending = await makeConnection(tenant, { accessExpiresAt: Date.now() });
  const elsewhere = await makeConnection(await makeTenant(), { accessExpiresAt: Date.now() });
  const own = await api.renewals.due({ tenantId: tenant.id });
  expect(own.map(({ connection }) => connection)).toEqual([ending]);
  const all = (await api.renewals.due({})).map(({ connection }) => connection);
  expect(all).toEqual(expect.arrayContaining([ending, elsewhere]));
});
