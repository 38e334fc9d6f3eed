import { and, eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, secrets, webhookDeliveries } from "#db/schema/index.ts";
import { signRequest, telnyxPublicKey, Webhook } from "#sandbox/control/webhooks.ts";
import { webhookSecrets } from "#sandbox/endpoints.ts";
import { enterTenant, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { removeWebhookSecret, setWebhookSecret } from "#server/domain/connecting/set-webhook-secret.ts";
import { listCredentials } from "#server/domain/connections/list-credentials.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { sweepWebhooks } from "#server/domain/webhooks/sweep-webhooks.ts";
import { workDelivery } from "#server/domain/webhooks/work-delivery.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";
import { asking } from "#workers/asking.ts";

const db = openDb(testEnv.DB);
const day = 86_400_000;
const seedOf = (text: string) => btoa(text.padEnd(32, ".").slice(0, 32));

beforeEach(async () => {
  await control();
  await control({ limits: false });
});

let count = 0;
/** A client whose owner has connected an account by its key, as the key form does. */
async function connected(provider: string, { account = "", now = Date.now }: { account?: string; now?: () => number } = {}) {
  count += 1;
  const tenant = await makeTenant();
  const { actor, token } = await makeUser({ roles: [[tenant, "owner"]] });
  const ctx = { ...enterTenant(testCtx({ actor, now }), tenant, "owner" as const) };
  const name = account || (provider === "klaviyo" ? `Own${String(count).padStart(3, "0")}` : `Own Shop ${count}`);
  const { fields } = await mintKey(provider, name);
  const { connectionId: id } = await connectKey(ctx, { provider, fields });
  return { tenant, ctx, token, id, fields, account: name };
}

/** Sends what the sandbox signs to an address of the Worker. */
async function send(path: string, input: Partial<Webhook> & { provider: Webhook["provider"] }, more: Record<string, string> = {}) {
  const { headers, body } = await signRequest(Webhook.parse(input), Date.now());
  return (await ask(path, { method: "POST", headers: { ...headers, ...more }, body })).status;
}
const called = (id: string, more: Partial<Webhook> = {}) =>
  send(`/webhooks/telnyx/${id}`, { provider: "telnyx", topic: "call.hangup", ...more });
const deliveriesOf = (tenant: Tenant) =>
  db.select().from(webhookDeliveries).where(eq(webhookDeliveries.tenantId, tenant.id)).orderBy(webhookDeliveries.id);
const refusalsOf = async (requestOf: () => Promise<number>) => {
  const before = (await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.status, "refused"))).map(({ id }) => id);
  const status = await requestOf();
  const after = await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.status, "refused"));
  return { status, reasons: after.filter(({ id }) => !before.includes(id)).map(({ reason }) => reason) };
};
const linesOf = async (tenant: Tenant) =>
  (await db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id)).orderBy(auditLog.seq)).filter(({ action }) =>
    action.startsWith("connection.webhook"),
  );
const fieldsOf = async (id: string) =>
  (await db.select().from(secrets).where(eq(secrets.connectionId, id))).map(({ field }) => field).sort();
const webhookOf = async (ctx: TenantCtx, id: string) =>
  (await listIntegrations(ctx)).flatMap((each) => each.connections).find((each) => each.id === id)?.webhook;

