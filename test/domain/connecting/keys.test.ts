import { and, eq, isNull } from "drizzle-orm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { sayError } from "#app/i18n/error-words.ts";
import { openDb } from "#db/client.ts";
import { auditLog, connections, orders, schedules, secrets } from "#db/schema/index.ts";
import type { KeyProvider } from "#server/catalog/provider.ts";
import { findKeyProvider, keyProviders } from "#server/catalog/providers/registry.ts";
import { twilio } from "#server/catalog/providers/twilio.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { enterTenant, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { ofConnection } from "#server/domain/connections/of-connection.ts";
import { probeConnection } from "#server/domain/health/probe-connection.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { DomainError } from "#server/errors.ts";
import { createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, type TestCtx, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { sandboxOrigin } from "#test/variables.ts";
import { begin, comeBack, connectThrough, control, counted, decide, visit } from "./consent.ts";
import { mintKey } from "./mint-key.ts";

// Tries of a call are seconds apart; here nothing is waited for.
vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void) => {
  queueMicrotask(work);
  return 0;
}) as typeof setTimeout);

const db = openDb(testEnv.DB);
type Fields = Record<string, string>;

beforeEach(async () => {
  await control();
  // One key a person and second is what some of them allow.
  await control({ limits: false });
});

let shops = 0;
/** An account of the test's own. Klaviyo's are named by their public key. */
function newAccount(provider: string): string {
  shops += 1;
  return provider === "klaviyo" ? `Key${String(shops).padStart(3, "0")}` : `Shop Number ${shops}`;
}

/** A member inside their tenant, whose logger, queues and clock the test sees. */
async function inside(tenant?: Tenant, more: TestCtx = {}) {
  const { browser, tenant: home, token } = await visit(tenant, more);
  const ctx = { ...enterTenant(browser, home, "owner"), traces: browser.traces };
  return { ctx, browser, tenant: home, token };
}

async function connected(provider: string) {
  const person = await inside();
  const account = newAccount(provider);
  const key = await mintKey(provider, account);
  const { connectionId: id } = await connectKey(person.ctx, { provider, fields: key.fields });
  return { ...person, account, ...key, id };
}

const rowOf = async (id: string) => (await db.select().from(connections).where(eq(connections.id, id)))[0];
const secretsOf = (id: string) => db.select().from(secrets).where(eq(secrets.connectionId, id));
const kept = async (ctx: TenantCtx) => ({
  connections: await listConnections(ctx),
  secrets: await db.select().from(secrets).where(eq(secrets.tenantId, ctx.tenant.id)),
});
const nothing = { connections: [], secrets: [] };

/** The failure of a call that must fail. */
async function failureOf(work: Promise<unknown>): Promise<DomainError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

const secretNames = ({ key }: KeyProvider) => key.fields.filter(({ secret }) => secret).map(({ name }) => name);
const mainSecret = (provider: KeyProvider) => secretNames(provider)[0] ?? "";
/** The same key but for its last letters, as a key that is none. */
const spoilt = (provider: KeyProvider, fields: Fields): Fields => ({
  ...fields,
  [mainSecret(provider)]: (fields[mainSecret(provider)] ?? "").replace(/.{6}$/, "000000"),
});

