import { and, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb, openTenantDb } from "#db/client.ts";
import { auditLog, connections, deadLetters, runs, schedules, tenants } from "#db/schema/index.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import type { Tenant } from "#server/ctx.ts";
import { noteActivity } from "#server/domain/clients/note-activity.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { newId } from "#server/ids.ts";
import { describeError } from "#server/trpc/errors.ts";
import { createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";

const db = openDb(testEnv.DB);
const hour = 3_600_000;
let count = 0;
const slug = (name: string) => `${name}-${Date.now().toString(36)}${(count++).toString(36)}`;
const agency = async () => createCaller(testCtx({ actor: (await makeUser({ staff: true })).actor }));
const blockedOf = async (tenantId: string) =>
  (await db.select().from(schedules).where(eq(schedules.tenantId, tenantId))).map(({ blocked }) => blocked);
const actionsOf = async (tenantId: string) =>
  (await db.select().from(auditLog).where(eq(auditLog.tenantId, tenantId))).map(({ action }) => action);

async function connect(tenant: Tenant, more: Partial<typeof connections.$inferInsert> = {}) {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    id,
    tenantId: tenant.id,
    provider: "shopify",
    externalId: id,
    name: "A shop",
    details: {},
    scopesAsked: [],
    scopesGranted: ["read_orders", "read_products", "read_all_orders", "read_customers", "read_inventory"],
    status: "active",
    connectedBy: "usr",
    connectedAt: Date.now(),
    ...more,
  });
  return id;
}

test("a slug that is taken is a conflict that names the field, and changes nothing", async () => {
  const api = await agency();
  const taken = await makeTenant({ name: "First" });
  await expect(api.clients.create({ id: taken.id, name: "Second", vertical: "b2b", plan: "growth" })).rejects.toMatchObject({
    code: "CONFLICT",
    cause: { field: "id" },
  });
  expect((await api.clients.get({ tenant: taken.id })).name).toBe("First");
});

test("a client without an id has one that is made of its name; one that is taken, or can't be made, is told of the id", async () => {
  const api = await agency();
  const word = slug("derived");
  const wish = { vertical: "b2b", plan: "growth" } as const;
  expect((await api.clients.create({ ...wish, name: `Café ${word}` })).id).toBe(`cafe-${word}`.slice(0, 34));
  await expect(api.clients.create({ ...wish, name: `Cafe ${word}` })).rejects.toMatchObject({ code: "CONFLICT", cause: { field: "id" } });
  await expect(api.clients.create({ ...wish, name: "מתנות" })).rejects.toMatchObject({ code: "BAD_REQUEST", cause: { field: "id" } });
});

test("a client's name is one line of text: no line break, nothing unseen, no half a character", async () => {
  const api = await agency();
  const tenant = await makeTenant({ name: "First" });
  for (const name of ["a\r\nBcc: x@y.example", "a\u0000b", "a\ud800b"]) {
    await expect(api.clients.update({ tenant: tenant.id, name })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  }
  expect((await api.clients.update({ tenant: tenant.id, name: "  עברית 😀 " })).name).toBe("עברית 😀");
});

test("a job that is not on the shelf is refused by its name", async () => {
  const api = await agency();
  const tenant = await makeTenant();
  await expect(api.clients.setFeatures({ tenant: tenant.id, features: { "no-such-sensor": true } })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { field: "features.no-such-sensor" },
  });
});

test("an unknown client is not found, whatever its id looks like", async () => {
  const { token } = await makeUser({ staff: true });
  for (const id of ["nobody", "No_Slug", "ten_0000", "a%2Fb"]) {
    expect((await ask(`/api/clients/${id}`, { headers: asPerson(token) })).status, id).toBe(404);
    expect((await ask(`/api/health/${id}`, { headers: asPerson(token) })).status, id).toBe(404);
  }
});