describe("an account's own address takes nothing in", () => {
  test("where no secret is set, where there is no such account, where it is another provider's: all are answered alike", async () => {
    const { id, ctx } = await connected("telnyx");
    const answers = [
      await refusalsOf(() => called(id)),
      await refusalsOf(() => called(newId("con", Date.now()))),
      await refusalsOf(() => called("con_nothing")),
      await refusalsOf(() => send(`/webhooks/klaviyo/${id}`, { provider: "klaviyo", topic: "event:x" })),
    ];
    expect(answers).toEqual(Array(4).fill({ status: 401, reasons: ["unknown_address"] }));
    // One that is known says no more.
    await setWebhookSecret(ctx, { connectionId: id, secret: await telnyxPublicKey(seedOf("mine")) });
    expect(await refusalsOf(() => called(id, { secret: seedOf("theirs") }))).toEqual({ status: 401, reasons: ["wrong_signature"] });
    expect((await ask(`/webhooks/telnyx/${id}`)).status).toBe(405);
    // Nothing is signed by a key of ours there, and so there is no address of all.
    expect((await ask("/webhooks/telnyx", { method: "POST" })).status).toBe(404);
    expect((await ask(`/webhooks/shopify/${id}`, { method: "POST" })).status).toBe(404);
  });

  test("what the agency's own secret signs is refused there, and what the account's signs is refused at the address of all", async () => {
    const { id, ctx, tenant, account } = await connected("klaviyo");
    const { secret, address } = await setWebhookSecret(ctx, { connectionId: id });
    expect(address).toBe(`http://atrium.test/webhooks/klaviyo/${id}`);
    const own = { provider: "klaviyo", topic: "event:klaviyo.opened_email", account, secret: secret ?? "" } as const;
    const ours = { ...own, secret: webhookSecrets.KLAVIYO_WEBHOOK_SECRET };
    expect(await send(`/webhooks/klaviyo/${id}`, ours)).toBe(401);
    expect(await send("/webhooks/klaviyo", own)).toBe(401);
    expect(await deliveriesOf(tenant)).toEqual([]);
    expect(await send(`/webhooks/klaviyo/${id}`, own)).toBe(200);
    expect(await send("/webhooks/klaviyo", { ...ours, webhookId: "another" })).toBe(200);
    expect(await deliveriesOf(tenant)).toMatchObject([
      { connectionId: id, account },
      { connectionId: id, account },
    ]);
  });

  test("another account's secret opens nothing, also where both are of one client", async () => {
    const [one, two] = [await connected("telnyx"), await connected("telnyx")];
    for (const { ctx, id } of [one, two]) {
      await setWebhookSecret(ctx, { connectionId: id, secret: await telnyxPublicKey(seedOf(id)) });
    }
    expect(await called(one.id, { secret: seedOf(two.id) })).toBe(401);
    expect(await called(two.id, { secret: seedOf(one.id) })).toBe(401);
    // A row that was moved there does not open.
    const [moved] = await db
      .select()
      .from(secrets)
      .where(and(eq(secrets.connectionId, two.id), eq(secrets.field, "webhook_secret")));
    await db
      .update(secrets)
      .set({ sealed: moved?.sealed ?? "" })
      .where(and(eq(secrets.connectionId, one.id), eq(secrets.field, "webhook_secret")));
    expect(await called(one.id, { secret: seedOf(two.id) })).toBe(503);
    expect([await deliveriesOf(one.tenant), await deliveriesOf(two.tenant)]).toEqual([[], []]);
  });

  test("an event about another account is nobody's, and of two clients with one account it is the one's whose address it came to", async () => {
    const one = await connected("klaviyo");
    const two = await connected("klaviyo", { account: one.account });
    const { secret } = await setWebhookSecret(one.ctx, { connectionId: one.id });
    const event = { provider: "klaviyo", topic: "event:klaviyo.opened_email", secret: secret ?? "" } as const;
    expect(await send(`/webhooks/klaviyo/${one.id}`, { ...event, account: one.account })).toBe(200);
    expect(await send(`/webhooks/klaviyo/${one.id}`, { ...event, account: "Other1" })).toBe(200);
    expect(await deliveriesOf(one.tenant)).toMatchObject([{ account: one.account, status: "received" }]);
    expect(await deliveriesOf(two.tenant)).toEqual([]);
    const [nobodys] = await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.account, "Other1"));
    expect(nobodys).toMatchObject({ tenantId: "", status: "ignored", reason: "other_account", sealed: null });
  });

  test("after the account was disconnected", async () => {
    const { id, ctx } = await connected("telnyx");
    await setWebhookSecret(ctx, { connectionId: id, secret: await telnyxPublicKey() });
    expect(await called(id)).toBe(200);
    await disconnect(ctx, { connectionId: id });
    expect(await fieldsOf(id)).toEqual([]);
    expect(await called(id)).toBe(401);
    await expect(setWebhookSecret(ctx, { connectionId: id, secret: await telnyxPublicKey() })).rejects.toMatchObject({ kind: "conflict" });
  });
});