describe.each(keyProviders.map((provider) => ({ id: provider.id, provider })))("a key of $id", ({ id, provider }) => {
  test("is checked by a live call, sealed, and answers the probe; the form is drawn from the schema without any secret", async () => {
    const { ctx, fields, id: connectionId } = await connected(id);
    expect(await rowOf(connectionId)).toMatchObject({ provider: id, kind: "key", status: "active", probeResult: "ok" });
    const bought = provider.key.tokens ? ["access_token", "refresh_token"] : [];
    const sealed = await secretsOf(connectionId);
    expect(sealed.map(({ field }) => field).sort()).toEqual([...secretNames(provider), ...bought].sort());
    expect(await probeConnection(ctx, { connectionId })).toMatchObject({ result: "ok" });

    const integration = (await listIntegrations(ctx)).find((each) => each.provider === id);
    const open = provider.key.fields.filter(({ secret, name }) => !secret && name in fields);
    expect(integration?.connections).toMatchObject([
      { kind: "key", fields: Object.fromEntries(open.map(({ name }) => [name, fields[name]])) },
    ]);
    expect(integration?.keyForm?.map(({ name, secret, optional }) => ({ name, secret, optional }))).toEqual(
      provider.key.fields.map(({ name, secret, optional = false }) => ({ name, secret, optional })),
    );
    // What is typed with space around it passes the form as it passes the schema.
    for (const { name, pattern, label } of integration?.keyForm ?? []) {
      expect(new RegExp(`^(?:${pattern})$`, "v").test(` ${fields[name]}\n`), name).toBe(true);
      expect([label.en, label.fr, label.he].every(Boolean)).toBe(true);
    }
  });

  test("is taken as people paste it: quoted, with its label, its variable's name, the header's word or unseen characters", async () => {
    const { fields } = await mintKey(id, newAccount(id));
    const form = (await listIntegrations((await inside()).ctx)).find((each) => each.provider === id)?.keyForm;
    for (const { name, schema } of provider.key.fields) {
      const value = fields[name];
      if (value === undefined) continue;
      const around = [
        `"${value}"`,
        ` '${value}', `,
        `“${value}”`,
        `\u200b${value}\ufeff\n`,
        `API key: ${value}`,
        `THE_KEY=${value}`,
        `export THE_KEY="${value}";`,
      ];
      for (const pasted of [...around, `Bearer ${value}`, `Authorization: Bearer ${value}`]) {
        expect(schema.safeParse(pasted).data, `${name} of ${pasted}`).toBe(value);
      }
      const pattern = new RegExp(`^(?:${form?.find((field) => field.name === name)?.pattern})$`, "v");
      for (const pasted of [`"${value}"`, ` ${value} `]) expect(pattern.test(pasted), pasted).toBe(true);
      for (const other of ["", `${value} ${value}`, `${value}\u0000x`]) expect(schema.safeParse(other).success, other).toBe(false);
    }
  });

  test("that is refused is told at its field, and nothing is kept", async () => {
    const { ctx } = await inside();
    const { fields } = await mintKey(id, newAccount(id));
    const failure = await failureOf(connectKey(ctx, { provider: id, fields: spoilt(provider, fields) }));
    expect(failure).toMatchObject({
      kind: "invalid",
      code: "key_refused",
      field: mainSecret(provider),
      params: { provider: provider.name },
    });
    expect(await kept(ctx)).toEqual(nothing);
  });

  test("that its owner took back later makes the connection wait for a new one, by its own reason", async () => {
    const { ctx, id: connectionId, grantId } = await connected(id);
    await control({ revoke: [{ grantId }] });
    expect(await probeConnection(ctx, { connectionId })).toMatchObject({ result: "revoked" });
    expect(await rowOf(connectionId)).toMatchObject({ status: "reconnect_needed", statusReason: "key_refused" });
    expect(ctx.traces.mails).toMatchObject([{ type: "mail.reconnect", connection: connectionId }]);
    const [account] = (await listIntegrations(ctx)).find((each) => each.provider === id)?.connections ?? [];
    expect(account?.statusReason).toEqual(ofConnection("key_refused"));
  });

  test("is not kept while the provider is down, limits us, dresses a failure as a success or answers in another shape", async () => {
    const { ctx } = await inside();
    const { fields } = await mintKey(id, newAccount(id));
    const attempt = async (effect: object) => {
      await control({ faults: [{ provider: id, effect }] });
      const failure = await failureOf(connectKey(ctx, { provider: id, fields }));
      await control();
      await control({ limits: false });
      return failure;
    };
    expect(await attempt({ type: "error", status: 503 })).toMatchObject({ kind: "unavailable", field: undefined });
    expect(await attempt({ type: "reply_lost" })).toMatchObject({ kind: "unavailable" });
    expect(await attempt({ type: "rate_limited", retryAfter: 30 })).toMatchObject({ kind: "rate_limited" });
    expect((await attempt({ type: "error_in_200" })).kind).toBe("unavailable");
    const strange = { ...ctx, fetch: async () => Response.json({ hello: "world" }) };
    expect(await failureOf(connectKey(strange, { provider: id, fields }))).toMatchObject({ kind: "unavailable" });
    expect(await kept(ctx)).toEqual(nothing);
  });

  test("comes with fields that are each checked before anybody is asked", async () => {
    const { ctx } = await inside();
    const { fields } = await mintKey(id, newAccount(id));
    await control();
    for (const { name, optional = false } of provider.key.fields) {
      const { [name]: _, ...others } = fields;
      for (const wrong of [...(optional ? [] : [others, { ...fields, [name]: "  " }]), { ...fields, [name]: "?" }]) {
        expect(await failureOf(connectKey(ctx, { provider: id, fields: wrong }))).toMatchObject({ kind: "invalid", field: name });
      }
    }
    const stray = await failureOf(connectKey(ctx, { provider: id, fields: { ...fields, password: "hunter22" } }));
    expect(stray).toMatchObject({ kind: "invalid", field: "password" });
    expect((await counted()).calls).toEqual([]);
    expect(await kept(ctx)).toEqual(nothing);
  });

  test("is nothing to a viewer or to another tenant", async () => {
    const { tenant, fields, id: connectionId } = await connected(id);
    const before = await secretsOf(connectionId);
    const { actor } = await makeUser({ roles: [[tenant, "viewer"]] });
    const viewer = enterTenant(testCtx({ actor }), tenant, "viewer");
    await control();
    expect((await failureOf(connectKey(viewer, { provider: id, fields }))).kind).toBe("forbidden");
    const { ctx: stranger, browser } = await inside();
    const meant = { provider: id, fields, connectionId };
    expect((await failureOf(connectKey(stranger, meant))).kind).toBe("not_found");
    await expect(createCaller(browser).connections.connectKey({ tenant: tenant.id, ...meant })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    expect((await counted()).calls).toEqual([]);
    expect(await secretsOf(connectionId)).toEqual(before);
    expect(await kept(stranger)).toEqual(nothing);
  });

  test("is in no line, message, error, audit line or row, whatever happens to it", async () => {
    const { ctx, tenant, fields, id: connectionId, grantId } = await connected(id);
    const { fields: others } = await mintKey(id, newAccount(id));
    const said: string[] = [];
    const note = async (work: Promise<unknown>) =>
      void said.push(JSON.stringify(await work.catch((error: Error) => [error.message, error.stack])));
    await note(connectKey(ctx, { provider: id, fields: spoilt(provider, fields) }));
    await note(
      connectKey(ctx, { provider: id, fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, `${value}?`])) }),
    );
    await note(connectKey(ctx, { provider: id, fields: others, connectionId }));
    await control({ faults: [{ provider: id, effect: { type: "error", status: 500 } }] });
    await note(connectKey(ctx, { provider: id, fields }));
    await control();
    await control({ revoke: [{ grantId }], limits: false });
    await note(probeConnection(ctx, { connectionId }));
    await note(listIntegrations(ctx));
    await note(disconnect(ctx, { connectionId }));
    const rows = [
      await db.select().from(connections).where(eq(connections.tenantId, tenant.id)),
      await db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id)),
    ];
    const { lines, mails, tokens, tasks } = ctx.traces;
    const left = [...said, ...lines, JSON.stringify([rows, mails, tokens, tasks])].join("\n");
    expect(lines.length).toBeGreaterThan(2);
    const values = secretNames(provider).flatMap((name) => [fields[name], others[name], spoilt(provider, fields)[name]]);
    const issued = (await (await fetch(`${sandboxOrigin}/__sandbox/issued`)).json()) as string[];
    for (const value of [...values, ...issued]) if (value) expect(left).not.toContain(value);
  });

  test("is replaced by another one of the same account, and by none of another account", async () => {
    const { ctx, account, id: connectionId, grantId } = await connected(id);
    const before = await rowOf(connectionId);
    const foreign = await mintKey(id, newAccount(id));
    const failure = await failureOf(connectKey(ctx, { provider: id, fields: foreign.fields, connectionId }));
    expect(failure).toMatchObject({ kind: "conflict", code: "key_of_another", params: { account: before?.name } });
    expect(await rowOf(connectionId)).toEqual(before);

    const { fields } = await mintKey(id, account);
    const again = await connectKey(ctx, { provider: id, fields, connectionId });
    expect(again).toMatchObject({ connectionId, again: true });
    await control({ revoke: [{ grantId }] });
    expect(await probeConnection(ctx, { connectionId })).toMatchObject({ result: "ok" });
    expect((await kept(ctx)).connections).toHaveLength(1);
  });

  test("is destroyed when the account is disconnected; given again, the same connection comes back", async () => {
    const { ctx, fields, id: connectionId } = await connected(id);
    expect(await disconnect(ctx, { connectionId })).toMatchObject({ revoked: false });
    expect(await secretsOf(connectionId)).toEqual([]);
    expect(await rowOf(connectionId)).toMatchObject({ status: "disconnected", accessExpiresAt: null });
    expect(await connectKey(ctx, { provider: id, fields })).toMatchObject({ connectionId, again: true });
    expect(await probeConnection(ctx, { connectionId })).toMatchObject({ result: "ok" });
  });
});

