import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDb, openTenantDb } from "#db/client.ts";
import { auditLog, connections, debts, secrets } from "#db/schema/index.ts";
import { locales } from "#db/words/locales.ts";
import { findOAuthProvider, oauthProviders } from "#server/catalog/providers/registry.ts";
import type { Tenant } from "#server/ctx.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { agencyDebtor } from "#server/domain/connections/debtor.ts";
import { holdConnection, openField } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { claimDebts } from "#server/domain/tokens/claim-debts.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { oweGrant } from "#server/domain/tokens/owe.ts";
import { giveUpAfterMs, payDebt } from "#server/domain/tokens/pay-debt.ts";
import { createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { makeTenant, makeUser, type TestCtx, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1, killedAfterBatch } from "#test/interrupted-d1.ts";
import { voiceIn } from "#workers/voice.ts";

const database = openDb(testEnv.DB);
const minute = 60_000;
const hour = 60 * minute;
const given = oauthProviders.filter(({ oauth }) => oauth.revocation);

beforeEach(async () => {
  // The same account of other tenants, of the tests before this one, would keep the grant alive.
  await database.update(connections).set({ status: "disconnected" });
  await database.delete(debts);
  await control();
  await control({ limits: false });
});
afterEach(() => control());

async function connected(provider: string) {
  const { browser, tenant, token } = await visit();
  await connectThrough(browser, { tenant: tenant.id, provider });
  const ctx = testTenantCtx(tenant);
  const [row] = await listConnections(ctx);
  if (!row) throw new Error("not connected");
  return { tenant, browser, token, ctx, row };
}

const owed = () => database.select().from(debts);

/** Disconnects in a worker that dies with its next call of D1 after the batch that ended the connection. */
async function disconnectAndDie(tenant: Tenant, connectionId: string): Promise<void> {
  const ctx = testTenantCtx(tenant);
  const d1 = killedAfterBatch(testEnv.DB, async () => (await listConnections(testTenantCtx(tenant)))[0]?.status === "disconnected");
  const doomed = { ...testTenantCtx(tenant), db: openDb(d1), databases: { DB: d1 }, traces: ctx.traces };
  await expect(disconnect(doomed, { connectionId })).rejects.toThrow(/killed|Failed/);
}

/** The cron's tick at that time, and what it sent. */
async function tick(now: () => number, more: TestCtx = {}) {
  const ctx = testCtx({ actor: { type: "system", job: "cron" }, now, ...more });
  await claimDebts(ctx);
  for (const message of ctx.traces.tokens) await workToken(ctx, message);
  return ctx.traces;
}
const later = (ms: number) => () => Date.now() + ms;

const linesOf = async ({ id }: Tenant) =>
  (
    await database
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, id), eq(auditLog.action, "connection.access_returned")))
  ).map(({ details }) => details.farewell);

