import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sayError } from "#app/i18n/error-words.ts";
import { openDb } from "#db/client.ts";
import { connections, dataKeys, debts, secrets } from "#db/schema/index.ts";
import { locales } from "#db/words/locales.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { refreshResources } from "#server/domain/connecting/refresh-resources.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { ofConnection } from "#server/domain/connections/of-connection.ts";
import { claimProbes } from "#server/domain/health/claim-probes.ts";
import { probeConnection } from "#server/domain/health/probe-connection.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { reconnectLetter } from "#server/domain/mail/write-letter.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { currentDataKey } from "#server/domain/vault/data-keys.ts";
import { vaultClosed } from "#server/domain/vault/require-vault.ts";
import { rotateRootKey } from "#server/domain/vault/rotate-root-key.ts";
import { subscribeEvents } from "#server/domain/webhooks/subscribe-events.ts";
import type { DomainError } from "#server/errors.ts";
import { describeError, httpStatusOf } from "#server/trpc/errors.ts";
import { ask, asPerson } from "#test/ask.ts";
import { begin, comeBack, connectThrough, control, decide, visit } from "#test/domain/connecting/consent.ts";
import { makeTenant, makeUser, type TestCtx, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const database = openDb(testEnv.DB);
const minute = 60_000;
const hour = 60 * minute;

beforeEach(async () => {
  await database.update(connections).set({ status: "disconnected" });
  await database.delete(debts);
  await control();
  await control({ limits: false });
});
afterEach(() => control());

async function connected(provider: string) {
  const { browser, tenant } = await visit();
  await connectThrough(browser, { tenant: tenant.id, provider });
  const ctx = testTenantCtx(tenant);
  const [row] = await listConnections(ctx);
  if (!row) throw new Error("not connected");
  return { tenant, browser, ctx, id: row.id };
}

const cron = (more: TestCtx = {}) => testCtx({ actor: { type: "system", job: "cron" }, ...more });
const rowOf = async (id: string) => (await database.select().from(connections).where(eq(connections.id, id)))[0];
const tamper = (id: string) =>
  database
    .update(secrets)
    .set({ sealed: `a1.1.${"A".repeat(16)}.${"A".repeat(60)}` })
    .where(eq(secrets.connectionId, id));
/** As a worker has it whose VAULT_KEYS lost the key that wraps everything: another one, or the right one under another name. */
function withoutRootKey<C extends Ctx>(ctx: C, name = "k9"): C {
  const keys: [string, string][] = [[name, btoa("a-root-key-that-was-put-in-place")]];
  return { ...ctx, config: { ...ctx.config, VAULT_KEYS: keys } };
}

const doors: Record<string, { provider: string; open: (tenant: Tenant, id: string) => Promise<unknown> }> = {
  "the cron's probe": {
    provider: "klaviyo",
    open: (tenant, id) => workToken(cron(), { v: 1, type: "token.probe", tenant: tenant.id, connection: id }),
  },
  "a renewal ahead of the end": {
    provider: "klaviyo",
    open: (tenant, id) =>
      workToken(cron({ now: () => Date.now() + 50 * minute }), { v: 1, type: "token.renew", tenant: tenant.id, connection: id }),
  },
  "a run's call": {
    provider: "shopify",
    open: async (tenant, id) => {
      const ctx = testTenantCtx(tenant);
      const call = findProvider("shopify").probe(openAccount(ctx, await holdConnection(ctx, id)));
      await expect(call).rejects.toMatchObject({ name: "ProviderError", kind: "revoked" });
    },
  },
  "a new listing of what can be chosen": {
    provider: "google",
    open: (tenant, id) =>
      expect(refreshResources(testTenantCtx(tenant), { connectionId: id })).rejects.toMatchObject({
        kind: "conflict",
        code: "reconnect_first",
      }),
  },
  "the asking for events": {
    provider: "shopify",
    open: (tenant, id) => subscribeEvents(cron(), { v: 1, type: "subscribe", tenant: tenant.id, connection: id }),
  },
};

describe("a stored secret that will never open", () => {
  test.each(Object.entries(doors))("met by %s is said on its connection", async (_door, { provider, open }) => {
    const { tenant, id } = await connected(provider);
    await tamper(id);
    await open(tenant, id);
    expect(await rowOf(id)).toMatchObject({ status: "reconnect_needed", statusReason: "secret_unreadable", failureKind: null });
  });

  test.each([
    ["was changed", tamper],
    [
      "is another client's",
      async (id: string) => {
        const other = await connected("klaviyo");
        const theirs = await database.select().from(secrets).where(eq(secrets.connectionId, other.id));
        for (const { field, sealed } of theirs) {
          await database
            .update(secrets)
            .set({ sealed })
            .where(and(eq(secrets.connectionId, id), eq(secrets.field, field)));
        }
      },
    ],
    ["is not there", (id: string) => database.delete(secrets).where(eq(secrets.connectionId, id))],
  ] as const)("since it %s waits for a person, who is told once, and is not probed any more", async (_why, spoil) => {
    const { tenant, ctx, id } = await connected("klaviyo");
    await spoil(id);
    const first = cron();
    await workToken(first, { v: 1, type: "token.probe", tenant: tenant.id, connection: id });
    expect(first.traces.mails).toEqual([{ v: 1, type: "mail.reconnect", tenant: tenant.id, connection: id }]);
    expect(first.traces.lines.filter((line) => line.includes('"level":"error"'))).toHaveLength(1);
    const klaviyo = (await listIntegrations(ctx)).find(({ provider }) => provider === "klaviyo");
    expect(klaviyo).toMatchObject({ state: "reconnect_needed" });
    expect(klaviyo?.connections[0]).toMatchObject({
      statusReason: ofConnection("secret_unreadable"),
      health: { state: "reconnect_needed", said: ofConnection("secret_unreadable") },
    });
    await database.update(connections).set({ probeAt: 0 }).where(eq(connections.id, id));
    const next = cron();
    await claimProbes(next);
    expect(next.traces.tokens).toEqual([]);
    await workToken(next, { v: 1, type: "token.probe", tenant: tenant.id, connection: id });
    expect([next.traces.mails, next.traces.lines.filter((line) => line.includes('"level":"error"'))]).toEqual([[], []]);
  });

  test("is mended by one new sign-in", async () => {
    const { tenant, browser, ctx, id } = await connected("klaviyo");
    await tamper(id);
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "revoked", health: { state: "reconnect_needed" } });
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    expect(await rowOf(id)).toMatchObject({ status: "active", statusReason: null });
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "ok" });
  });

  test("of a key is no key that was refused", async () => {
    const { ctx, id } = await connected("klaviyo");
    await database.update(connections).set({ kind: "key" }).where(eq(connections.id, id));
    await probeConnection(ctx, { connectionId: id });
    expect(await rowOf(id)).toMatchObject({ status: "reconnect_needed", statusReason: "secret_unreadable" });
  });

  test("is told by a mail that does not blame the provider, in each language", () => {
    const facts = { name: "", provider: "Klaviyo", account: "Acme", tenant: "Acme Gifts", jobs: [], url: "https://portal.example.com/x" };
    for (const locale of locales) {
      const [lost, taken] = [true, false].map((each) => reconnectLetter({ locale, ...facts, lost: each }));
      expect(lost?.text).toContain("Acme");
      expect(lost?.text).not.toBe(taken?.text);
    }
    expect(reconnectLetter({ locale: "en", ...facts, lost: true }).text).toContain("We can no longer read the access we stored");
  });

  test("cannot be given back: disconnecting gives it up at once and says where to remove it", async () => {
    const lose = (id: string) => database.delete(secrets).where(eq(secrets.connectionId, id));
    const settled = { farewell: "unreached", nextAt: null, accessSealed: null, refreshSealed: null };
    // What does not open stays on record as given up; where there is nothing, nothing is owed.
    for (const [spoil, owed] of [
      [tamper, [settled]],
      [lose, []],
    ] as const) {
      const { ctx, id } = await connected("klaviyo");
      await spoil(id);
      const { farewell, remark } = await disconnect(ctx, { connectionId: id });
      expect(farewell).toBe("unreached");
      expect(remark).toMatchObject({ code: "connection.left_unreached", params: { provider: "Klaviyo" } });
      const left = await database.select().from(debts).where(eq(debts.connectionId, id));
      expect(left).toHaveLength(owed.length);
      expect(left).toMatchObject(owed);
    }
  });
});