describe("what belongs to a key", () => {
  const wrongOne = async (provider: string, more: Fields, account = newAccount(provider)) => {
    const { ctx } = await inside();
    const { fields } = await mintKey(provider, account);
    const failure = await failureOf(connectKey(ctx, { provider, fields: { ...fields, ...more } }));
    expect(await kept(ctx)).toEqual(nothing);
    return failure.field;
  };

  test("Klaviyo: the public key is of the account that the private key opens", async () => {
    expect(await wrongOne("klaviyo", { public_key: "Other1" })).toBe("public_key");
  });

  test("Twilio: the number and the SID are the account's, and the account is not suspended", async () => {
    expect(await wrongOne("twilio", { phone_number: "+15550000000" })).toBe("phone_number");
    expect(await wrongOne("twilio", { account_sid: `AC${"0".repeat(32)}` })).toBe("auth_token");
    expect(await wrongOne("twilio", {}, "Suspended Shop")).toBe("account_sid");
  });

  test("WhatsApp: number, business account and app secret are the token's; without the app secret nothing is signed", async () => {
    expect(await wrongOne("whatsapp", { phone_number_id: "123456789012345" })).toBe("phone_number_id");
    expect(await wrongOne("whatsapp", { waba_id: "123456789012345" })).toBe("waba_id");
    expect(await wrongOne("whatsapp", { app_secret: "0".repeat(32) })).toBe("app_secret");
    const { ctx, account, fields, id } = await connected("whatsapp");
    const { app_secret: _, ...without } = (await mintKey("whatsapp", account)).fields;
    await connectKey(ctx, { provider: "whatsapp", fields: without, connectionId: id });
    expect((await secretsOf(id)).map(({ field }) => field)).toEqual(["access_token"]);
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "ok" });
    expect(fields.app_secret).toBeTruthy();
  });

  test("Vapi: an organization is known by what is in it, and an empty one says what to do", async () => {
    expect(await wrongOne("vapi", {}, "Empty Organisation")).toBe("private_key");
    const { ctx } = await inside();
    const { fields } = await mintKey("vapi", "Numbers Only");
    expect((await connectKey(ctx, { provider: "vapi", fields })).account).toMatch(/^Vapi [0-9a-f]{8}$/);
  });

  test("that is not whole is refused with words for any reader, of which the catalogue's are a part", async () => {
    const { ctx } = await inside();
    const { fields } = await mintKey("telnyx", newAccount("telnyx"));
    const refused = await failureOf(connectKey(ctx, { provider: "telnyx", fields: spoilt(findKeyProvider("telnyx"), fields) }));
    expect(sayError("fr", refused)).toContain("Telnyx n’accepte pas cette clé");
    const missing = await failureOf(connectKey(ctx, { provider: "telnyx", fields: {} }));
    expect(missing.field).toBe("api_key");
    expect(sayError("he", missing)).toBe("יש להזין: מפתח API.");
  });

  test("a person tries twenty keys in ten minutes, then is asked to wait, and the provider is left alone", async () => {
    const { ctx } = await inside();
    const provider = findKeyProvider("apify");
    const { fields } = await mintKey("apify", newAccount("apify"));
    const wrong = { provider: "apify", fields: spoilt(provider, fields) };
    const failures = await Promise.all(Array.from({ length: 20 }, () => failureOf(connectKey(ctx, wrong))));
    expect(failures.every(({ kind }) => kind === "invalid")).toBe(true);
    await control();
    expect(await failureOf(connectKey(ctx, { provider: "apify", fields }))).toMatchObject({ kind: "rate_limited" });
    expect((await counted()).calls).toEqual([]);
  });

  test("a key replaces none of another provider", async () => {
    const { ctx, id } = await connected("apify");
    const { fields } = await mintKey("telnyx", newAccount("telnyx"));
    const failure = await failureOf(connectKey(ctx, { provider: "telnyx", fields, connectionId: id }));
    expect(failure.kind).toBe("not_found");
    expect(await rowOf(id)).toMatchObject({ provider: "apify", status: "active" });
  });

  test("over REST a key is connected and answered without itself; a wrong one says its field", async () => {
    const { tenant, token } = await inside();
    const { fields } = await mintKey("apify", newAccount("apify"));
    const post = (body: unknown) =>
      ask(`/api/connections/${tenant.id}/keys`, { method: "POST", headers: asPerson(token), body: JSON.stringify(body) });
    const made = await post({ provider: "apify", fields });
    expect(made.status).toBe(201);
    const text = await made.text();
    expect(JSON.parse(text)).toMatchObject({ again: false, account: expect.any(String) });
    expect(text).not.toContain(fields.api_token);
    const refused = await post({ provider: "apify", fields: { api_token: "no" } });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { kind: "invalid", field: "api_token" } });
    expect((await post({ provider: "google", fields })).status).toBe(404);
  });
});

