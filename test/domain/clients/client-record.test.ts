import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { maxBatch } from "#app/max-batch.ts";
import { openDb } from "#db/client.ts";
import { auditLog, connections, measurements, tenants } from "#db/schema/index.ts";
import type { Role } from "#db/words/tenants.ts";
import { everyOf } from "#server/catalog/job.ts";
import type { Tenant } from "#server/ctx.ts";
import { createClient } from "#server/domain/clients/create-client.ts";
import { describeClient } from "#server/domain/clients/describe-clients.ts";
import { beginIntake } from "#server/domain/connecting/begin-intake.ts";
import { newId } from "#server/ids.ts";
import type { AppRouter } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { comeBack, connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { clearRuns, makeRig } from "#test/domain/runs/rig.ts";
import { testSensor } from "#test/domain/runs/sensors.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { testOrigin } from "#test/variables.ts";

const db = openDb(testEnv.DB);
type Fields = Record<string, unknown>;

async function send(token: string, method: string, path: string, body?: unknown) {
  const answer = await ask(path, { method, headers: asPerson(token), ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: answer.status, body: (await answer.json()) as Fields & { error?: Fields } };
}
const personOf = async (tenant: Tenant, role: Role) => (await makeUser({ roles: [[tenant, role]] })).token;
const admin = async () => (await makeUser({ staff: true })).token;
const rowOf = async (id: string) => (await db.select().from(tenants).where(eq(tenants.id, id)))[0];

beforeEach(async () => {
  await clearRuns();
  await control();
  await control({ limits: false });
});

describe("whose record it is", () => {
  test("everybody of a client reads its record, without what the agency alone is to know", async () => {
    const tenant = await makeTenant({ tags: ["vip"], source: "script" });
    const owner = await makeUser({ roles: [[tenant, "owner"]] });
    for (const token of [owner.token, await personOf(tenant, "viewer")]) {
      const { status, body } = await send(token, "GET", `/api/clients/${tenant.id}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: tenant.id, plan: "growth", owner: owner.actor.email, klaviyo: null, updatedAt: tenant.updatedAt });
      expect(body).not.toHaveProperty("tags");
      expect(body).not.toHaveProperty("source");
    }
    expect((await send(await admin(), "GET", `/api/clients/${tenant.id}`)).body).toMatchObject({ tags: ["vip"], source: "script" });
    expect((await send(await personOf(await makeTenant(), "owner"), "GET", `/api/clients/${tenant.id}`)).status).toBe(404);
  });

  test("its owner and admins change what is theirs, and a field of the agency's is refused by its name, with nothing changed", async () => {
    const tenant = await makeTenant();
    const path = `/api/clients/${tenant.id}`;
    for (const role of ["owner", "admin"] as const) {
      const token = await personOf(tenant, role);
      expect(await send(token, "PATCH", path, { name: `By ${role}`, contactEmail: "new@contact.example" })).toMatchObject({
        status: 200,
        body: { name: `By ${role}`, contactEmail: "new@contact.example" },
      });
      for (const [field, value] of Object.entries({
        plan: "quickwin",
        status: "suspended",
        vertical: "custom",
        currency: "USD",
        tags: ["x"],
      })) {
        const refused = await send(token, "PATCH", path, { name: "Half", [field]: value });
        expect(refused, field).toMatchObject({ status: 400, body: { error: { kind: "invalid", field } } });
      }
    }
    for (const role of ["developer", "billing", "member", "viewer"] as const) {
      expect((await send(await personOf(tenant, role), "PATCH", path, { name: "Mine" })).status, role).toBe(403);
    }
    expect(await rowOf(tenant.id)).toMatchObject({ name: "By admin", plan: "growth", status: "active", currency: "GBP", tags: [] });
  });

  test("a change is dated, and one that changes nothing is not", async () => {
    const tenant = await makeTenant({ createdAt: 1000, updatedAt: 1000 });
    const token = await admin();
    await send(token, "PATCH", `/api/clients/${tenant.id}`, { name: tenant.name });
    expect(await rowOf(tenant.id)).toMatchObject({ updatedAt: 1000 });
    const before = Date.now();
    await send(token, "PATCH", `/api/clients/${tenant.id}`, { tags: [" vip ", "2026"], vertical: "custom" });
    const row = await rowOf(tenant.id);
    expect(row).toMatchObject({ tags: ["vip", "2026"], vertical: "custom" });
    expect(row?.updatedAt).toBeGreaterThanOrEqual(before);
  });
});

test("twenty tags are twenty, though one of them is given twice, and twenty-one are refused", async () => {
  const tenant = await makeTenant();
  const tags = Array.from({ length: 20 }, (_, at) => `tag ${at}`);
  const token = await admin();
  expect((await send(token, "PATCH", `/api/clients/${tenant.id}`, { tags: [...tags, "tag 0"] })).status).toBe(200);
  expect((await rowOf(tenant.id))?.tags).toEqual(tags);
  expect((await send(token, "PATCH", `/api/clients/${tenant.id}`, { tags: [...tags, "one more"] })).status).toBe(400);
});

describe("what stands in it", () => {
  test("a client that is taken in by hand or by a script says so, and names who is invited as its owner until one is in", async () => {
    const token = await admin();
    const id = `record-${Date.now().toString(36)}`;
    const facts = { id, name: "Record", vertical: "custom", plan: "growth", ownerEmail: "owner@record.example", tags: ["spring"] };
    expect(await send(token, "POST", "/api/clients", facts)).toMatchObject({
      status: 201,
      body: { source: "manual", owner: "owner@record.example", tags: ["spring"], vertical: "custom", status: "onboarding" },
    });
    const byScript = await createClient(testCtx({ actor: { type: "system", job: "create-client" } }), {
      id: `${id}-2`,
      name: "Script",
      vertical: "shopify",
      plan: "growth",
      locale: "en",
      currency: "EUR",
      timezone: "UTC",
    });
    expect(byScript.source).toBe("script");
  });

  test("one that was made from a Klaviyo account has that account's facts, and its counts once they are measured", async () => {
    const { actor, token } = await makeUser({ staff: true });
    const { browser } = await visit();
    const as = { ...browser, actor };
    const account = `R${Date.now().toString(36).slice(-5)}`;
    const { location } = await beginIntake(as, { provider: "klaviyo" });
    const consent = new URLSearchParams({ decision: "allow", other: account });
    const allowed = await fetch(location, { method: "POST", body: consent, redirect: "manual" });
    await comeBack(as, "klaviyo", new URL(allowed.headers.get("location") ?? "about:blank"));
    const [row] = await db.select().from(connections).where(eq(connections.connectedBy, actor.userId));
    const tenantId = row?.tenantId ?? "";
    const known = { accountId: row?.externalId, companyId: row?.externalId, testAccount: false, listCount: null, segmentCount: null };
    expect((await send(token, "GET", `/api/clients/${tenantId}`)).body).toMatchObject({ source: "klaviyo", klaviyo: known });
    const figure = (metric: string, day: string, value: number) =>
      ({ tenantId, job: "klaviyo-sensor", metric, day, dimension: "", value, measuredAt: Date.now() }) as const;
    await db
      .insert(measurements)
      .values([figure("lists", "2026-11-01", 3), figure("lists", "2026-11-02", 5), figure("segments", "2026-11-02", 7)]);
    // Another client's, of a later day, are not this one's.
    const stranger = await makeTenant();
    await db.insert(measurements).values({ ...figure("lists", "2026-11-03", 99), tenantId: stranger.id });
    const { body } = await send(token, "GET", `/api/clients?search=${tenantId}`);
    expect(body.clients).toMatchObject([{ id: tenantId, klaviyo: { ...known, listCount: 5, segmentCount: 7 }, health: expect.anything() }]);
    expect(body).toHaveProperty("next", null);
  });
});

describe("of two Klaviyo accounts the record has the one that jobs read:", () => {
  async function two() {
    const { browser, tenant } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", other: true });
    const own = eq(connections.tenantId, tenant.id);
    const [first, second] = await db.select().from(connections).where(own).orderBy(connections.id);
    if (!first || !second) throw new Error("there are not two accounts");
    const change = (id: string, to: Partial<typeof first>) => db.update(connections).set(to).where(eq(connections.id, id));
    const ctx = testTenantCtx(tenant, "staff");
    return { tenant, ctx, first, second, change, known: async () => (await describeClient(ctx)).klaviyo };
  }

  test("the one that was there first, over both doors", async () => {
    const { tenant, first, known } = await two();
    expect(await known()).toMatchObject({ accountId: first.externalId });
    const [listed] = (await send(await admin(), "GET", `/api/clients?search=${tenant.id}`)).body.clients as Fields[];
    expect(listed?.klaviyo).toMatchObject({ accountId: first.externalId });
  });

  test("the one that the client said", async () => {
    const { second, change, known } = await two();
    await change(second.id, { preferredAt: 5 });
    expect(await known()).toMatchObject({ accountId: second.externalId });
  });

  test("the one that allows it, where the first lacks permissions", async () => {
    const { first, second, change, known } = await two();
    await change(first.id, { scopesGranted: ["accounts:read"] });
    expect(await known()).toMatchObject({ accountId: second.externalId });
  });

  test("while all of them wait for a sign-in, the first; while none is connected, none", async () => {
    const { first, second, change, known } = await two();
    for (const { id } of [first, second]) await change(id, { status: "reconnect_needed" });
    expect(await known()).toMatchObject({ accountId: first.externalId });
    for (const { id } of [first, second]) await change(id, { status: "disconnected" });
    expect(await known()).toBeNull();
  });

  test("and no counts that were read from another one", async () => {
    const { tenant, first, second, change, known } = await two();
    await db.insert(measurements).values({
      tenantId: tenant.id,
      job: "klaviyo-sensor",
      metric: "lists",
      day: "2026-11-01",
      dimension: "",
      value: 3,
      measuredAt: 0,
    });
    expect(await known()).toMatchObject({ accountId: first.externalId, listCount: 3 });
    await change(first.id, { status: "disconnected" });
    expect(await known()).toMatchObject({ accountId: second.externalId, listCount: null });
  });
});

describe("the first success", () => {
  const oneStep = testSensor("first-sensor");
  const failing = testSensor("first-sensor", async () => {
    throw new Error("not yet");
  });

  test("ends the onboarding, once, with a line in the client's log", async () => {
    const rig = makeRig({ jobs: [oneStep] });
    const client = await rig.tenant({ status: "onboarding" });
    for (const _ of [1, 2]) {
      await rig.tick();
      await rig.work();
      rig.clock.advance(everyOf(oneStep) * 1000);
    }
    expect(await client.runs()).toMatchObject([{ status: "succeeded" }, { status: "succeeded" }]);
    expect(await rowOf(client.id)).toMatchObject({ status: "active" });
    const lines = await db.select().from(auditLog).where(eq(auditLog.tenantId, client.id));
    expect(lines.filter(({ action }) => action === "client.activated")).toHaveLength(1);
  });

  test.each(["hubspot", "slack"])("of who connects %s alone, which no job reads, is the account itself", async (provider) => {
    const tenant = await makeTenant({ status: "onboarding" });
    const { browser } = await visit(tenant);
    await connectThrough(browser, { tenant: tenant.id, provider });
    expect(await rowOf(tenant.id)).toMatchObject({ status: "active" });
  });

  test("of who connects what a job reads is that job's", async () => {
    const tenant = await makeTenant({ status: "onboarding" });
    const { browser } = await visit(tenant);
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    expect(await rowOf(tenant.id)).toMatchObject({ status: "onboarding" });
  });

  test("a failure ends no onboarding", async () => {
    const rig = makeRig({ jobs: [failing] });
    const client = await rig.tenant({ status: "onboarding" });
    await rig.tick();
    await rig.work();
    expect(await client.runs()).toMatchObject([{ errorKind: "defect" }]);
    expect(await rowOf(client.id)).toMatchObject({ status: "onboarding" });
  });
});

describe("what no input knows", () => {
  test("is refused by its name at every depth, over REST and over tRPC, before anything is done", async () => {
    const token = await admin();
    const tenant = await makeTenant();
    const stray = {
      kind: "invalid",
      field: "colour",
      issues: [{ field: "colour", code: "unknown_field", params: {}, message: "This field doesn’t exist." }],
      message: "colour: This field doesn’t exist.",
    };
    expect(await send(token, "PATCH", `/api/clients/${tenant.id}`, { name: "New", colour: "red" })).toMatchObject({
      status: 400,
      body: { error: { ...stray, code: "input_invalid", params: {} } },
    });
    expect(await send(token, "GET", "/api/clients?colour=red")).toMatchObject({ status: 400, body: { error: stray } });
    expect(await send(token, "POST", `/api/trpc/clients.update`, { tenant: tenant.id, name: "New", colour: "red" })).toMatchObject({
      status: 400,
      body: { error: { message: stray.message, data: { ...stray, code: "BAD_REQUEST", errorCode: "input_invalid" } } },
    });
    const owner = await personOf(tenant, "owner");
    expect(
      await send(owner, "PUT", `/api/connections/${tenant.id}/con_x/chosen`, { kind: "ga4_property", ids: [], name: { deep: 1 } }),
    ).toMatchObject({ status: 400, body: { error: { field: "name" } } });
    expect(await send(token, "POST", "/api/deletions/nobody", { whatever: 1 })).toMatchObject({ status: 404 });
    expect((await rowOf(tenant.id))?.name).toBe(tenant.name);
  });

  test("names of an object's own prototype are fields like any other", async () => {
    const answer = await send(await admin(), "POST", "/api/clients", JSON.parse('{"id":"x","constructor":1,"__proto__":2}'));
    expect(answer.body.error?.issues).toEqual(
      expect.arrayContaining([expect.objectContaining({ field: "constructor" }), expect.objectContaining({ field: "__proto__" })]),
    );
  });
});

describe("a client of tRPC", () => {
  const client = (token: string, more: RequestInit & { origin?: string }) =>
    createTRPCClient<AppRouter>({
      links: [
        httpBatchLink({
          url: `${testOrigin}/api/trpc`,
          maxItems: maxBatch,
          fetch: (url, init) => {
            const { origin = testOrigin } = more;
            const path = String(url).slice(testOrigin.length);
            return ask(path, { ...(init as RequestInit), headers: { ...asPerson(token), origin } });
          },
        }),
      ],
    });

  test("reads every refusal in its own shape: of a page elsewhere, of a body that is too long, of an address that is none", async () => {
    const token = await admin();
    const elsewhere = client(token, { origin: "https://evil.example" });
    const refused = { data: { code: "FORBIDDEN", httpStatus: 403, kind: "forbidden", requestId: expect.stringMatching(/^req_/) } };
    await expect(elsewhere.clients.setFeatures.mutate({ tenant: "nobody", features: {} })).rejects.toMatchObject(refused);
    const both = await Promise.allSettled([
      elsewhere.clients.setFeatures.mutate({ tenant: "nobody", features: {} }),
      elsewhere.me.revokeOtherSessions.mutate(),
    ]);
    for (const each of both) expect(each).toMatchObject({ status: "rejected", reason: refused });
    await expect(client(token, {}).clients.update.mutate({ tenant: "nobody", name: "x".repeat(300_000) })).rejects.toMatchObject({
      data: { code: "PAYLOAD_TOO_LARGE", httpStatus: 413 },
    });
    const nowhere = await send(token, "POST", "/api/trpc/no.such.thing", {});
    expect(nowhere).toMatchObject({ status: 404, body: { error: { data: { code: "NOT_FOUND", path: "no.such.thing" } } } });
  });

  test("more calls at once than one request may carry go in several, as our own pages send them", async () => {
    const { token } = await makeUser();
    const api = client(token, {});
    const answers = await Promise.all(Array.from({ length: 2 * maxBatch + 1 }, () => api.me.get.query()));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  });
});

describe("one's own clients at a provider", () => {
  test("are what the status names, and of nobody else's", async () => {
    const tenant = await makeTenant({ name: "Mine" });
    const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
    const theirs = await makeTenant();
    const row = (of: Tenant, name: string) => ({
      id: newId("con", Date.now()),
      tenantId: of.id,
      provider: "klaviyo",
      externalId: name,
      name,
      details: {},
      scopesAsked: [],
      scopesGranted: [],
      status: "active" as const,
      connectedBy: "usr",
      connectedAt: Date.now(),
    });
    await db.insert(connections).values([row(tenant, "Own"), row(theirs, "Theirs")]);
    const { status, body } = await send(token, "GET", "/api/integrations/klaviyo/status");
    expect(status).toBe(200);
    expect(body).toMatchObject({ provider: "klaviyo", configured: true, connected: true });
    expect(body.clients).toMatchObject([{ clientId: tenant.id, name: "Mine", connections: [{ account: "Own", status: "active" }] }]);
    expect((await send(token, "GET", "/api/integrations/nobody/status")).status).toBe(404);
    expect((await ask("/api/integrations/klaviyo/status")).status).toBe(401);
  });
});
