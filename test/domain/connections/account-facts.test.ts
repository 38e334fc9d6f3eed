import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, tenants } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { probeConnection } from "#server/domain/connections/probe-connection.ts";
import { updateClient } from "#server/domain/tenants/update-client.ts";
import { createCaller } from "#server/trpc/root.ts";
import { type Choice, connectThrough, visit } from "#test/domain/oauth/consent.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { sandboxOrigin } from "#test/variables.ts";

const db = openDb(testEnv.DB);
let shops = 0;

async function move(account: string, to: { currency?: string; timezone?: string }): Promise<void> {
  const answer = await fetch(`${sandboxOrigin}/__sandbox/places`, {
    method: "POST",
    body: JSON.stringify({ provider: "shopify", account, ...to }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function connectShop(tenant: Tenant, place: { currency: string; timezone: string }) {
  const shop = `facts-${Date.now()}-${shops++}.myshopify.com`;
  await move(shop, place);
  const choice: Choice = { account: shop, other: shop, shop, otherShop: shop };
  const { browser } = await visit(tenant);
  await connectThrough(browser, { tenant: tenant.id, provider: "shopify", choice });
  const [connection] = await db.select().from(connections).where(eq(connections.tenantId, tenant.id));
  if (!connection) throw new Error("the shop was not connected");
  return { shop, connection };
}

const clientOf = async ({ id }: Tenant) => {
  const [tenant] = await db.select().from(tenants).where(eq(tenants.id, id));
  if (!tenant) throw new Error("the client is gone");
  return tenant;
};
const actionsOf = async ({ id }: Tenant) => (await db.select().from(auditLog).where(eq(auditLog.tenantId, id))).map(({ action }) => action);

test("a shop that is connected tells the client's currency and time zone where nobody chose them", async () => {
  const tenant = await makeTenant({ currency: "EUR", timezone: "UTC" });
  await connectShop(tenant, { currency: "JPY", timezone: "Asia/Tokyo" });
  expect(await clientOf(tenant)).toMatchObject({ currency: "JPY", timezone: "Asia/Tokyo", currencyChosen: false, timezoneChosen: false });
  expect(await actionsOf(tenant)).toContain("client.updated");
});

test("what a person chose stays, each by itself", async () => {
  const tenant = await makeTenant({ currency: "EUR", timezone: "UTC" });
  await updateClient(testTenantCtx(tenant, "staff"), { currency: "USD" });
  await connectShop(await clientOf(tenant), { currency: "JPY", timezone: "Asia/Tokyo" });
  expect(await clientOf(tenant)).toMatchObject({ currency: "USD", timezone: "Asia/Tokyo" });
});

describe("a choice", () => {
  const staff = async () => createCaller(testCtx({ actor: (await makeUser({ staff: true })).actor }));
  const make = async (more: { currency?: string | null; timezone?: string | null }) =>
    (await staff()).clients.create({ id: `facts-${Date.now()}-${shops++}`, name: "Acme", vertical: "shopify", plan: "growth", ...more });
  const reload = (client: { id: string }) => clientOf(client as Tenant);

  test("is what was given when the client was made, also where it is what a client begins with; what was not given is none", async () => {
    expect(await make({ currency: "EUR" })).toMatchObject({
      currency: "EUR",
      currencyChosen: true,
      timezone: "UTC",
      timezoneChosen: false,
    });
    expect(await make({ timezone: "UTC" })).toMatchObject({
      currency: "EUR",
      currencyChosen: false,
      timezone: "UTC",
      timezoneChosen: true,
    });
    expect(await make({ currency: null, timezone: null })).toMatchObject({ currencyChosen: false, timezoneChosen: false });
  });

  test("of the euro stays when a shop in another currency connects, and the zone that nobody chose is the shop's", async () => {
    const tenant = await reload(await make({ currency: "EUR" }));
    await connectShop(tenant, { currency: "JPY", timezone: "Asia/Tokyo" });
    expect(await clientOf(tenant)).toMatchObject({ currency: "EUR", timezone: "Asia/Tokyo" });
  });

  test("of what is so already is a change of its own, once", async () => {
    const tenant = await makeTenant({ currency: "EUR", timezone: "UTC" });
    const api = await staff();
    expect(await api.clients.update({ tenant: tenant.id, currency: "EUR" })).toMatchObject({ currencyChosen: true, timezoneChosen: false });
    await api.clients.update({ tenant: tenant.id, currency: "EUR" });
    expect(await actionsOf(tenant)).toEqual(["client.updated"]);
    await connectShop(await clientOf(tenant), { currency: "JPY", timezone: "Asia/Tokyo" });
    expect(await clientOf(tenant)).toMatchObject({ currency: "EUR", timezone: "Asia/Tokyo" });
  });

  test("that is taken back leaves it to the shop again, and taking back what nobody chose changes nothing", async () => {
    const tenant = await makeTenant({ currency: "EUR", timezone: "UTC" });
    const api = await staff();
    await api.clients.update({ tenant: tenant.id, currency: null, timezone: null });
    expect(await actionsOf(tenant)).toEqual([]);
    await api.clients.update({ tenant: tenant.id, currency: "USD", timezone: "Europe/Paris" });
    await connectShop(await clientOf(tenant), { currency: "JPY", timezone: "Asia/Tokyo" });
    expect(await api.clients.update({ tenant: tenant.id, currency: null })).toMatchObject({
      currency: "JPY",
      currencyChosen: false,
      timezone: "Europe/Paris",
      timezoneChosen: true,
    });
  });

  test("is the client's own people's for the zone, and the agency's for the currency", async () => {
    const tenant = await makeTenant({ currency: "EUR", timezone: "UTC" });
    const own = createCaller(testCtx({ actor: (await makeUser({ roles: [[tenant, "owner"]] })).actor }));
    expect(await own.clients.updateSettings({ tenant: tenant.id, timezone: "UTC" })).toMatchObject({ timezoneChosen: true });
    await expect(own.clients.update({ tenant: tenant.id, currency: "EUR" })).rejects.toMatchObject({ cause: { field: "currency" } });
    expect(await clientOf(tenant)).toMatchObject({ currencyChosen: false });
  });
});

test("a zone that nobody knows is not the client's", async () => {
  const tenant = await makeTenant({ currency: "EUR", timezone: "Europe/Paris" });
  await connectShop(tenant, { currency: "KWD", timezone: "Mars/Olympus_Mons" });
  expect(await clientOf(tenant)).toMatchObject({ currency: "KWD", timezone: "Europe/Paris" });
});

test("a probe notices that the account counts in something else now, and says so once", async () => {
  const tenant = await makeTenant({ currency: "EUR", timezone: "UTC" });
  const { shop, connection } = await connectShop(tenant, { currency: "GBP", timezone: "Europe/London" });
  const ctx = testTenantCtx(await clientOf(tenant));
  await probeConnection(ctx, { connectionId: connection.id });
  expect(await actionsOf(tenant)).not.toContain("connection.account_changed");
  await move(shop, { currency: "USD", timezone: "America/Los_Angeles" });
  await probeConnection(ctx, { connectionId: connection.id });
  await probeConnection(ctx, { connectionId: connection.id });
  const [now] = await db.select().from(connections).where(eq(connections.id, connection.id));
  expect(now?.details).toEqual({ ...connection.details, currency: "USD", timezone: "America/Los_Angeles" });
  expect((await actionsOf(tenant)).filter((action) => action === "connection.account_changed")).toHaveLength(1);
  expect(await clientOf(tenant)).toMatchObject({ currency: "USD", timezone: "America/Los_Angeles" });
});