describe.each(given.map(({ id }) => id))("%s", (provider) => {
  test("a worker that dies after the end of a connection leaves a debt, and the cron gives the access back", async () => {
    const { tenant, row } = await connected(provider);
    await disconnectAndDie(tenant, row.id);
    expect(await database.select().from(secrets).where(eq(secrets.connectionId, row.id))).toEqual([]);
    expect(await owed()).toMatchObject([{ tenantId: tenant.id, connectionId: row.id, externalId: row.externalId, farewell: null }]);
    expect((await tick(later(minute))).tokens, "whoever wrote it may be at it").toEqual([]);
    // By then an access token of an hour has ended.
    await tick(later(2 * hour));
    expect(await owed()).toMatchObject([{ farewell: "returned", nextAt: null, accessSealed: null, refreshSealed: null }]);
    expect(await linesOf(tenant)).toEqual(["returned"]);
    expect((await tick(later(30 * hour))).tokens).toEqual([]);
  });

  test("a consent of which no connection was made is given back; nobody knew yet whose it was", async () => {
    const { tenant, ctx, row } = await connected(provider);
    const held = await holdConnection(ctx, row.id);
    const grant = {
      accessToken: (await openField(ctx, held, "access_token")) ?? "",
      refreshToken: await openField(ctx, held, "refresh_token"),
      expiresInS: row.accessExpiresAt === null ? null : 3600,
      refreshExpiresInS: undefined,
      scopes: row.scopesGranted,
    };
    const shop = row.details.shop ?? null;
    const owe = () => oweGrant(agencyDebtor(ctx), findOAuthProvider(provider), { grant, shop, reason: "not_kept" });
    // While a connection that was made of it lives, it is left: the worker died between storing and striking it out.
    const kept = await owe();
    await database
      .update(connections)
      .set({ connectedAt: Date.now() + 1000 })
      .where(eq(connections.id, row.id));
    await tick(later(6 * minute));
    expect(await owed()).toMatchObject([{ id: kept?.id, tenantId: "", externalId: row.externalId, farewell: "by_hand" }]);
    await findOAuthProvider(provider).probe(openAccount(ctx, await holdConnection(ctx, row.id)));
    await database.delete(debts);
    await database.update(connections).set({ status: "disconnected" }).where(eq(connections.id, row.id));
    await owe();
    await tick(later(6 * minute));
    expect(await owed()).toMatchObject([{ tenantId: "", farewell: "returned", accessSealed: null }]);
    expect(await linesOf(tenant)).toEqual([]);
  });
});

test("a fault of ours is tried at its times too, is an error in our log, and ends after its fourteen days", async () => {
  const { ctx, row } = await connected("klaviyo");
  await control({ limits: false, faults: [{ provider: "klaviyo", kind: "revoke", effect: { type: "error", status: 500 } }] });
  await disconnect(ctx, { connectionId: row.id });
  await database.update(debts).set({ provider: "no-longer-there" });
  const [before] = await owed();
  const now = before?.nextAt ?? 0;
  await tick(() => now);
  const [after] = await owed();
  expect(after).toMatchObject({ tries: (before?.tries ?? 0) + 1, farewell: null });
  expect(after?.nextAt ?? 0).toBeGreaterThan(now);
  await tick(() => (after?.nextAt ?? 0) + giveUpAfterMs);
  expect(await owed()).toMatchObject([{ farewell: "unreached", accessSealed: null }]);
});