test("a new client is onboarding, has a schedule for each job that waits for its connection, and an audit line", async () => {
  const { token } = await makeUser({ staff: true });
  const id = slug("new");
  const body = JSON.stringify({ id, name: " New Shop ", vertical: "shopify", plan: "quickwin", currency: "GBP" });
  const response = await ask("/api/clients", { method: "POST", headers: asPerson(token), body });
  expect(response.status).toBe(201);
  expect(await response.json()).toMatchObject({ id, name: "New Shop", status: "onboarding", locale: "en", currency: "GBP", features: {} });
  const blocked = await blockedOf(id);
  expect(blocked).toHaveLength(allJobs.length);
  expect(new Set(blocked)).toEqual(new Set(["not_connected"]));
  expect(await actionsOf(id)).toEqual(["client.created"]);
});

test("suspending a client stops its jobs, and bringing it back starts those that are connected", async () => {
  const api = await agency();
  const tenant = await makeTenant();
  await connect(tenant);
  await api.clients.update({ tenant: tenant.id, status: "suspended" });
  expect(new Set(await blockedOf(tenant.id))).toEqual(new Set(["suspended"]));
  await api.clients.update({ tenant: tenant.id, status: "active" });
  expect(new Set(await blockedOf(tenant.id))).not.toContain("suspended");
  expect(await actionsOf(tenant.id)).toEqual(["client.updated", "client.updated"]);
});

test("a job that a client does not want is off, and on again when it is left out", async () => {
  const { token } = await makeUser({ staff: true });
  const tenant = await makeTenant();
  const job = sensors[0]?.id ?? "";
  const put = (features: object) =>
    ask(`/api/clients/${tenant.id}/features`, { method: "PUT", headers: asPerson(token), body: JSON.stringify({ features }) });
  const enabled = async () =>
    (
      await db
        .select()
        .from(schedules)
        .where(and(eq(schedules.tenantId, tenant.id), eq(schedules.job, job)))
    )[0]?.enabled;
  expect((await put({ [job]: false })).status).toBe(200);
  expect(await enabled()).toBe(false);
  expect((await put({})).status).toBe(200);
  expect(await enabled()).toBe(true);
});

test("a client's own admin changes its name, locale and timezone, and nothing else", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "admin"]] });
  const api = createCaller(testCtx({ actor }));
  const smuggled = { tenant: tenant.id, name: "Renamed", timezone: "Asia/Jerusalem", plan: "quickwin", status: "suspended" };
  const changed = await api.clients.updateSettings(smuggled);
  expect(changed).toMatchObject({ name: "Renamed", timezone: "Asia/Jerusalem", plan: tenant.plan, status: "active" });
  await expect(api.clients.updateSettings({ tenant: tenant.id, timezone: "Mars/Olympus" })).rejects.toSatisfy(
    (error) => describeError(error).issues[0]?.code === "timezone_unknown",
  );
  const viewer = createCaller(testCtx({ actor: (await makeUser({ roles: [[tenant, "viewer"]] })).actor }));
  await expect(viewer.clients.updateSettings({ tenant: tenant.id, name: "Mine" })).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test.each(["www.my-shop.com", "Amazon.com: Store", "An\u200bna"])(
  "a client that a provider named %j saves its other settings, and is called so no more once it is renamed",
  async (name) => {
    const tenant = await makeTenant({ name });
    await db.update(tenants).set({ contactName: name }).where(eq(tenants.id, tenant.id));
    const { token } = await makeUser({ roles: [[tenant, "owner"]] });
    const save = async (called: string) => {
      const body = new URLSearchParams({ name: called, locale: "fr", timezone: "", contactName: name, contactEmail: "" });
      const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded" };
      return (await ask(`/t/${tenant.id}/settings/workspace`, { method: "POST", headers, body: body.toString() })).status;
    };
    const stored = async () => (await db.select().from(tenants).where(eq(tenants.id, tenant.id)))[0];
    expect(await save(name)).toBe(302);
    expect(await stored()).toMatchObject({ name, contactName: name, locale: "fr" });
    const patch = (change: object) =>
      ask(`/api/clients/${tenant.id}`, { method: "PATCH", headers: asPerson(token), body: JSON.stringify(change) });
    expect((await patch({ name, locale: "he" })).status).toBe(200);
    expect(await save("Renamed")).toBe(302);
    expect(await save(name)).toBe(422);
    const refused = await patch({ name });
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: { field: "name" } }]);
    expect(await stored()).toMatchObject({ name: "Renamed" });
  },
);