describe("a webhook secret", () => {
  test("of Telnyx is the account's public key: what it signs is kept once, sealed, for that account, and worked off", async () => {
    const { id, ctx, tenant } = await connected("telnyx");
    const pasted = `Public key: "${await telnyxPublicKey()}"`;
    expect(await setWebhookSecret(ctx, { connectionId: id, secret: pasted })).toEqual({
      address: `http://atrium.test/webhooks/telnyx/${id}`,
      secret: null,
      bothUntil: null,
    });
    const event = { webhookId: "ev-one", at: Date.now() };
    expect([await called(id, event), await called(id, event)]).toEqual([200, 200]);
    const [row] = await db.select().from(connections).where(eq(connections.id, id));
    expect(await deliveriesOf(tenant)).toMatchObject([
      { provider: "telnyx", connectionId: id, topic: "call.hangup", account: row?.externalId, eventKey: "ev-one" },
    ]);
    const [delivery] = await deliveriesOf(tenant);
    const machine = testCtx({ actor: { type: "system", job: "webhooks" } });
    await workDelivery(machine, asking, { v: 1, type: "webhook", tenant: tenant.id, delivery: delivery?.id ?? "" });
    expect(await deliveriesOf(tenant)).toMatchObject([{ status: "ignored", reason: "no_reader" }]);
  });

  test("is refused where it is none, missing or the provider has none of the account's own", async () => {
    const { id, ctx } = await connected("telnyx");
    for (const secret of ["", "   ", "not a key", "A".repeat(43), undefined]) {
      await expect(setWebhookSecret(ctx, { connectionId: id, secret })).rejects.toMatchObject({ kind: "invalid" });
    }
    const vapi = await connected("vapi");
    await expect(setWebhookSecret(vapi.ctx, { connectionId: vapi.id })).rejects.toMatchObject({ kind: "not_found" });
    expect(await webhookOf(vapi.ctx, vapi.id)).toBeNull();
    const klaviyo = await connected("klaviyo");
    await expect(setWebhookSecret(klaviyo.ctx, { connectionId: klaviyo.id, secret: "too short" })).rejects.toMatchObject({
      kind: "invalid",
    });
    expect(await linesOf(klaviyo.tenant)).toEqual([]);
  });

  test("is another client's business: not found, and a member may not set it", async () => {
    const { id, tenant } = await connected("telnyx");
    const other = await connected("telnyx");
    await expect(setWebhookSecret(other.ctx, { connectionId: id, secret: await telnyxPublicKey() })).rejects.toMatchObject({
      kind: "not_found",
    });
    await expect(removeWebhookSecret(other.ctx, { connectionId: id, all: true })).rejects.toMatchObject({ kind: "not_found" });
    const { actor } = await makeUser({ roles: [[tenant, "member"]] });
    const member = enterTenant(testCtx({ actor }), tenant, "member");
    await expect(setWebhookSecret(member, { connectionId: id, secret: await telnyxPublicKey() })).rejects.toMatchObject({
      kind: "forbidden",
    });
    expect(await fieldsOf(id)).toEqual(["api_key"]);
  });

  test("is sealed, stands in no reply, log or audit line again, and is listed to staff by its name alone", async () => {
    const { id, ctx, tenant, token } = await connected("klaviyo");
    const answer = await ask(`/api/connections/${tenant.id}/${id}/webhook-secret`, { method: "PUT", headers: asPerson(token), body: "{}" });
    const { secret } = (await answer.json()) as { secret: string };
    expect(secret).toMatch(/^[\w-]{43}$/);
    const [row] = await db
      .select()
      .from(secrets)
      .where(and(eq(secrets.connectionId, id), eq(secrets.field, "webhook_secret")));
    expect(row?.sealed).not.toContain(secret);
    const everything = JSON.stringify([
      await listIntegrations(ctx),
      await listCredentials(testCtx({ actor: { type: "system", job: "test" } }), { tenantId: tenant.id }),
      await db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id)),
    ]);
    expect(everything).not.toContain(secret);
    expect(everything).toContain("webhook_secret");
    expect(await webhookOf(ctx, id)).toMatchObject({ setAt: row?.createdAt, bothUntil: null, made: true });
    expect(await linesOf(tenant)).toMatchObject([
      { action: "connection.webhook_secret_set", details: { connection: id, provider: "klaviyo", replaced: false } },
    ]);
  });

  test("that is replaced opens three days more, together with the new one, and then goes", async () => {
    const start = Date.now();
    let now = start;
    const { id, ctx, tenant } = await connected("telnyx", { now: () => now });
    await setWebhookSecret(ctx, { connectionId: id, secret: await telnyxPublicKey(seedOf("first")) });
    const [first] = await db
      .select()
      .from(secrets)
      .where(and(eq(secrets.connectionId, id), eq(secrets.field, "webhook_secret")));
    // The same again is no other one.
    await setWebhookSecret(ctx, { connectionId: id, secret: await telnyxPublicKey(seedOf("first")) });
    expect(await fieldsOf(id)).toEqual(["api_key", "webhook_secret"]);
    now = start - 2 * day;
    expect(await setWebhookSecret(ctx, { connectionId: id, secret: await telnyxPublicKey(seedOf("second")) })).toMatchObject({
      bothUntil: start + day,
    });
    expect(await webhookOf(ctx, id)).toMatchObject({ setAt: now, bothUntil: start + day });
    for (const seed of ["first", "second"]) expect(await called(id, { secret: seedOf(seed) })).toBe(200);
    expect(await called(id, { secret: seedOf("third") })).toBe(401);
    // Sealed for its own field: what was there does not open in its place.
    const [before] = await db
      .select()
      .from(secrets)
      .where(and(eq(secrets.connectionId, id), eq(secrets.field, "webhook_secret_before")));
    expect(before?.sealed).not.toBe(first?.sealed);
    // A day and a bit later.
    await db
      .update(secrets)
      .set({ createdAt: start - 3 * day })
      .where(and(eq(secrets.connectionId, id), eq(secrets.field, "webhook_secret_before")));
    expect(await called(id, { secret: seedOf("first") })).toBe(401);
    expect(await called(id, { secret: seedOf("second") })).toBe(200);
    await sweepWebhooks(testCtx({ actor: { type: "system", job: "webhooks" } }));
    expect(await fieldsOf(id)).toEqual(["api_key", "webhook_secret"]);
    expect((await linesOf(tenant)).map(({ details }) => (details as { replaced: boolean }).replaced)).toEqual([false, true]);
  });

  test("can be ended at once, the one before it alone or both, and ending what is not there writes nothing", async () => {
    const { id, ctx, tenant } = await connected("telnyx");
    for (const seed of ["first", "second"]) await setWebhookSecret(ctx, { connectionId: id, secret: await telnyxPublicKey(seedOf(seed)) });
    await removeWebhookSecret(ctx, { connectionId: id, all: false });
    await removeWebhookSecret(ctx, { connectionId: id, all: false });
    expect([await called(id, { secret: seedOf("first") }), await called(id, { secret: seedOf("second") })]).toEqual([401, 200]);
    await removeWebhookSecret(ctx, { connectionId: id, all: true });
    expect(await called(id, { secret: seedOf("second") })).toBe(401);
    expect((await linesOf(tenant)).map(({ action }) => action).slice(2)).toEqual([
      "connection.webhook_secret_removed",
      "connection.webhook_secret_removed",
    ]);
  });

  test("stays when the account is given another key, at the same address", async () => {
    const { id, ctx, account } = await connected("telnyx");
    await setWebhookSecret(ctx, { connectionId: id, secret: await telnyxPublicKey() });
    const { fields } = await mintKey("telnyx", account);
    await connectKey(ctx, { provider: "telnyx", fields, connectionId: id });
    expect(await fieldsOf(id)).toEqual(["api_key", "webhook_secret"]);
    expect(await called(id)).toBe(200);
  });

  test("that two people set at once is one's, and the other is told", async () => {
    const { id, ctx } = await connected("telnyx");
    const keys = await Promise.all(["first", "second"].map((seed) => telnyxPublicKey(seedOf(seed))));
    const ended = await Promise.allSettled(keys.map((secret) => setWebhookSecret(ctx, { connectionId: id, secret })));
    const lost = ended.filter((each) => each.status === "rejected");
    expect(lost.map(({ reason }) => (reason as { code: string }).code)).toEqual(lost.map(() => "account_changing"));
    const opens = await Promise.all(["first", "second"].map((seed) => called(id, { secret: seedOf(seed) })));
    expect(opens.filter((status) => status === 200)).toHaveLength(2 - lost.length);
  });
});