describe("a provider that does not answer", () => {
  const silent = () =>
    control({ limits: false, faults: [{ provider: "klaviyo", kind: "revoke", effect: { type: "error", status: 500 } }] });

  test("is asked again, ever more seldom; the log says once that it is owed and once that it is paid", async () => {
    const { tenant, ctx, row } = await connected("klaviyo");
    await silent();
    expect(await disconnect(ctx, { connectionId: row.id })).toMatchObject({ farewell: "unreached" });
    const waits: number[] = [];
    let at = Date.now();
    for (let tries = 0; tries < 6; tries += 1) {
      const [debt] = await owed();
      waits.push((debt?.nextAt ?? 0) - at);
      at = debt?.nextAt ?? 0;
      const now = at;
      await silent();
      await tick(() => now);
    }
    expect(waits.every((wait, n) => n === 0 || wait > (waits[n - 1] ?? 0))).toBe(true);
    await control();
    const [debt] = await owed();
    expect(debt).toMatchObject({ tries: 7, farewell: null });
    await tick(() => debt?.nextAt ?? 0);
    expect(await owed()).toMatchObject([{ farewell: "returned" }]);
    expect(await linesOf(tenant)).toEqual(["unreached", "returned"]);
  });

  test("for fourteen days is given up: the tokens are destroyed, and the log says so", async () => {
    const { tenant, ctx, row } = await connected("klaviyo");
    await silent();
    await disconnect(ctx, { connectionId: row.id });
    await silent();
    const { lines } = await tick(later(giveUpAfterMs + minute));
    expect(await owed()).toMatchObject([{ farewell: "unreached", nextAt: null, accessSealed: null, refreshSealed: null }]);
    expect(await linesOf(tenant)).toEqual(["unreached", "unreached"]);
    expect(lines.join()).toContain("is given up");
  });

  test("is told on the client's pages and the admin's, with the next try, and once given up with how to remove it by hand", async () => {
    const { tenant, ctx, row, token } = await connected("klaviyo");
    const { token: staff } = await makeUser({ staff: true });
    const told = async (now = Date.now) => (await listIntegrations({ ...ctx, now })).flatMap(({ owed }) => owed);
    const pages = {
      [`/t/${tenant.id}/integrations`]: token,
      [`/t/${tenant.id}/integrations/klaviyo`]: token,
      [`/admin/clients/${tenant.id}`]: staff,
    };
    const say = async (words: string) => {
      for (const [path, as] of Object.entries(pages)) {
        const response = await ask(path, { headers: asPerson(as) });
        expect(response.status, path).toBe(200);
        expect((await response.text()).includes(words), `${path}: ${words}`).toBe(true);
      }
    };
    expect(await told()).toEqual([]);
    await silent();
    await disconnect(ctx, { connectionId: row.id });
    const [debt] = await owed();
    const { removal } = findOAuthProvider("klaviyo").oauth;
    const due = { id: debt?.id, account: row.name, since: debt?.owedAt, removal };
    expect(await told()).toEqual([{ ...due, nextAt: debt?.nextAt }]);
    const overdue = Date.now() + hour;
    expect(await told(() => overdue), "what is late is tried now").toEqual([{ ...due, nextAt: overdue }]);
    await say("not revoked yet");
    await say("Next try");
    expect((await listIntegrations(testTenantCtx(await makeTenant()))).flatMap(({ owed }) => owed)).toEqual([]);
    await silent();
    await tick(later(giveUpAfterMs + minute));
    expect(await told()).toEqual([{ ...due, nextAt: null }]);
    await say("was not revoked");
    await say(`Remove it there: ${removal?.en}`);
    await database.update(debts).set({ farewell: "returned" });
    expect(await told()).toEqual([]);
  });

  test("is not said to be a person's to mend while it is asked again", async () => {
    const { ctx, row } = await connected("klaviyo");
    await silent();
    const { remark } = await disconnect(ctx, { connectionId: row.id });
    expect(remark).toEqual({ code: "connection.left_retried", params: { provider: "Klaviyo" } });
    for (const locale of locales) expect(remark && voiceIn(locale).say(remark), locale).toContain("Klaviyo");
  });

  test("and was given up is settled by who removed it there: once, by who may disconnect, and by nobody else", async () => {
    const { tenant, browser, ctx, row, token } = await connected("klaviyo");
    await silent();
    await disconnect(ctx, { connectionId: row.id });
    const [debt] = await owed();
    const ref = { tenant: tenant.id, owedId: debt?.id ?? "" };
    const own = createCaller(browser);
    await expect(own.connections.settleOwed(ref), "we still try").rejects.toMatchObject({ code: "CONFLICT" });
    await silent();
    await tick(later(giveUpAfterMs + minute));
    const { actor: viewer } = await makeUser({ roles: [[tenant, "viewer"]] });
    await expect(createCaller(testCtx({ actor: viewer })).connections.settleOwed(ref)).rejects.toMatchObject({ code: "FORBIDDEN" });
    const { tenant: home, browser: stranger } = await visit();
    await expect(createCaller(stranger).connections.settleOwed({ ...ref, tenant: home.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const { actor: staff } = await makeUser({ staff: true });
    await expect(createCaller(testCtx({ actor: staff })).credentials.settleOwed({ owedId: ref.owedId })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await owed()).toMatchObject([{ farewell: "unreached" }]);

    const page = `/t/${tenant.id}/integrations/klaviyo`;
    const form = new URLSearchParams({ intent: "settle-owed", owedId: ref.owedId });
    const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded" };
    expect(await (await ask(page, { headers: asPerson(token) })).text()).toContain("I’ve removed it");
    expect((await ask(page, { method: "POST", headers, body: form.toString() })).status).toBe(302);
    await own.connections.settleOwed(ref);
    expect(await owed()).toMatchObject([{ farewell: "removed", nextAt: null }]);
    expect((await listIntegrations(ctx)).flatMap((each) => each.owed)).toEqual([]);
    const lines = await database
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, tenant.id), eq(auditLog.action, "connection.access_removed")));
    expect(lines.map(({ details }) => details)).toMatchObject([
      { connection: row.id, provider: "klaviyo", account: row.name, farewell: "removed" },
    ]);
  });

  test("and that the agency itself owes is shown to staff alone, and settled by them in the agency's own log", async () => {
    const { tenant, row, ctx } = await connected("klaviyo");
    const { actor: staff, token } = await makeUser({ staff: true });
    const held = await holdConnection(ctx, row.id);
    const grant = {
      accessToken: (await openField(ctx, held, "access_token")) ?? "",
      refreshToken: undefined,
      expiresInS: null,
      refreshExpiresInS: undefined,
      scopes: row.scopesGranted,
    };
    const debt = await oweGrant(agencyDebtor(ctx), findOAuthProvider("klaviyo"), { grant, shop: null, reason: "not_kept" });
    await database.update(connections).set({ status: "disconnected" });
    const page = async () => (await ask("/admin/credentials", { headers: asPerson(token) })).text();
    expect(await page(), "its consent may still be on its way").not.toContain("not revoked yet");
    await silent();
    await tick(later(6 * minute));
    expect(await page()).toContain("not revoked yet");
    await silent();
    await tick(later(giveUpAfterMs + minute));
    expect(await page()).toContain("was not revoked");
    const { browser } = await visit(tenant);
    await expect(createCaller(browser).credentials.owed()).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(createCaller(browser).connections.settleOwed({ tenant: tenant.id, owedId: debt?.id ?? "" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded" };
    const form = new URLSearchParams({ intent: "settle-owed", owedId: debt?.id ?? "" });
    expect((await ask("/admin/credentials", { method: "POST", headers, body: form.toString() })).status).toBe(302);
    expect(await createCaller(testCtx({ actor: staff })).credentials.owed()).toEqual([]);
    expect(await owed()).toMatchObject([{ id: debt?.id, farewell: "removed" }]);
    const lines = await database
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, ""), eq(auditLog.action, "connection.access_removed")));
    expect(lines).toMatchObject([{ actorId: staff.userId, details: { provider: "klaviyo", farewell: "removed" } }]);
  });

  test("says nothing of a consent that somebody is still at, until nobody comes", async () => {
    const { ctx, row } = await connected("klaviyo");
    const grant = {
      accessToken: "one",
      refreshToken: undefined,
      expiresInS: 3600,
      refreshExpiresInS: undefined,
      scopes: row.scopesGranted,
    };
    await oweGrant(ctx, findOAuthProvider("klaviyo"), { grant, shop: null, reason: "not_kept" });
    const told = async (now: () => number) => (await listIntegrations({ ...ctx, now })).flatMap(({ owed }) => owed);
    expect(await told(Date.now)).toEqual([]);
    expect(await told(later(6 * minute))).toMatchObject([{ account: "", nextAt: expect.any(Number) }]);
  });

  test("owes nothing any more for an account that is connected again", async () => {
    const { tenant, browser, ctx, row } = await connected("klaviyo");
    await silent();
    await disconnect(ctx, { connectionId: row.id });
    await control();
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    expect(await owed()).toMatchObject([{ farewell: "by_hand", accessSealed: null, nextAt: null }]);
    await tick(later(hour));
    await findOAuthProvider("klaviyo").probe(openAccount(ctx, await holdConnection(ctx, row.id)));
  });
});

