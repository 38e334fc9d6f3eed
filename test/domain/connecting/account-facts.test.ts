import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, devMails, tenants } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { preferConnection } from "#server/domain/connecting/prefer-connection.ts";
import { adoptFacts } from "#server/domain/connections/adopt-facts.ts";
import { probeConnection } from "#server/domain/health/probe-connection.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { sandboxOrigin } from "#test/variables.ts";
import { type Choice, connectThrough, visit } from "./consent.ts";

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
  const connect = () => connectThrough(browser, { tenant: tenant.id, provider: "shopify", choice });
  await connect();
  const [connection] = await db.select().from(connections).where(eq(connections.tenantId, tenant.id));
  if (!connection) throw new Error("the shop was not connected");
  return { shop, connection, browser, connect };
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

describe("a change of what an account counts in", () => {
  const toldOf = ({ traces }: { traces: ReturnType<typeof testCtx>["traces"] }) =>
    traces.mails.flatMap((mail) => (mail.type === "mail.account_changed" ? [mail] : []));
  const mailsTo = (email: string) => db.select().from(devMails).where(eq(devMails.recipient, email));
  const rowOf = async (id: string) => (await db.select().from(connections).where(eq(connections.id, id)))[0];

  test("is told once, by mail to those who may connect accounts and on the client's pages, also where two probes see it at once", async () => {
    const tenant = await makeTenant({ name: "Moved Shop", currency: "EUR", timezone: "UTC" });
    const { shop, connection } = await connectShop(tenant, { currency: "GBP", timezone: "Europe/London" });
    const [owner, developer, viewer] = await Promise.all(
      (["owner", "developer", "viewer"] as const).map((role) => makeUser({ roles: [[tenant, role]] })),
    );
    await move(shop, { currency: "HUF" });
    const ctx = testTenantCtx(await clientOf(tenant));
    await Promise.all([1, 2].map(() => probeConnection(ctx, { connectionId: connection.id })));
    expect((await actionsOf(tenant)).filter((action) => action === "connection.account_changed")).toHaveLength(1);
    const [message, ...more] = toldOf(ctx);
    if (!message) throw new Error("nobody is told");
    expect(more).toEqual([]);
    await workMail(ctx, message);
    await workMail(ctx, message);
    const [letter, ...twice] = await mailsTo(owner?.actor.email ?? "");
    expect(twice).toEqual([]);
    expect(letter?.subject).toBe("Shopify for Moved Shop: currency or time zone changed");
    expect(letter?.text).toContain("Currency: HUF (was GBP)");
    expect(letter?.text).not.toContain("Time zone:");
    expect(letter?.text).toContain(`/t/${tenant.id}/integrations/shopify`);
    expect(await mailsTo(developer?.actor.email ?? "")).toHaveLength(1);
    expect(await mailsTo(viewer?.actor.email ?? "")).toEqual([]);

    const page = await ask(`/t/${tenant.id}`, { headers: { ...asPerson(viewer?.token ?? ""), accept: "text/html" } });
    expect(await page.text()).toMatch(/Currency: .HUF. \(was .GBP.\)/);
  });

  test("that another one followed is told by the mail of the later one alone, and one of an account that is gone by none", async () => {
    const tenant = await makeTenant();
    const { shop, connection } = await connectShop(tenant, { currency: "GBP", timezone: "Europe/London" });
    const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
    let now = Date.now();
    const ctx = testTenantCtx(tenant, "owner", { now: () => now });
    for (const timezone of ["Asia/Tokyo", "Europe/Paris"]) {
      await move(shop, { timezone });
      now += 60_000;
      await probeConnection(ctx, { connectionId: connection.id });
    }
    const messages = toldOf(ctx);
    expect(messages).toHaveLength(2);
    for (const message of messages) await workMail(ctx, message);
    expect((await mailsTo(actor.email)).map(({ text }) => text.match(/Time zone: .*/)?.[0])).toEqual([
      "Time zone: Europe/Paris (was Asia/Tokyo)",
    ]);
    await db.update(connections).set({ status: "disconnected" }).where(eq(connections.id, connection.id));
    await db.delete(devMails).where(eq(devMails.recipient, actor.email));
    for (const message of messages) await workMail(ctx, message);
    expect(await mailsTo(actor.email)).toEqual([]);
  });

  test("is noticed where the account is connected again as well, and stays noticed when it is connected once more", async () => {
    const tenant = await makeTenant();
    const { shop, connection, browser, connect } = await connectShop(tenant, { currency: "GBP", timezone: "Europe/London" });
    expect([connection.changed, toldOf(browser)]).toEqual([null, []]);
    await move(shop, { currency: "USD" });
    await connect();
    await connect();
    expect(await rowOf(connection.id)).toMatchObject({ changed: { at: expect.any(Number), currency: { from: "GBP", to: "USD" } } });
    expect(toldOf(browser)).toHaveLength(1);
    const lines = await db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id));
    expect(lines.filter(({ details }) => "changed" in details)).toHaveLength(1);
  });

  test("is none where the account says for the first time what it counts in", async () => {
    const tenant = await makeTenant();
    const { connection } = await connectShop(tenant, { currency: "GBP", timezone: "Europe/London" });
    await db
      .update(connections)
      .set({ details: { shop: connection.details.shop ?? "" } })
      .where(eq(connections.id, connection.id));
    const ctx = testTenantCtx(tenant);
    await probeConnection(ctx, { connectionId: connection.id });
    expect(await rowOf(connection.id)).toMatchObject({ details: { currency: "GBP", timezone: "Europe/London" }, changed: null });
    expect(toldOf(ctx)).toEqual([]);
  });
});

test("of two shops the one that the jobs read decides, also when another one is preferred later", async () => {
  const tenant = await makeTenant({ currency: "EUR", timezone: "UTC" });
  const { browser, connection } = await connectShop(tenant, { currency: "JPY", timezone: "Asia/Tokyo" });
  const second = `facts-${Date.now()}-${shops++}.myshopify.com`;
  await move(second, { currency: "USD", timezone: "America/New_York" });
  await connectThrough(browser, {
    tenant: tenant.id,
    provider: "shopify",
    choice: { account: second, other: second, shop: second, otherShop: second },
  });
  expect(await clientOf(tenant)).toMatchObject({ currency: "JPY", timezone: "Asia/Tokyo" });
  const all = await db.select().from(connections).where(eq(connections.tenantId, tenant.id));
  const other = all.find(({ id }) => id !== connection.id);
  await preferConnection(testTenantCtx(await clientOf(tenant)), { connectionId: other?.id ?? "" });
  expect(await clientOf(tenant)).toMatchObject({ currency: "USD", timezone: "America/New_York" });
  // One that waits for a sign-in is still the one that they wait for; one that was disconnected is not.
  await db
    .update(connections)
    .set({ status: "reconnect_needed" })
    .where(eq(connections.id, other?.id ?? ""));
  await adoptFacts(testTenantCtx(await clientOf(tenant)));
  expect(await clientOf(tenant)).toMatchObject({ currency: "USD" });
  await disconnect(testTenantCtx(await clientOf(tenant)), { connectionId: other?.id ?? "" });
  expect(await clientOf(tenant)).toMatchObject({ currency: "JPY", timezone: "Asia/Tokyo" });
});