describe("tokens that a key buys (CJ)", () => {
  const bought = async (path: string) =>
    (await counted()).calls.find((call) => call.provider === "cj" && call.path.endsWith(path))?.count ?? 0;
  const expire = (account: string, kinds: string[]) =>
    fetch(`${sandboxOrigin}/__sandbox/expire`, { method: "POST", body: JSON.stringify({ provider: "cj", account, kinds }) });
  const dayMs = 86_400_000;

  test("live 15 days, renewable for 180, and are planned to be renewed ahead of that", async () => {
    const { id } = await connected("cj");
    const row = await rowOf(id);
    const now = Date.now();
    expect(((row?.accessExpiresAt ?? 0) - now) / dayMs).toBeCloseTo(15, 2);
    expect(((row?.refreshExpiresAt ?? 0) - now) / dayMs).toBeCloseTo(180, 2);
    expect(row?.renewAt).toBeLessThan(row?.accessExpiresAt ?? 0);
    expect(row?.renewAt).toBeGreaterThan(now);
  });

  test("are renewed by their refresh token, without the key", async () => {
    const { ctx, id, account } = await connected("cj");
    await control();
    await expire(account, ["access"]);
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "ok" });
    expect([await bought("refreshAccessToken"), await bought("getAccessToken")]).toEqual([1, 0]);
  });

  test("are bought anew by the key when the refresh is refused", async () => {
    const { ctx, id, account } = await connected("cj");
    await control();
    await control({ limits: false });
    await expire(account, ["access", "refresh"]);
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "ok" });
    expect(await bought("getAccessToken")).toBe(1);
    expect(await rowOf(id)).toMatchObject({ status: "active", statusReason: null });
  });

  test("are not asked for twice within five minutes: the connection waits and stays what it is", async () => {
    const { ctx, id, account } = await connected("cj");
    await fetch(`${sandboxOrigin}/__sandbox/control`, { method: "POST", body: JSON.stringify({ limits: true }) });
    await expire(account, ["access", "refresh"]);
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "rate_limited" });
    const row = await rowOf(id);
    expect(row).toMatchObject({ status: "active" });
    expect(row?.coolUntil).toBeGreaterThan(Date.now() + 290_000);
    expect(await bought("getAccessToken")).toBe(2);
  });

  test("a key that is refused is asked once, not twice", async () => {
    const { ctx, id, grantId } = await connected("cj");
    await control();
    await control({ revoke: [{ grantId }], limits: false });
    await probeConnection(ctx, { connectionId: id });
    expect(await bought("getAccessToken")).toBe(1);
  });

  test("a reply that got lost loses nothing: the connection stays, and is renewed later", async () => {
    const { ctx, id, account } = await connected("cj");
    await expire(account, ["access"]);
    await control({ faults: [{ provider: "cj", kind: "token", count: 1, effect: { type: "reply_lost" } }] });
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "unavailable" });
    expect(await rowOf(id)).toMatchObject({ status: "active", leaseUntil: null });
    const later = { ...ctx, now: () => Date.now() + 3_600_000 };
    expect(await probeConnection(later, { connectionId: id })).toMatchObject({ result: "ok" });
  });

  test("a lost reply while connecting keeps nothing and says so", async () => {
    const { ctx } = await inside();
    const { fields } = await mintKey("cj", newAccount("cj"));
    await control({ faults: [{ provider: "cj", kind: "token", count: 1, effect: { type: "reply_lost" } }] });
    expect((await failureOf(connectKey(ctx, { provider: "cj", fields }))).kind).toBe("unavailable");
    expect(await kept(ctx)).toEqual(nothing);
    expect(await connectKey(ctx, { provider: "cj", fields })).toMatchObject({ again: false });
  });
});

