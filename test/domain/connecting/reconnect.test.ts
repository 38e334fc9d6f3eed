import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, occurrences, policies } from "#db/schema/index.ts";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import type { Tenant } from "#server/ctx.ts";
import { holdConnection, openField } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { renewTokens } from "#server/domain/tokens/renew-tokens.ts";
import { testEnv, testTenantCtx } from "#test/harness.ts";
import { choices, connectThrough, control, hurry, visit } from "./consent.ts";

const day = 86_400_000;

beforeEach(async () => {
  hurry();
  await control({ limits: false });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await control();
});

const silent = (provider: string) =>
  control({ limits: false, faults: [{ provider, kind: "token", effect: { type: "omit", fields: ["refresh_token"] } }] });

async function heldOf(tenant: Tenant, more: { now?: () => number } = {}) {
  const ctx = testTenantCtx(tenant, "system", more);
  const [row] = await listConnections(ctx);
  if (!row) throw new Error("not connected");
  const held = await holdConnection(ctx, row.id);
  return { ctx, row, held, refresh: await openField(ctx, held, "refresh_token") };
}

/** Connected with a refresh token, and again without one. */
async function reconnectedWithout(provider: string, between: (tenant: Tenant, id: string) => Promise<void> = async () => undefined) {
  const { browser, tenant } = await visit();
  await connectThrough(browser, { tenant: tenant.id, provider });
  const before = await heldOf(tenant);
  await between(tenant, before.row.id);
  await silent(provider);
  const next = await connectThrough(browser, { tenant: tenant.id, provider, connection: before.row.id });
  expect(next.toast?.kind).toBe("success");
  await control({ limits: false });
  return { tenant, before, after: await heldOf(tenant) };
}

describe("a reconnect that brings no refresh token", () => {
  test("keeps the one that works, finds out at once whether it still does, and takes its end from the older consent", async () => {
    const { tenant, before, after } = await reconnectedWithout("linkedin");
    expect(after.refresh).toBe(before.refresh);
    expect(after.row.refreshExpiresAt).toBe(before.row.refreshExpiresAt);
    expect(after.row.renewAt).toBeLessThanOrEqual(Date.now());
    const renewed = await renewTokens(after.ctx, after.held, { trigger: "cron" });
    expect(renewed.connection).toMatchObject({ status: "active", version: after.row.version + 1 });
    expect((await heldOf(tenant)).row.renewAt).toBeGreaterThan(Date.now() + 30 * day);
  });

  test("whose older one died with it works on to the end of its access token, and people are told of that end", async () => {
    const { tenant, before, after } = await reconnectedWithout("linkedin");
    await control({ limits: false, revoke: [{ provider: "linkedin", token: before.refresh }] });
    const alive = await renewTokens(after.ctx, after.held, { trigger: "cron" });
    expect(alive.connection).toMatchObject({
      status: "active",
      renewAt: null,
      cliffKind: "access",
      cliffAt: after.row.accessExpiresAt,
      leaseUntil: null,
    });
    const now = await heldOf(tenant);
    expect([now.refresh, now.row.refreshFingerprint]).toEqual([undefined, null]);
    await findOAuthProvider("linkedin").probe(openAccount(now.ctx, now.held));
    const late = await heldOf(tenant, { now: () => (now.row.accessExpiresAt ?? 0) + 1000 });
    await expect(findOAuthProvider("linkedin").probe(openAccount(late.ctx, late.held))).rejects.toMatchObject({ kind: "revoked" });
    expect((await heldOf(tenant)).row).toMatchObject({ status: "reconnect_needed", statusReason: "not_renewable" });
  });

  test("of a connection that waited for a person does not keep what was refused", async () => {
    const { after } = await reconnectedWithout("linkedin", async (tenant, id) => {
      await openDb(testEnv.DB)
        .update(connections)
        .set({ status: "reconnect_needed", statusReason: "refresh_refused" })
        .where(eq(connections.id, id));
      expect((await heldOf(tenant)).refresh).toBeDefined();
    });
    expect(after.refresh).toBeUndefined();
    expect(after.row).toMatchObject({ status: "active", renewAt: null, cliffKind: "access" });
  });

  test("is a dead connection all the same where the access token is dead too", async () => {
    const { after } = await reconnectedWithout("linkedin");
    await control({ limits: false, revoke: [{ provider: "linkedin", account: choices.linkedin?.account }] });
    await expect(renewTokens(after.ctx, after.held, { trigger: "cron" })).rejects.toMatchObject({ kind: "revoked" });
    expect((await listConnections(after.ctx))[0]).toMatchObject({ status: "reconnect_needed", statusReason: "refresh_refused" });
  });
});

test("an account that works again is told to what hears of it, once, where anything may act", async () => {
  for (const mode of ["shadow", "off"] as const) {
    const { browser, tenant } = await visit();
    const db = openDb(testEnv.DB);
    await db.insert(policies).values({
      ...{ tenantId: tenant.id, automation: "x", mode, holdout: 0, salt: "s", actionsADay: 1, peopleADay: 1, stakeADay: 1 },
      ...{ largestStake: 1, createdAt: 1, updatedAt: 1 },
    });
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    const { id } = (await heldOf(tenant)).row;
    const noted = () => db.select().from(occurrences).where(eq(occurrences.tenantId, tenant.id));
    // A consent of somebody whose account works is none.
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", connection: id });
    expect(await noted()).toEqual([]);
    await db.update(connections).set({ status: "reconnect_needed" }).where(eq(connections.id, id));
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", connection: id });
    const back = { kind: "connection_back", subject: `connection:${id}`, connectionId: id, facts: { provider: "klaviyo" } };
    expect(await noted()).toMatchObject(mode === "off" ? [] : [back]);
  }
});