describe("a root key that is missing", () => {
  test.each(["k9", "t2"])(
    "(only %s is there) is ours: an alarm, no client is asked, and the probe comes again in its time",
    async (name) => {
      const { tenant, ctx, id } = await connected("klaviyo");
      const closed = withoutRootKey(cron(), name);
      await workToken(closed, { v: 1, type: "token.probe", tenant: tenant.id, connection: id });
      const row = await rowOf(id);
      expect(row).toMatchObject({ status: "active", statusReason: null, probeResult: "misconfigured", failureKind: "misconfigured" });
      expect(row?.probeAt).toBeGreaterThan(Date.now() + 10 * minute);
      expect(closed.traces.mails).toEqual([]);
      expect(closed.traces.lines.filter((line) => line.includes('"level":"error"'))).toHaveLength(1);
      expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "ok", health: { state: "healthy" } });
    },
  );

  test("keeps renewals waiting for an hour, and no message is tried for ever", async () => {
    const { tenant, id } = await connected("klaviyo");
    const at = Date.now() + 50 * minute;
    const message = { v: 1, type: "token.renew", tenant: tenant.id, connection: id } as const;
    await workToken(withoutRootKey(cron({ now: () => at })), message);
    expect(await rowOf(id)).toMatchObject({ status: "active", renewAt: at + hour, version: 1 });
    await workToken(cron({ now: () => at }), message);
    expect(await rowOf(id)).toMatchObject({ status: "active", version: 2 });
  });

  test("takes nothing away of what can be chosen", async () => {
    const { ctx, id } = await connected("google");
    const before = await rowOf(id);
    const closed = withoutRootKey(ctx);
    await expect(refreshResources(closed, { connectionId: id })).rejects.toMatchObject({
      kind: "vault_closed",
      code: "vault_closed",
    });
    expect(closed.traces.lines.filter((line) => line.includes('"level":"error"'))).toHaveLength(1);
    expect(await rowOf(id)).toEqual(before);
  });

  test("keeps a key from being stored, which says so in the reader's language, and leaves the provider alone", async () => {
    const { browser, tenant } = await visit();
    const inside = enterTenant(browser, tenant, "owner");
    // Its first data key, under the root key that is lost then.
    await currentDataKey(inside);
    const closed = withoutRootKey({ ...inside, traces: browser.traces });
    let asked = 0;
    const outbound: typeof fetch = (...request) => {
      asked += 1;
      return fetch(...request);
    };
    const fields = { private_key: `pk_${"a".repeat(34)}`, public_key: "AbCdE1" };
    const refused = await connectKey({ ...closed, fetch: outbound }, { provider: "klaviyo", fields }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "vault_closed", code: "key_vault_closed" });
    for (const [locale, words] of Object.entries({ en: "We can’t store keys", fr: "C’est de notre fait", he: "התקלה אצלנו" })) {
      expect(sayError(locale as "en", refused as DomainError)).toContain(words);
    }
    expect(asked).toBe(0);
    expect(await listConnections(inside)).toEqual([]);
    const alarms = closed.traces.lines.filter((line) => line.includes('"level":"error"'));
    expect(alarms).toHaveLength(1);
    expect(alarms.join()).not.toContain(fields.private_key);
    expect(describeError(vaultClosed(null))).toMatchObject({ kind: "vault_closed" });
    expect(httpStatusOf(vaultClosed(null))).toBe(503);
  });

  test("keeps a consent from being finished before its code is exchanged, and the person is told whose fault it is", async () => {
    const { browser, tenant } = await visit();
    await currentDataKey(enterTenant(browser, tenant, "owner"));
    const { location } = await begin(browser, { tenant: tenant.id, provider: "klaviyo" });
    const back = await decide(location, { decision: "allow", account: "BetaB2" });
    const requests: string[] = [];
    const outbound: typeof fetch = (address, init) => {
      requests.push(String(address));
      return fetch(address, init);
    };
    const { toast, location: page } = await comeBack({ ...withoutRootKey(browser), fetch: outbound }, "klaviyo", back);
    expect(toast).toMatchObject({ kind: "error", message: expect.stringContaining("This is our fault") });
    expect(page).toBe(`/t/${tenant.id}/integrations`);
    expect(requests).toEqual([]);
    expect(await database.select().from(debts)).toEqual([]);
    expect(browser.traces.lines.some((line) => line.includes('"level":"error"') && line.includes("vault"))).toBe(true);
    // With the key back, another consent goes through.
    expect((await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" })).toast?.kind).toBe("success");
  });

  test("keeps the rotation from going on, which says which key it needs, on the page as well", async () => {
    const { actor, token } = await makeUser({ staff: true });
    const tenant = await makeTenant();
    const staff = testCtx({ actor });
    const row = { tenantId: tenant.id, version: 1, rootKeyId: "gone", wrapped: `w1.${"A".repeat(16)}.${"A".repeat(64)}`, createdAt: 0 };
    await database.insert(dataKeys).values(row);
    await expect(rotateRootKey(staff)).rejects.toMatchObject({
      kind: "conflict",
      code: "root_key_missing",
      params: { rootKey: "gone" },
    });
    const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded" };
    const response = await ask("/admin/credentials", { method: "POST", headers, body: "" });
    expect(response.status).toBe(409);
    expect(await response.text()).toContain("Data keys still need the root key gone");
    await database.update(dataKeys).set({ rootKeyId: "t1" }).where(eq(dataKeys.tenantId, tenant.id));
    await expect(rotateRootKey(staff)).rejects.toMatchObject({ kind: "conflict", code: "root_key_wrong", params: { client: tenant.id } });
    await database.delete(dataKeys).where(eq(dataKeys.tenantId, tenant.id));
  });
});