describe("a key and a sign-in of one account (Klaviyo)", () => {
  const klaviyo = { provider: "klaviyo" };
  /** A key of the account that `connectThrough` signs in to. */
  async function withKey() {
    const person = await inside();
    const key = await mintKey("klaviyo", "BetaB2");
    const { connectionId: keyId } = await connectKey(person.ctx, { ...klaviyo, fields: key.fields });
    return { ...person, ...key, keyId };
  }
  const accountsOf = async (ctx: TenantCtx) =>
    (await listIntegrations(ctx)).find(({ provider }) => provider === "klaviyo")?.connections ?? [];
  const readers = async (ctx: TenantCtx) => (await accountsOf(ctx)).filter(({ reads }) => reads.length > 0).map(({ kind }) => kind);

  test("stand side by side: jobs read by the sign-in, by the key while that one waits, and by the sign-in again", async () => {
    const { ctx, browser, tenant } = await withKey();
    expect(await readers(ctx)).toEqual(["key"]);
    await connectThrough(browser, { tenant: tenant.id, ...klaviyo });
    expect((await accountsOf(ctx)).map(({ kind }) => kind).sort()).toEqual(["key", "oauth"]);
    expect(await readers(ctx)).toEqual(["oauth"]);

    const oauth = (await listConnections(ctx)).find(({ kind }) => kind === "oauth");
    await db
      .update(connections)
      .set({ status: "reconnect_needed" })
      .where(eq(connections.id, oauth?.id ?? ""));
    expect(await readers(ctx)).toEqual(["key"]);
    await connectThrough(browser, { tenant: tenant.id, ...klaviyo, connection: oauth?.id });
    expect(await readers(ctx)).toEqual(["oauth"]);
  });

  test("a key connection turns into a sign-in and keeps its id, history, schedules and place among the accounts; the key is gone", async () => {
    const { ctx, browser, tenant, keyId } = await withKey();
    await db.update(connections).set({ preferredAt: 1234 }).where(eq(connections.id, keyId));
    const order = {
      tenantId: tenant.id,
      connectionId: keyId,
      externalId: "o1",
      placedAt: 1,
      day: "2026-01-01",
      grossMinor: 100,
      currency: "GBP",
    };
    await db.insert(orders).values({ ...order, customerId: "c1", updatedAt: 1 });
    await db
      .update(schedules)
      .set({ nextAt: Date.now() + 3_600_000, cursor: { page: 7 } })
      .where(eq(schedules.tenantId, tenant.id));
    // Those at a time of day follow the client's zone, which is the account's where nobody chose another.
    const plans = () =>
      db
        .select()
        .from(schedules)
        .where(and(eq(schedules.tenantId, tenant.id), isNull(schedules.zone)))
        .orderBy(schedules.job);
    const before = await plans();

    const { toast } = await connectThrough(browser, { tenant: tenant.id, ...klaviyo, connection: keyId });
    expect(toast).toMatchObject({ kind: "success" });
    expect(await listConnections(ctx)).toMatchObject([
      { id: keyId, kind: "oauth", status: "active", externalId: "BetaB2", fields: {}, preferredAt: 1234 },
    ]);
    expect((await secretsOf(keyId)).map(({ field }) => field).sort()).toEqual(["access_token", "refresh_token"]);
    expect(await db.select().from(orders).where(eq(orders.connectionId, keyId))).toHaveLength(1);
    expect(await plans()).toEqual(before);
    expect((await accountsOf(ctx))[0]?.scopes.granted).toContain("lists:read");
    expect(await probeConnection(ctx, { connectionId: keyId })).toMatchObject({ result: "ok" });
  });

  test("another account that comes back changes nothing, and the key goes on working", async () => {
    const { ctx, browser, tenant, keyId } = await withKey();
    const before = await kept(ctx);
    const { toast } = await connectThrough(browser, { tenant: tenant.id, ...klaviyo, connection: keyId, other: true });
    expect(toast).toMatchObject({ kind: "error" });
    expect(await kept(ctx)).toEqual(before);
    expect(await probeConnection(ctx, { connectionId: keyId })).toMatchObject({ result: "ok" });
  });

  test("a key whose account is signed in to already is not turned, and says why", async () => {
    const { ctx, browser, tenant, keyId } = await withKey();
    await connectThrough(browser, { tenant: tenant.id, ...klaviyo });
    const before = await kept(ctx);
    const next = await begin(browser, { tenant: tenant.id, ...klaviyo, connection: keyId });
    expect(next.location).toBe(`/t/${tenant.id}/integrations`);
    expect(next.toast?.message).toContain("You can disconnect the key");
    expect(await kept(ctx)).toEqual(before);
  });

  test("a sign-in that was disconnected comes back to life beside the key", async () => {
    const { ctx, browser, tenant, keyId } = await withKey();
    await connectThrough(browser, { tenant: tenant.id, ...klaviyo });
    const oauth = (await listConnections(ctx)).find(({ kind }) => kind === "oauth");
    await disconnect(ctx, { connectionId: oauth?.id ?? "" });
    await connectThrough(browser, { tenant: tenant.id, ...klaviyo, connection: keyId });
    expect((await listConnections(ctx)).map(({ id, status }) => ({ id, status }))).toEqual([
      { id: keyId, status: "active" },
      { id: oauth?.id, status: "active" },
    ]);
    expect(await readers(ctx)).toEqual(["oauth"]);
  });

  test("a denied sign-in leaves the key as it is", async () => {
    const { ctx, browser, tenant, keyId } = await withKey();
    const before = await kept(ctx);
    const { location } = await begin(browser, { tenant: tenant.id, ...klaviyo, connection: keyId });
    const { toast } = await comeBack(browser, "klaviyo", await decide(location, { decision: "deny", account: "BetaB2" }));
    expect(toast?.kind).toBe("error");
    expect(await kept(ctx)).toEqual(before);
  });

  test("a connection by sign-in is not turned into a key", async () => {
    const { ctx, browser, tenant } = await inside();
    await connectThrough(browser, { tenant: tenant.id, ...klaviyo });
    const [oauth] = await listConnections(ctx);
    const { fields } = await mintKey("klaviyo", "BetaB2");
    expect(await failureOf(connectKey(ctx, { ...klaviyo, fields, connectionId: oauth?.id }))).toMatchObject({ kind: "conflict" });
    expect(await listConnections(ctx)).toEqual([oauth]);
  });
});