test("the list shows what went well and what did not, a client each", async () => {
  const api = await agency();
  const name = slug("Glance");
  const [quiet, busy] = [await makeTenant({ name: `${name} quiet` }), await makeTenant({ name: `${name} busy` })];
  const now = Date.now();
  await connect(busy);
  await connect(busy, { status: "reconnect_needed" });
  const run = (status: "failed" | "dead" | "succeeded", ago: number) => ({
    id: newId("run", now - ago),
    tenantId: busy.id,
    job: "shopify-sensor",
    slot: now - ago,
    trigger: "schedule" as const,
    status,
    availableAt: now,
    createdAt: now - ago,
  });
  await db.insert(runs).values([run("failed", hour), run("dead", 2 * hour), run("failed", 30 * hour), run("succeeded", 3 * hour)]);
  await db.insert(schedules).values({
    tenantId: busy.id,
    job: "shopify-sensor",
    everyS: 3600,
    nextAt: now,
    config: {},
    lastRunAt: now - hour,
    lastSuccessAt: now - 3 * hour,
  });
  const letter = (id: string, replayedAt: number | null) => ({
    id,
    queue: "atrium-dead",
    message: {},
    ofTenant: busy.id,
    runId: id,
    reason: "x",
    at: now,
    replayedAt,
  });
  await db.insert(deadLetters).values([letter(newId("ddl", now), null), letter(newId("ddl", now), now)]);
  const { items } = await api.clients.list({ search: name });
  const healthOf = (tenant: Tenant) => items.find(({ id }) => id === tenant.id)?.health;
  expect(healthOf(busy)).toEqual({
    connections: { active: 1, reconnectNeeded: 1, disconnected: 0 },
    lastRunAt: now - hour,
    lastSuccessAt: now - 3 * hour,
    failedRuns24h: 2,
    openDeadLetters: 1,
  });
  expect(healthOf(quiet)).toMatchObject({ connections: { active: 0 }, lastRunAt: null, failedRuns24h: 0 });
});

test("a client is found by any part of its name or id, however either is written", async () => {
  const api = await agency();
  const found = async (search: string) => (await api.clients.list({ search, limit: 50 })).items.map(({ id }) => id);
  const cases: [string, string[]][] = [
    ["Élodie Bijoux", ["élodie", "ELODIE", "elodie b", "bijou", "lodie", "E\u0301lodie", "é", "bi"]],
    ["Çelik Ev", ["çelik", "CELIK", "elik ev"]],
    ["ÖKO Laden", ["öko", "oko", "O\u0308KO"]],
    ["Straße & Søn", ["strasse", "STRASSE", "søn", "SON"]],
    ["Łódź Æther", ["lodz", "aether", "ÆTHER"]],
    ["İstanbul Halı", ["istanbul", "ISTANBUL", "hali"]],
    ["ΣΟΦΟΣ", ["σοφος", "σοφοσ"]],
    ["L’Atelier", ["l'atelier", "ATELIER"]],
    ["חנות הפרחים", ["חנות", "פרחים"]],
    ["株式会社花屋", ["花屋", "株式", "社花", "屋", "会社花屋"]],
    ["李小龍茶行", ["小龍", "龍", "李小龍茶行"]],
    ["カフェさくら Deux", ["さく", "ｶﾌｪ", "ら deux"]],
    ["Ô東京", ["東京", "o東"]],
    ["🌸🌸 Fleurs", ["🌸🌸", "🌸 fl"]],
    ['Say "100%"', ['"100%"', "100%"]],
  ];
  for (const [name, searches] of cases) {
    const tenant = await makeTenant({ name });
    for (const search of [...searches, tenant.id, tenant.id.slice(3)])
      expect({ name, search, found: (await found(search)).includes(tenant.id) }).toEqual({ name, search, found: true });
  }
  const quiet = await makeTenant({ name: "Quiet Fen" });
  for (const search of ["fen quiet", "quietfen", "%", "_uiet", "q*", '"', "ui"])
    expect({ search, found: (await found(search)).includes(quiet.id) }).toEqual({ search, found: false });
});

