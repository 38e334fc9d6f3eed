import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { shopify } from "#server/catalog/providers/shopify.ts";
import type { Tenant } from "#server/ctx.ts";
import { newcomer } from "#server/domain/connections/account-of.ts";
import { holdConnection, openField } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { renewTokens } from "#server/domain/tokens/renew-tokens.ts";
import { waysToTokens } from "#server/domain/tokens/ways-to-tokens.ts";
import { connectThrough, control, counted, visit } from "#test/domain/connecting/consent.ts";
import { type TestCtx, testCtx, testTenantCtx } from "#test/harness.ts";

// What waits for a provider's hiccup to pass waits in earnest elsewhere.
vi.mock("#server/domain/wire/pause.ts", () => ({
  pause: (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))),
}));

const exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

/** As an older app asked: without `expiring`, so that the token has no end. */
const asBefore: typeof fetch = (input, init) => {
  const old = typeof init?.body === "string" ? { ...init, body: init.body.replace('"expiring":"1"', '"expiring":"0"') } : init;
  return fetch(input, old);
};

let shops = 0;

/** A tenant whose shop was connected when tokens still had no end. Each test has a shop of its own. */
async function connectedLongAgo(): Promise<Tenant> {
  shops += 1;
  const shop = `lasting-${shops}.myshopify.com`;
  const { browser, tenant } = await visit(undefined, { outbound: asBefore });
  const choice = { account: shop, other: shop, shop, otherShop: shop };
  const next = await connectThrough(browser, { tenant: tenant.id, provider: "shopify", choice });
  expect(next.toast?.kind).toBe("success");
  await control();
  await control({ limits: false });
  return tenant;
}

async function held(tenant: Tenant, more: TestCtx = {}) {
  const ctx = testTenantCtx(tenant, "system", more);
  const [row] = await listConnections(ctx);
  if (!row) throw new Error("not connected");
  const connection = await holdConnection(ctx, row.id);
  return { ctx, row, connection, access: (await openField(ctx, connection, "access_token")) ?? "" };
}

const use = async (tenant: Tenant) => {
  const { ctx, connection } = await held(tenant);
  await shopify.probe(openAccount(ctx, connection));
};

const askedForTokens = async () =>
  (await counted()).calls.filter(({ path }) => path.endsWith("/access_token")).reduce((sum, { count }) => sum + count, 0);