test("a number is taken as it is written, with its country's code", () => {
  const number = twilio.key.fields.find(({ name }) => name === "phone_number");
  const read = (typed: string) => number?.schema.safeParse(typed).data;
  for (const written of [
    "+15551234567",
    "+1 (555) 123-4567",
    "+1 555.123.4567",
    "0015551234567",
    "tel:+15551234567",
    "+1\u2011555\u2011123\u20114567",
  ]) {
    expect(read(written), written).toBe("+15551234567");
    expect(new RegExp(`^(?:${number?.pasted})$`, "v").test(written.replace("tel:", "")), written).toBe(true);
  }
  // Without a country's code it could be anybody's.
  for (const none of ["5551234567", "(555) 123-4567", "+0 555 123", "+1 555 CALL NOW"]) expect(read(none), none).toBeUndefined();
});

test("a client that is reactivated while its key is being proven has its jobs, though the key's writing saw it suspended", async () => {
  const tenant = await makeTenant({ status: "suspended" });
  const { fields } = await mintKey("klaviyo", newAccount("klaviyo"));
  const staff = testTenantCtx(tenant, "staff");
  while ((await alignSchedules(staff, sensors)) > 0);
  let once = true;
  const { ctx } = await inside(tenant, {
    outbound: async (input, init) => {
      if (once) {
        once = false;
        await updateClient(staff, { status: "active" });
        while ((await alignSchedules(staff, sensors)) > 0);
      }
      return fetch(input, init);
    },
  });
  await connectKey(ctx, { provider: "klaviyo", fields });
  while ((await alignSchedules(staff, sensors)) > 0);
  const rows = await db.select().from(schedules).where(eq(schedules.tenantId, tenant.id));
  expect(rows.map(({ blocked }) => blocked)).not.toContain("suspended");
  expect(rows.find(({ job }) => job === "klaviyo-sensor")).toMatchObject({ blocked: null, enabled: true });
});
