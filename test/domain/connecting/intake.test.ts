import { eq, inArray } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, tenants } from "#db/schema/index.ts";
import { oauthProviders } from "#server/catalog/providers/registry.ts";
import type { Ctx } from "#server/ctx.ts";
import { takeIn as takeInAccount } from "#server/domain/clients/take-in.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { beginIntake } from "#server/domain/connecting/begin-intake.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { enterFor } from "#server/domain/tenancy/enter-for.ts";
import { newId } from "#server/ids.ts";
import { createCallerFactory } from "#server/trpc/init.ts";
import { appRouter } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { asShown, begin, comeBack, connectThrough, control, decide, visit } from "./consent.ts";

const db = openDb(testEnv.DB);

beforeEach(() => control({ limits: false }));
afterEach(() => control());

let admins = 0;
async function admin() {
  const { actor, token } = await makeUser({ staff: true });
  return { browser: testCtx({ actor, ip: `192.0.2.${admins++}` }), actor, token };
}

/** An account of its own for each test: six characters, as Klaviyo's. */
let accounts = 0;
const newAccount = () => `T${String(Date.now()).slice(-3)}${String(accounts++).padStart(2, "0")}`;

async function takeIn(browser: Ctx, account: string, provider = "klaviyo", client?: string) {
  const { location } = await beginIntake(browser, { provider, client, shop: provider === "shopify" ? account : undefined });
  const form: Record<string, string> = provider === "shopify" ? { account } : { other: account };
  return comeBack(browser, provider, await allow(location, form));
}

/** The consent page allows an account that it does not list. */
async function allow(location: string, form: Record<string, string>): Promise<URL> {
  const answer = await fetch(location, { method: "POST", body: new URLSearchParams({ decision: "allow", ...form }), redirect: "manual" });
  return new URL(answer.headers.get("location") ?? "about:blank");
}

const clientOf = async (account: string) => {
  const rows = await db.select().from(connections).where(eq(connections.externalId, account));
  const found = await db
    .select()
    .from(tenants)
    .where(inArray(tenants.id, [...rows.map(({ tenantId }) => tenantId), ""]));
  return { rows, found };
};

test("a client is made from the account that an admin connects, with what the account says of itself", async () => {
  const { browser, actor } = await admin();
  const account = newAccount();
  const next = await takeIn(browser, account);
  const { rows, found } = await clientOf(account);
  expect(rows).toMatchObject([{ provider: "klaviyo", status: "active", connectedBy: actor.userId }]);
  expect(found).toMatchObject([
    {
      name: `Account ${account}`,
      contactName: `Account ${account}`,
      contactEmail: `hello@${account.toLowerCase()}.example`,
      timezone: "Europe/London",
      currency: "GBP",
      locale: "en",
      vertical: "shopify",
      status: "onboarding",
    },
  ]);
  expect(next).toEqual({
    location: `/admin/clients/${found[0]?.id}`,
    toast: { kind: "success", message: `Account ${account} is now a client, and Klaviyo is connected.` },
  });
});

test("connecting the same account again brings that client up to date, but for what somebody chose, and makes no second one", async () => {
  const { browser } = await admin();
  const account = newAccount();
  await takeIn(browser, account);
  const before = (await clientOf(account)).found[0];
  if (!before) throw new Error("no client was made");
  await updateClient(testTenantCtx(before, "staff"), { timezone: "Asia/Tokyo", contactName: "Somebody", name: "What we call them" });
  const next = await takeIn(browser, account);
  const { rows, found } = await clientOf(account);
  expect(rows).toHaveLength(1);
  // All of these were given by hand: none is the account's to change.
  expect(found).toMatchObject([
    { id: before.id, timezone: "Asia/Tokyo", currency: "GBP", contactName: "Somebody", name: "What we call them" },
  ]);
  expect(next).toMatchObject({ location: `/admin/clients/${before.id}`, toast: { message: expect.stringContaining("reconnected") } });
});

test("two admins who take the same account in at the same moment make one client", async () => {
  const [first, second] = [await admin(), await admin()];
  const account = newAccount();
  const answers = await Promise.all([takeIn(first.browser, account), takeIn(second.browser, account)]);
  expect(answers.map(({ toast }) => toast?.kind)).toEqual(["success", "success"]);
  const { rows, found } = await clientOf(account);
  expect([rows.length, found.length]).toEqual([1, 1]);
});