describe("Shopify's token without an end", () => {
  test("works as it is, is due for an exchange, and is no business of who merely uses it", async () => {
    const tenant = await connectedLongAgo();
    const { connection, row } = await held(tenant);
    expect(row).toMatchObject({ status: "active", accessExpiresAt: null, refreshExpiresAt: null });
    expect(row.renewAt).not.toBeNull();
    expect(waysToTokens(connection)).toEqual([expect.objectContaining({ field: "access_token", retryable: false })]);
    await use(tenant);
    expect(await askedForTokens()).toBe(0);
  });

  test("is exchanged once for one that ends and rotates, and is dead from then on", async () => {
    const tenant = await connectedLongAgo();
    const before = await held(tenant);
    await renewTokens(before.ctx, before.connection);
    const after = await held(tenant);
    expect(after.row).toMatchObject({ status: "active", version: 2, leaseUntil: null, refreshFingerprint: null });
    expect(after.row.accessExpiresAt).toBeGreaterThan(Date.now() + 3_500_000);
    expect(after.row.refreshExpiresAt).toBeGreaterThan(Date.now() + 89 * 86_400_000);
    expect(after.access).not.toBe(before.access);
    await use(tenant);

    const { shop = null } = after.row.details;
    const old = newcomer(
      testCtx(),
      { provider: shopify, kind: "oauth", shop, secrets: { access_token: before.access }, fields: {} },
      "old",
    );
    await expect(shopify.probe(old)).rejects.toMatchObject({ kind: "revoked" });

    // From here on it is renewed as every other one.
    expect(waysToTokens(after.connection).map(({ field }) => field)).toEqual(["refresh_token"]);
    const late = await held(tenant, { now: () => Date.now() + 3_600_000 });
    await shopify.probe(openAccount(late.ctx, late.connection));
    expect((await held(tenant)).row).toMatchObject({ status: "active", version: 3 });
  });

  test("is exchanged once by however many want it at the same moment", async () => {
    const tenant = await connectedLongAgo();
    const { connection } = await held(tenant);
    const runs = Array.from({ length: 8 }, () => renewTokens(testTenantCtx(tenant, "system"), structuredClone(connection)));
    expect((await Promise.allSettled(runs)).map(({ status }) => status)).toEqual(Array(8).fill("fulfilled"));
    expect(await askedForTokens()).toBe(1);
    await use(tenant);
  });

  test("whose exchange was done and whose reply was lost needs a person, once it is used", async () => {
    const tenant = await connectedLongAgo();
    const { ctx, connection } = await held(tenant);
    await control({ faults: [{ provider: "shopify", kind: "token", grantType: exchangeGrant, count: 1, effect: { type: "reply_lost" } }] });
    await expect(renewTokens(ctx, connection)).rejects.toMatchObject({ kind: "unavailable" });
    expect((await held(tenant)).row).toMatchObject({ status: "active", leaseUntil: null, refreshStartedAt: expect.any(Number) });
    expect(await askedForTokens(), "what cannot be repeated is not sent twice").toBe(1);
    await expect(use(tenant)).rejects.toMatchObject({ kind: "revoked" });
    expect((await held(tenant)).row).toMatchObject({ status: "reconnect_needed", statusReason: "access_refused" });
  });

  test("whose exchange did not arrive is exchanged later, and works meanwhile", async () => {
    const tenant = await connectedLongAgo();
    const { ctx, connection } = await held(tenant);
    await control({
      faults: [{ provider: "shopify", kind: "token", grantType: exchangeGrant, count: 1, effect: { type: "error", status: 503 } }],
    });
    await expect(renewTokens(ctx, connection)).rejects.toMatchObject({ kind: "unavailable" });
    await use(tenant);
    const { coolUntil } = (await held(tenant)).row;
    const later = await held(tenant, { now: () => (coolUntil ?? Date.now()) + 1 });
    await renewTokens(later.ctx, later.connection);
    expect((await held(tenant)).row.accessExpiresAt).not.toBeNull();
    await use(tenant);
  });

  test("whose exchange is refused goes on working: a refusal says nothing against the token", async () => {
    for (const refusal of ["invalid_subject_token", "invalid_request"]) {
      const tenant = await connectedLongAgo();
      const refusing: typeof fetch = async (input, init) =>
        String(init?.body).includes(exchangeGrant) ? Response.json({ error: refusal }, { status: 400 }) : fetch(input, init);
      const { ctx, connection, access } = await held(tenant, { outbound: refusing });
      await expect(renewTokens(ctx, connection)).rejects.toMatchObject({ kind: "rejected" });
      const after = await held(tenant);
      expect(after.row).toMatchObject({ status: "active", leaseUntil: null, refreshStartedAt: null });
      expect(after.access).toBe(access);
      expect(ctx.traces.mails).toEqual([]);
      await use(tenant);
    }
  });

  test("that the shop took away is not exchanged: a person is asked, and what comes back has an end", async () => {
    const tenant = await connectedLongAgo();
    const { row } = await held(tenant);
    await control({ revoke: [{ provider: "shopify", account: row.details.shop ?? "" }] });
    await expect(use(tenant)).rejects.toMatchObject({ kind: "revoked" });
    expect(await askedForTokens()).toBe(0);
    expect((await held(tenant)).row).toMatchObject({ status: "reconnect_needed", statusReason: "access_refused" });

    const { browser } = await visit(tenant);
    const shop = row.details.shop ?? "";
    const choice = { account: shop, other: shop, shop, otherShop: shop };
    await connectThrough(browser, { tenant: tenant.id, provider: "shopify", choice, connection: row.id });
    const again = await held(tenant);
    expect(again.row).toMatchObject({ id: row.id, status: "active" });
    expect(again.row.accessExpiresAt).not.toBeNull();
  });
});