test("tokens that do not open today are owed until their root key is back", async () => {
  const { ctx, row } = await connected("klaviyo");
  const [right] = ctx.config.VAULT_KEYS;
  if (!right) throw new Error("no root key");
  const wrong = { ...ctx, config: { ...ctx.config, VAULT_KEYS: [["k9", right[1]] satisfies [string, string]] } };
  expect(await disconnect(wrong, { connectionId: row.id })).toMatchObject({ farewell: "unreached" });
  await tick(later(hour));
  expect(await owed()).toMatchObject([{ farewell: "returned" }]);
});

test("a message that names another client pays nothing of it", async () => {
  const { tenant, row } = await connected("klaviyo");
  const { tenant: other } = await connected("google");
  await disconnectAndDie(tenant, row.id);
  const ctx = testCtx({ actor: { type: "system", job: "cron" } });
  for (const named of [other.id, ""]) await workToken(ctx, { v: 1, type: "token.give_back", tenant: named, connection: row.id });
  expect(await owed()).toMatchObject([{ farewell: null, tries: 0 }]);
});

describe("a token that must be renewed before its access can be given back", () => {
  async function endedDebt() {
    const { tenant, ctx, row } = await connected("klaviyo");
    const noRevoke = { provider: "klaviyo", kind: "revoke", effect: { type: "error", status: 503 } };
    await control({ limits: false, faults: [noRevoke] });
    await disconnect(ctx, { connectionId: row.id });
    await database.update(debts).set({ accessExpiresAt: 1 });
    const [debt] = await owed();
    if (!debt) throw new Error("nothing is owed");
    return { tenant, ctx, debt };
  }

  test("is renewed by one of two that come at once: the other takes nothing for gone", async () => {
    const { ctx, debt } = await endedDebt();
    expect(await Promise.all([payDebt(ctx, debt), payDebt(ctx, debt)])).toEqual(["unreached", "unreached"]);
    expect(await owed()).toMatchObject([{ farewell: null, accessSealed: expect.any(String), renewBegunAt: null }]);
    await control();
    const [now] = await owed();
    if (!now) throw new Error("nothing is owed");
    expect(await payDebt(ctx, now)).toBe("returned");
  });

  test("and was renewed since this try read it is not renewed by the token of before, which is refused for being used", async () => {
    const { ctx, debt } = await endedDebt();
    expect(await payDebt(ctx, debt)).toBe("unreached");
    expect(await payDebt(ctx, debt)).toBe("unreached");
    expect(await owed()).toMatchObject([{ farewell: null, accessSealed: expect.any(String) }]);
  });

  test("is said to be returned, where two come at once after the fourteen days and one of them returns it", async () => {
    const { tenant, ctx, debt } = await endedDebt();
    await control();
    await control({ limits: false });
    const late = { ...ctx, now: () => debt.owedAt + giveUpAfterMs + 1 };
    const answers = await Promise.all([payDebt(late, debt), payDebt(late, debt)]);
    expect(answers.sort()).toEqual(["returned", "unreached"]);
    expect(await owed()).toMatchObject([{ farewell: "returned" }]);
    const lines = await database
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, tenant.id), eq(auditLog.action, "connection.access_returned")));
    expect(lines.map(({ details }) => details.farewell)).toEqual(["unreached", "returned"]);
  });

  test("and was renewed by a worker that died before it kept what came is given up, and its people are told", async () => {
    const { tenant, ctx, debt } = await endedDebt();
    const dying = interruptedD1(testEnv.DB, (call) => {
      if (call.is === "prepare" && /^update "debts" set "access_sealed"/.test(call.query)) throw new Error("killed");
      return undefined;
    });
    await payDebt({ ...ctx, db: openTenantDb(dying, tenant.id) }, debt);
    const [begun] = await owed();
    expect(begun).toMatchObject({ farewell: null, renewBegunAt: expect.any(Number) });
    await control();
    await tick(() => (begun?.nextAt ?? 0) + minute);
    expect(await owed()).toMatchObject([{ farewell: "unreached", accessSealed: null }]);
    const integrations = await listIntegrations(ctx);
    expect(integrations.find(({ provider }) => provider === "klaviyo")?.owed).toHaveLength(1);
  });
});