test("an account that a client connected by itself belongs to that client", async () => {
  const { browser: owner, tenant } = await visit();
  await connectThrough(owner, { tenant: tenant.id, provider: "shopify", other: true });
  const { browser } = await admin();
  const next = await takeIn(browser, "gamma.myshopify.com", "shopify");
  expect([next.location, next.toast?.kind]).toEqual([`/admin/clients/${tenant.id}`, "success"]);
});

test("an account that several clients have is left to a person", async () => {
  const account = newAccount();
  const { browser } = await admin();
  for (const _ of [1, 2]) {
    const { browser: owner, tenant } = await visit();
    await connectOwn(owner, tenant.id, account);
  }
  const next = await takeIn(browser, account);
  expect(next).toMatchObject({
    location: "/admin/new-client",
    toast: { kind: "error", message: expect.stringContaining("Several clients") },
  });
});

test("an account that its client has no more goes to nobody by itself: staff say whose it is, and what was read of it stays where it was", async () => {
  const { browser } = await admin();
  for (const end of ["disconnected", "reconnect_needed"] as const) {
    const account = newAccount();
    await takeIn(browser, account);
    const seller = (await clientOf(account)).found[0]?.id ?? "";
    await db.update(connections).set({ status: end }).where(eq(connections.externalId, account));
    const asked = await takeIn(browser, account);
    expect(asked.location).toBe(
      `/admin/new-client?${new URLSearchParams({ provider: "klaviyo", account: `Account ${account}`, among: seller })}`,
    );
    expect(asked.toast?.message).toMatch(/another client before/);
    expect((await clientOf(account)).rows).toMatchObject([{ tenantId: seller, status: end }]);

    const sold = await takeIn(browser, account, "klaviyo", "new");
    expect(sold.toast?.message).toMatch(/is now a client/);
    const { rows } = await clientOf(account);
    expect(rows.map(({ tenantId, status }) => [tenantId === seller, status]).sort()).toEqual(
      [
        [false, "active"],
        [true, end],
      ].sort(),
    );
    // From now on the live one decides, whoever is named.
    expect((await takeIn(browser, account)).location).toBe(sold.location);
    expect((await takeIn(browser, account, "klaviyo", seller)).toast?.message).toMatch(/Several clients/);
    expect((await clientOf(account)).rows).toHaveLength(2);
  }
});

/** An account that its client, which was made from it, gave up; another account of the same provider it keeps. */
async function soldOn(browser: Ctx) {
  const [sold, kept] = [newAccount(), newAccount()];
  await takeIn(browser, sold);
  const [row] = (await clientOf(sold)).rows;
  if (!row) throw new Error("no client was made");
  await connectOwn(browser, row.tenantId, kept);
  await disconnect(await enterFor(browser, row.tenantId), { connectionId: row.id });
  expect((await clientOf(kept)).rows).toMatchObject([{ tenantId: row.tenantId, status: "active" }]);
  return { sold, seller: row.tenantId };
}

async function connectOwn(browser: Ctx, tenant: string, account: string) {
  const { location } = await begin(browser, { provider: "klaviyo", tenant });
  return comeBack(browser, "klaviyo", await allow(location, { other: account }));
}

test("an account that was sold is asked about also where the seller, whose client was made from it, has another one", async () => {
  const { browser } = await admin();
  const { sold, seller } = await soldOn(browser);
  expect((await takeIn(browser, sold)).location).toContain(`among=${seller}`);
  expect((await clientOf(sold)).rows).toMatchObject([{ tenantId: seller, status: "disconnected" }]);
});

test("an account that its buyer connected is the buyer's alone, whatever other account the seller has", async () => {
  const { browser } = await admin();
  const { sold } = await soldOn(browser);
  const { browser: owner, tenant } = await visit();
  await connectOwn(owner, tenant.id, sold);
  expect(await takeIn(browser, sold)).toMatchObject({ location: `/admin/clients/${tenant.id}`, toast: { kind: "success" } });
});

test("an account whose client lost its access goes back to it when staff say so, and to nobody who never had it", async () => {
  const { browser } = await admin();
  const account = newAccount();
  const before = await takeIn(browser, account);
  await db.update(connections).set({ status: "disconnected" }).where(eq(connections.externalId, account));
  const stranger = await makeTenant();
  expect((await takeIn(browser, account, "klaviyo", stranger.id)).toast?.message).toMatch(/another client before/);
  const { found } = await clientOf(account);
  expect(await takeIn(browser, account, "klaviyo", found[0]?.id)).toMatchObject({ location: before.location, toast: { kind: "success" } });
  expect((await clientOf(account)).rows).toMatchObject([{ status: "active" }]);
});

