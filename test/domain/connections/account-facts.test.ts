import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, tenants } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { probeConnection } from "#server/domain/connections/probe-connection.ts";
import { createClient } from "#server/domain/tenants/create-client.ts";
import { updateClient } from "#server/domain/tenants/update-client.ts";
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

test("a client made in a currency of its own has chosen it; one made with what the form begins with has not", async () => {
  const staff = testCtx({ actor: (await makeUser({ staff: true })).actor });
  const make = (more: { currency: string; timezone: string }) =>
    createClient(staff, { id: `facts-${Date.now()}-${shops++}`, name: "Acme", vertical: "shopify", plan: "growth", locale: "en", ...more });
  expect(await make({ currency: "HUF", timezone: "UTC" })).toMatchObject({ currencyChosen: true, timezoneChosen: false });
  expect(await make({ currency: "EUR", timezone: "Europe/Budapest" })).toMatchObject({ currencyChosen: false, timezoneChosen: true });
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
