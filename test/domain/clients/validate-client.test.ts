import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, dataKeys, memberships, schedules, secrets, tenants } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { createClient } from "#server/domain/clients/create-client.ts";
import { validateClient } from "#server/domain/clients/validate-client.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { connectThrough, control } from "#test/domain/connecting/consent.ts";
import { makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const db = openDb(testEnv.DB);
beforeEach(() => control({ limits: false }));
afterEach(() => control());

let count = 0;

/** A client that staff took in properly, whose owner has connected a shop. */
async function soundClient() {
  const { actor: staff } = await makeUser({ staff: true });
  count += 1;
  const tenant = await createClient(testCtx({ actor: staff }), {
    id: `sound-${Date.now().toString(36)}-${count}`,
    name: "Sound",
    vertical: "shopify",
    plan: "growth",
    locale: "en",
    currency: "GBP",
    timezone: "Europe/London",
    contactEmail: "somebody@example.com",
  });
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const browser = testCtx({ actor, ip: `198.18.0.${count}` });
  await connectThrough(browser, { tenant: tenant.id, provider: "shopify" });
  return { tenant, ctx: testTenantCtx(tenant) };
}

const codes = async (tenant: Tenant) => (await validateClient(testTenantCtx(tenant))).map(({ severity, code }) => `${severity} ${code}`);

test("a client that is taken in, owned and connected has nothing wrong", async () => {
  const { tenant } = await soundClient();
  expect((await codes(tenant)).filter((code) => code.startsWith("error"))).toEqual([]);
});

test("each thing that is missing or does not fit is said by its own code", async () => {
  const broken: [string, (of: Awaited<ReturnType<typeof soundClient>>) => Promise<unknown>][] = [
    ["error no_owner", ({ tenant }) => db.delete(memberships).where(eq(memberships.tenantId, tenant.id))],
    ["error secret_missing", ({ tenant }) => db.delete(secrets).where(eq(secrets.tenantId, tenant.id))],
    ["error secret_closed", ({ tenant }) => db.delete(dataKeys).where(eq(dataKeys.tenantId, tenant.id))],
    ["error secret_closed", ({ tenant }) => db.update(secrets).set({ sealed: "a1.1.moved" }).where(eq(secrets.tenantId, tenant.id))],
    [
      "error orphan_secret",
      ({ tenant }) => db.update(connections).set({ status: "disconnected" }).where(eq(connections.tenantId, tenant.id)),
    ],
    ["error no_schedule", ({ tenant }) => db.delete(schedules).where(eq(schedules.tenantId, tenant.id))],
    ["error schedule_differs", ({ tenant }) => db.update(schedules).set({ blocked: "suspended" }).where(eq(schedules.tenantId, tenant.id))],
    [
      "error reconnect_needed",
      ({ tenant }) => db.update(connections).set({ status: "reconnect_needed" }).where(eq(connections.tenantId, tenant.id)),
    ],
    ["error unknown_provider", ({ tenant }) => db.update(connections).set({ provider: "gone" }).where(eq(connections.tenantId, tenant.id))],
  ];
  for (const [code, breakIt] of broken) {
    const sound = await soundClient();
    await breakIt(sound);
    expect(await codes(sound.tenant), code).toContain(code);
  }
});

test("another timezone or currency than the shop's is minded, since its figures would look wrong", async () => {
  const { tenant } = await soundClient();
  await db.update(tenants).set({ currency: "CHF", timezone: "Asia/Tokyo" }).where(eq(tenants.id, tenant.id));
  const found = await codes({ ...tenant, currency: "CHF", timezone: "Asia/Tokyo" });
  expect(found).toEqual(expect.arrayContaining(["warning currency_differs", "warning timezone_differs"]));
});

test("what was disconnected properly leaves nothing behind to be found", async () => {
  const { tenant, ctx } = await soundClient();
  for (const { id } of await listConnections(ctx)) await disconnect(ctx, { connectionId: id });
  expect((await codes(tenant)).filter((code) => code.startsWith("error"))).toEqual([]);
  expect(await codes(tenant)).toContain("warning nothing_connected");
});