test("a client that was made from an account whose id a demand erased does not get it back by its origin", async () => {
  const { browser } = await admin();
  const account = newAccount();
  await takeIn(browser, account);
  await db
    .update(connections)
    .set({ status: "disconnected", externalId: `erased:${account}` })
    .where(eq(connections.externalId, account));
  expect((await takeIn(browser, account)).location).toContain("among=");
  expect((await takeIn(browser, account, "klaviyo", "new")).toast?.kind).toBe("success");
  expect((await clientOf(account)).found).toHaveLength(1);
});

test("two admins who say that an account is a new client's make one", async () => {
  const { browser } = await admin();
  const account = newAccount();
  await takeIn(browser, account);
  await db.update(connections).set({ status: "disconnected" }).where(eq(connections.externalId, account));
  const second = await admin();
  await Promise.all([takeIn(browser, account, "klaviyo", "new"), takeIn(second.browser, account, "klaviyo", "new")]);
  expect((await clientOf(account)).rows.map(({ status }) => status).sort()).toEqual(["active", "disconnected"]);
});

test("who is asked whose an account is sees the clients that had it, and goes on with the answer", async () => {
  const { token } = await admin();
  const seller = await makeTenant({ name: "Former Owner" });
  const query = new URLSearchParams({ provider: "klaviyo", account: "Sold Shop", among: seller.id });
  const page = await (await ask(`/admin/new-client?${query}`, { headers: asPerson(token) })).text();
  expect(page).toMatch(/Which client has .*Sold Shop.* now/);
  expect(page).toContain(`Former Owner (${seller.id})`);
  const going = await (await ask(`/admin/new-client/klaviyo?client=${seller.id}`, { headers: asPerson(token) })).text();
  expect(going).toContain(`/api/integrations/klaviyo/oauth/start?client=${seller.id}`);
});

test("what an account calls itself becomes a name that its client may keep, and follows the account from then on", async () => {
  const { browser } = await admin();
  const provider = oauthProviders.find(({ id }) => id === "klaviyo");
  if (!provider) throw new Error("there is no Klaviyo on the shelf");
  const externalId = newAccount();
  const named = (name: string) =>
    takeInAccount(browser, provider, { externalId, name, details: { contact: "Visit evil.example", email: "No address" } });
  const { client } = await named("www.my-shop.com");
  expect(client.tenant).toMatchObject({ name: "my-shop.com", contactName: null, contactEmail: null });
  await db.insert(connections).values({
    ...{ id: newId("con", Date.now()), tenantId: client.tenant.id, provider: "klaviyo", externalId, name: "www.my-shop.com" },
    ...{ details: {}, scopesAsked: [], scopesGranted: [], status: "active", connectedBy: "test", connectedAt: Date.now() },
  });
  expect((await named("Amazon.com: Store")).client.tenant).toMatchObject({ id: client.tenant.id, name: "Amazon.com Store" });
});

test("a client whose address is taken already gets the next one", async () => {
  const account = newAccount();
  const taken = await makeTenant({ id: `account-${account.toLowerCase()}` });
  const { browser } = await admin();
  const next = await takeIn(browser, account);
  expect(next.location).toBe(`/admin/clients/${taken.id}-2`);
});

test("however many clients have the same address, there is one more", async () => {
  const { browser } = await admin();
  const account = newAccount();
  const slug = `account-${account.toLowerCase()}`;
  for (const id of [slug, ...Array.from({ length: 60 }, (_, at) => `${slug}-${at + 2}`)]) await makeTenant({ id });
  const next = await takeIn(browser, account);
  expect(next.toast?.kind).toBe("success");
  expect(next.location).toMatch(new RegExp(`^/admin/clients/${slug}-[0-9a-v]{5}$`));
});

test("only the agency's admins take clients in, and must still be one when the account comes back", async () => {
  const { browser: owner } = await visit();
  await expect(beginIntake(owner, { provider: "klaviyo" })).rejects.toMatchObject({ kind: "forbidden" });
  const { browser, actor } = await admin();
  const account = newAccount();
  const { location } = await beginIntake(browser, { provider: "klaviyo" });
  const callback = await allow(location, { other: account });
  const next = await comeBack({ ...browser, actor: { ...actor, staff: false } }, "klaviyo", callback);
  expect(next.toast?.kind).toBe("error");
  expect((await clientOf(account)).rows).toEqual([]);
});