describe("on the provider's page", () => {
  const form = (token: string) => ({ ...asPerson(token), "content-type": "application/x-www-form-urlencoded", accept: "text/html" });

  test("an owner sets it, replaces it and removes it; what was typed never comes back", async () => {
    const { id, ctx, tenant, token } = await connected("klaviyo");
    const path = `/t/${tenant.id}/integrations/klaviyo`;
    const submit = async (fields: Record<string, string>) => {
      const body = new URLSearchParams({ connectionId: id, account: "A", ...fields }).toString();
      const answer = await ask(path, { method: "POST", headers: form(token), body, redirect: "manual" });
      return { status: answer.status, html: await answer.text() };
    };
    const setting = (secret: string) => submit({ intent: "set-webhook-secret", secret });
    const short = await setting("not-long-enough");
    expect(short.status).toBe(422);
    expect(short.html).not.toContain("not-long-enough");
    expect(parse(short.html).querySelector("details[open]")?.text).toContain(
      "Secret key: this doesn’t look right. Copy it again, in full.",
    );
    expect(await fieldsOf(id)).not.toContain("webhook_secret");
    for (const secret of ["the-first-secret-of-it", "the-second-secret-of-it"]) expect((await setting(secret)).status).toBe(302);
    const seen = await (await ask(path, { headers: asPerson(token) })).text();
    expect(seen).toContain(`http://atrium.test/webhooks/klaviyo/${id}`);
    expect(seen).toContain("The old one works until");
    expect(seen).not.toMatch(/the-(first|second)-secret/);
    expect((await submit({ intent: "remove-webhook-secret", all: "no" })).status).toBe(302);
    expect(await webhookOf(ctx, id)).toMatchObject({ setAt: expect.any(Number), bothUntil: null });
    expect((await submit({ intent: "remove-webhook-secret", all: "yes" })).status).toBe(302);
    expect(await webhookOf(ctx, id)).toMatchObject({ setAt: null });
  });

  test("who may not change integrations sees nothing of it", async () => {
    const { tenant, id } = await connected("klaviyo");
    const { token } = await makeUser({ roles: [[tenant, "viewer"]] });
    const page = await ask(`/t/${tenant.id}/integrations/klaviyo`, { headers: asPerson(token) });
    expect(page.status).toBe(200);
    expect(parse(await page.text()).querySelector("main")?.text).not.toContain(`/webhooks/klaviyo/${id}`);
  });
});