test("a client that is renamed, by whatever way, is found by its new name and no longer by the old one", async () => {
  const api = await agency();
  const found = async (search: string) => (await api.clients.list({ search, limit: 50 })).items.map(({ id }) => id);
  const tenant = await makeTenant({ name: "Before Names Ltd" });
  expect(await found("before names")).toEqual([tenant.id]);
  await api.clients.update({ tenant: tenant.id, name: "Après Names Ltd" });
  expect([await found("before names"), await found("apres names")]).toEqual([[], [tenant.id]]);
  await db.update(tenants).set({ name: "Third Names Ltd" }).where(eq(tenants.id, tenant.id));
  expect([await found("apres names"), await found("third names")]).toEqual([[], [tenant.id]]);
  await db.delete(tenants).where(eq(tenants.id, tenant.id));
  expect(await found("third names")).toEqual([]);
  expect(await db.all(sql`select rowid from client_search where client_search match '"third  names"'`)).toEqual([]);
});

test("ten thousand clients are paged and searched through an index", async () => {
  const prefix = slug("many");
  const now = Date.now();
  const rows = JSON.stringify(
    Array.from({ length: 10_000 }, (_, at) => ({ id: `${prefix}-${at}`, name: `Zebra ${prefix} ${at}`, at: now + at })),
  );
  await testEnv.DB.prepare(
    `insert into tenants (id, name, vertical, plan, status, locale, currency, timezone, features, created_at)
     select value->>'id', value->>'name', 'b2b', 'growth', 'active', 'en', 'EUR', 'UTC', '{}', value->>'at' from json_each(?)`,
  )
    .bind(rows)
    .run();
  const { actor } = await makeUser({ staff: true });
  const read: number[] = [];
  const counting = new Proxy(testEnv.DB, {
    get: (target, key) =>
      key === "prepare" ? (query: string) => counted(target.prepare(query), read) : bound(Reflect.get(target, key), target),
  });
  const ctx = testCtx({ actor });
  const api = createCaller({ ...ctx, directory: openDb(counting) });
  const first = await api.clients.list({ limit: 50 });
  const second = await api.clients.list({ limit: 50, cursor: first.next ?? "" });
  expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(100);
  expect(first.items.find(({ attention }) => attention === null)?.id).toBe(`${prefix}-9999`);
  const found = await api.clients.list({ search: `zebra ${prefix.toUpperCase()} 77`, limit: 50 });
  expect(found.items.map(({ id }) => id).sort()).toContain(`${prefix}-7777`);
  expect(found.items).toHaveLength(50);
  expect((await api.clients.list({ search: `${prefix}-42`, status: "active" })).items.length).toBe(25);
  expect(Math.max(...read)).toBeLessThan(700);
  await db.delete(tenants).where(eq(tenants.timezone, "UTC"));
});

const bound = (value: unknown, target: object) => (typeof value === "function" ? value.bind(target) : value);

/** drizzle reads through `raw`, which tells no meta: ask for the meta beside it. */
function counted(statement: D1PreparedStatement, read: number[]): D1PreparedStatement {
  return new Proxy(statement, {
    get(target, key) {
      if (key === "bind") return (...values: unknown[]) => counted(target.bind(...values), read);
      if (key !== "raw") return bound(Reflect.get(target, key), target);
      return async () => {
        const { meta } = await target.all();
        read.push(meta.rows_read);
        return target.raw();
      };
    },
  });
}