test("a page elsewhere cannot start it, a provider without merchants' accounts cannot either, and a shop must be named", async () => {
  const { browser } = await admin();
  expect(asShown(browser, await beginIntake(browser, { provider: "klaviyo", fetchSite: "cross-site" })).toast?.message).toMatch(
    /start from this page/,
  );
  await expect(beginIntake(browser, { provider: "google" })).rejects.toMatchObject({ kind: "not_found" });
  expect(asShown(browser, await beginIntake(browser, { provider: "shopify", shop: "evil.example" })).toast?.message).toMatch(
    /shop address/,
  );
});

test("a person who denies makes no client, and a state that is replayed no second one", async () => {
  const { browser } = await admin();
  const { location } = await beginIntake(browser, { provider: "klaviyo" });
  const denied = await comeBack(browser, "klaviyo", await decide(location, { decision: "deny" }));
  expect(denied).toMatchObject({ location: "/admin/new-client", toast: { kind: "error" } });
  const account = newAccount();
  const again = await beginIntake(browser, { provider: "klaviyo" });
  const callback = await allow(again.location, { other: account });
  await comeBack(browser, "klaviyo", callback);
  // Whoever comes again is told what came of it, and makes no second one.
  expect((await comeBack(browser, "klaviyo", callback)).toast?.message).toMatch(/is now a client/);
  const { rows, found } = await clientOf(account);
  expect([rows.length, found.length, rows[0]?.version]).toEqual([1, 1, 1]);
});

test("many are taken in one after the other: each ends on the page that offers the next, and says who it was", async () => {
  const { browser } = await admin();
  for (const account of [newAccount(), newAccount()]) {
    const { location } = await beginIntake(browser, { provider: "klaviyo", return: "/admin/new-client?after=klaviyo" });
    const next = await comeBack(browser, "klaviyo", await allow(location, { other: account }));
    const client = (await clientOf(account)).found[0]?.id;
    expect(next).toMatchObject({ location: `/admin/new-client?after=klaviyo&client=${client}`, toast: { kind: "success" } });
  }
  const { location } = await beginIntake(browser, { provider: "klaviyo", return: "/%61pi/auth/oauth/klaviyo/authorize" });
  expect((await comeBack(browser, "klaviyo", await decide(location, { decision: "deny" }))).location).toBe("/admin/new-client");
});

test("an admin who connects accounts of many clients is asked which one it shall be, where the provider asks that", async () => {
  const { browser } = await admin();
  const tenant = await makeTenant();
  const promptOf = async (ctx: Ctx, tenant: string) =>
    new URL((await begin(ctx, { provider: "google", tenant })).location).searchParams.get("prompt");
  expect(await promptOf(browser, tenant.id)).toBe("consent select_account");
  const { browser: owner, tenant: own } = await visit();
  expect(await promptOf(owner, own.id)).toBe("consent");
});

test("over REST: start leads to the provider, status names who is connected, refresh renews and says so in the log, and none of it is for clients", async () => {
  const { browser, token } = await admin();
  const account = newAccount();
  await takeIn(browser, account);
  const client = (await clientOf(account)).found[0]?.id ?? "";
  const headers = asPerson(token);
  const start = await ask("/api/integrations/klaviyo/oauth/start", { headers });
  expect(start.status).toBe(303);
  expect(start.headers.get("location")).toMatch(/\/oauth\/authorize\?.*code_challenge=/);

  const status = await ask(`/api/integrations/klaviyo/oauth/status?clientId=${client}`, { headers });
  expect(await status.json()).toMatchObject({
    provider: "klaviyo",
    configured: true,
    connections: [{ clientId: client, status: "active" }],
  });

  const refreshed = await ask(`/api/integrations/klaviyo/oauth/refresh/${client}`, { headers, method: "POST", body: "{}" });
  expect(await refreshed.json()).toMatchObject([{ outcome: "renewed" }]);
  const lines = await db.select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.tenantId, client));
  expect(lines).toContainEqual({ action: "connection.renewed_by_hand" });

  const owner = { headers: asPerson((await visit()).token) };
  expect((await ask(`/api/integrations/klaviyo/oauth/status?clientId=${client}`, owner)).status).toBe(403);
  expect((await ask(`/api/integrations/klaviyo/oauth/refresh/${client}`, { ...owner, method: "POST", body: "{}" })).status).toBe(403);
  const nobody = createCallerFactory(appRouter)(testCtx());
  await expect(nobody.integrations.status({ provider: "klaviyo" })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});