test("health tells of each integration what is stored of it, and of those that were never connected", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
  const now = Date.now();
  await connect(tenant, { accessExpiresAt: now + hour, lastSuccessAt: now - hour, probedAt: now, probeResult: "ok" });
  await connect(tenant, {
    provider: "klaviyo",
    status: "reconnect_needed",
    statusReason: "refresh_refused",
    accessExpiresAt: now,
  });
  const response = await ask(`/api/health/${tenant.id}`, { headers: asPerson(token) });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    tenant: tenant.id,
    healthy: false,
    integrations: expect.arrayContaining([
      expect.objectContaining({
        provider: "shopify",
        connected: true,
        tokenValidUntil: now + hour,
        lastSuccessAt: now - hour,
        probe: { at: now, result: "ok" },
      }),
      expect.objectContaining({ provider: "klaviyo", connected: false, status: "reconnect_needed", tokenValidUntil: null, probe: null }),
    ]),
  });
  const stranger = await makeUser({ roles: [[await makeTenant(), "owner"]] });
  expect((await ask(`/api/health/${tenant.id}`, { headers: asPerson(stranger.token) })).status).toBe(404);
  const staff = await makeUser({ staff: true });
  expect((await ask(`/api/health/${tenant.id}`, { headers: asPerson(staff.token) })).status).toBe(200);
});

test("the audit log is paged by its cursor, and a tenant sees its own lines alone", async () => {
  const tenant = await makeTenant();
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  const api = await agency();
  for (const name of ["One", "Two", "Three"]) await api.clients.update({ tenant: tenant.id, name });
  const own = createCaller(testCtx({ actor: owner.actor }));
  const first = await own.audit.list({ tenant: tenant.id, limit: 2 });
  const rest = await own.audit.list({ tenant: tenant.id, limit: 2, cursor: first.next ?? "" });
  expect([...first.items, ...rest.items].map(({ details }) => details.name).sort()).toEqual(["One", "Three", "Two"]);
  expect(rest.next).toBeNull();
  expect(new Set([...first.items, ...rest.items].map(({ tenantId }) => tenantId))).toEqual(new Set([tenant.id]));
  const all = await api.audit.all({ tenantId: tenant.id, action: "client.updated" });
  expect(all.items).toHaveLength(3);
  expect(all.items[0]).toMatchObject({ actorType: "staff" });
  const viewer = createCaller(testCtx({ actor: (await makeUser({ roles: [[tenant, "viewer"]] })).actor }));
  await expect(viewer.audit.list({ tenant: tenant.id })).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a client's last activity is its own people's, to the hour", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "viewer"]] });
  const stranger = await makeUser({ staff: true });
  const at = async () => (await testCtx().directory.select().from(tenants).where(eq(tenants.id, tenant.id)))[0]?.lastActivityAt;
  const now = Date.now();
  await noteActivity(testCtx({ actor: stranger.actor, now: () => now }), tenant.id);
  expect(await at()).toBeNull();
  await noteActivity(testCtx({ actor, now: () => now }), tenant.id);
  await noteActivity(testCtx({ actor, now: () => now + 60_000 }), tenant.id);
  expect(await at()).toBe(now);
  await noteActivity(testCtx({ actor, now: () => now + 3_700_000 }), tenant.id);
  expect(await at()).toBe(now + 3_700_000);
});

test("a change whose schedules cannot be written is done all the same, made up for by the next tick, and stands in the log", async () => {
  const tenant = await makeTenant({ status: "suspended" });
  const ctx = testTenantCtx(tenant, "staff");
  while ((await alignSchedules(ctx, sensors)) > 0);
  const away = interruptedD1(testEnv.DB, ({ is }) => {
    if (is === "batch") throw new Error("D1 is away");
    return undefined;
  });
  expect(await updateClient({ ...ctx, db: openTenantDb(away, tenant.id) }, { status: "active" })).toMatchObject({ status: "active" });
  expect(new Set(await blockedOf(tenant.id))).toEqual(new Set(["suspended"]));
  await alignSchedules(ctx, sensors);
  expect(new Set(await blockedOf(tenant.id))).toEqual(new Set(["not_connected"]));
  expect(await actionsOf(tenant.id)).toEqual(["client.updated"]);
});
