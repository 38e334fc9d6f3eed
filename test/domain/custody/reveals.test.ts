import { eq, like } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, devMails, secrets, users } from "#db/schema/index.ts";
import type { Tenant, TenantCtx, UserActor } from "#server/ctx.ts";
import { enterTenant } from "#server/ctx.ts";
import { verifyChain } from "#server/domain/audit/verify-chain.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { listCredentials } from "#server/domain/connections/list-credentials.ts";
import { approveReveal, denyReveal } from "#server/domain/custody/decide-reveal.ts";
import { countWaitingReveals, listReveals } from "#server/domain/custody/list-reveals.ts";
import { requestReveal } from "#server/domain/custody/request-reveal.ts";
import { revealOpenMs, revealWaitMs } from "#server/domain/custody/schemas.ts";
import { showReveal } from "#server/domain/custody/show-reveal.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { currentDataKey } from "#server/domain/vault/data-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { newId } from "#server/ids.ts";
import { createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";

const db = openDb(testEnv.DB);
const value = "shpat_the-value-itself-0123456789";
const reason = "The client lost its own copy.";
let now = Date.now();
const clock = () => now;
let [asks, allows, third]: UserActor[] = [];

beforeAll(async () => {
  [asks, allows, third] = [await makeUser({ staff: true }), await makeUser({ staff: true }), await makeUser({ staff: true })].map(
    ({ actor }) => actor,
  );
});

/** A client with one connected account and one sealed secret. */
async function makeHolder(kind: "oauth" | "key" = "oauth") {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant);
  const connectionId = newId("con", now);
  const field = kind === "key" ? "private_key" : "access_token";
  const sealed = await sealSecret(ctx, await currentDataKey(ctx), { connectionId, field, secret: value });
  await db.batch([
    db.insert(connections).values({
      id: connectionId,
      tenantId: tenant.id,
      provider: "klaviyo",
      kind,
      externalId: tenant.id,
      name: "Acme",
      details: {},
      scopesAsked: [],
      scopesGranted: [],
      status: "active",
      connectedBy: "usr_1",
      connectedAt: now,
      lastSuccessAt: now,
    }),
    db.insert(secrets).values({ tenantId: tenant.id, connectionId, field, sealed, createdAt: now - 1000 }),
  ]);
  return { tenant, connectionId, field };
}

/** A context of that admin inside the client, and the lines that it printed. */
const as = (actor: UserActor | undefined, tenant: Tenant): TenantCtx & { lines: string[] } => {
  if (!actor) throw new Error("nobody");
  const ctx = testCtx({ actor, now: clock });
  return { ...enterTenant(ctx, tenant, "staff"), lines: ctx.traces.lines };
};

const mailsAbout = (reveal: string) =>
  db
    .select()
    .from(devMails)
    .where(like(devMails.id, `${reveal}-%`));
const linesOf = (tenant: Tenant) => db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id)).orderBy(auditLog.seq);

async function asked() {
  const holder = await makeHolder();
  const { id: revealId } = await requestReveal(as(asks, holder.tenant), { ...holder, reason });
  return { ...holder, revealId };
}

describe("a secret is shown to whom another admin allowed it", () => {
  test("the other admins hear by mail who asks for what and why, and where they decide; once it is decided nobody does", async () => {
    const { tenant, connectionId, field } = await makeHolder();
    const ctx = testCtx({ actor: asks as UserActor, now: clock });
    const { id: reveal } = await requestReveal(enterTenant(ctx, tenant, "staff"), { connectionId, field, reason });
    const message = { v: 1, type: "mail.reveal", tenant: tenant.id, reveal } as const;
    expect(ctx.traces.mails).toEqual([message]);
    await workMail(testCtx({ now: clock }), { ...message, tenant: (await makeTenant()).id });
    expect(await mailsAbout(reveal)).toEqual([]);
    await workMail(testCtx({ now: clock }), message);
    const mails = await mailsAbout(reveal);
    const recipients = mails.map(({ recipient }) => recipient);
    expect(recipients).toEqual(expect.arrayContaining([allows?.email, third?.email]));
    expect(recipients).not.toContain(asks?.email);
    const [mail] = mails;
    expect(mail?.subject).toBe(`Access request for ${tenant.name}`);
    for (const said of ["the Klaviyo account Acme", reason, "http://atrium.test/admin/reveals"]) expect(mail?.text).toContain(said);
    expect(JSON.stringify(mails)).not.toContain(value);

    const { id: decided } = await requestReveal(enterTenant(testCtx({ actor: third as UserActor, now: clock }), tenant, "staff"), {
      connectionId,
      field,
      reason,
    });
    await denyReveal(as(allows, tenant), { revealId: decided });
    await workMail(testCtx({ now: clock }), { ...message, reveal: decided });
    expect(await mailsAbout(decided)).toEqual([]);
  });

  test("for five minutes, each look a line in the client's own log that says who, who allowed it, which, and why", async () => {
    const { tenant, revealId } = await asked();
    await approveReveal(as(allows, tenant), { revealId });
    const ctx = as(asks, tenant);
    const shown = await showReveal(ctx, { revealId });
    expect(shown).toEqual({ value, field: "access_token", provider: "Klaviyo", account: "Acme", until: now + revealOpenMs });
    await showReveal(as(asks, tenant), { revealId });
    const lines = await linesOf(tenant);
    expect(lines.map(({ action }) => action)).toEqual(["reveal.requested", "reveal.approved", "reveal.shown", "reveal.shown"]);
    expect(lines[2]).toMatchObject({
      actorType: "staff",
      actorId: asks?.userId,
      details: { reveal: revealId, field: "access_token", account: "Acme", approvedBy: allows?.userId, reason },
    });
    expect(await verifyChain(testTenantCtx(tenant))).toMatchObject({ lines: 4, broken: null });
    expect(JSON.stringify(lines)).not.toContain(value);
    ctx.log.info(`a line that holds ${value}`);
    expect(ctx.lines.join()).not.toContain(value);
  });

  test("the secret that was asked for, and not another one that took its place: neither before the answer nor after it", async () => {
    const replace = async ({ tenant, connectionId, field }: Awaited<ReturnType<typeof asked>>) => {
      const ctx = testTenantCtx(tenant);
      const sealed = await sealSecret(ctx, await currentDataKey(ctx), { connectionId, field, secret: "shpat_another-value-0123456789" });
      await db.update(secrets).set({ sealed }).where(eq(secrets.connectionId, connectionId));
    };
    const stateOf = async (id: string) =>
      (await listReveals(testCtx({ actor: third as UserActor, now: clock }), {})).items.find((each) => each.id === id)?.state;
    const waiting = await asked();
    const before = await countWaitingReveals(testCtx({ actor: third as UserActor, now: clock }));
    await replace(waiting);
    await expect(approveReveal(as(allows, waiting.tenant), waiting)).rejects.toMatchObject({ code: "secret_replaced" });
    expect(await stateOf(waiting.revealId)).toBe("void");
    expect(await countWaitingReveals(testCtx({ actor: third as UserActor, now: clock }))).toBe(before - 1);
    // The new one is asked for anew.
    const { id: again } = await requestReveal(as(asks, waiting.tenant), { ...waiting, reason });
    await approveReveal(as(allows, waiting.tenant), { revealId: again });
    expect((await showReveal(as(asks, waiting.tenant), { revealId: again })).value).toBe("shpat_another-value-0123456789");

    const open = await asked();
    await approveReveal(as(allows, open.tenant), open);
    await replace(open);
    await expect(showReveal(as(asks, open.tenant), open)).rejects.toMatchObject({ code: "secret_replaced" });
    expect(await stateOf(open.revealId)).toBe("void");
    expect((await linesOf(open.tenant)).map(({ action }) => action)).toEqual(["reveal.requested", "reveal.approved"]);
  });

  test("nor one that takes its place in the very moment of the look", async () => {
    const held = await asked();
    await approveReveal(as(allows, held.tenant), held);
    const ctx = as(asks, held.tenant);
    const inside = testTenantCtx(held.tenant);
    const sealed = await sealSecret(inside, await currentDataKey(inside), { ...held, secret: "shpat_another-value-0123456789" });
    let replaced = false;
    const d1 = interruptedD1(ctx.databases.DB, ({ is }) => {
      if (is !== "batch" || replaced) return undefined;
      replaced = true;
      return db
        .update(secrets)
        .set({ sealed })
        .where(eq(secrets.connectionId, held.connectionId))
        .then(() => undefined);
    });
    const slow = { ...ctx, db: openDb(d1) };
    await expect(showReveal(slow, held)).rejects.toMatchObject({ kind: "conflict" });
    expect(replaced).toBe(true);
    expect((await linesOf(held.tenant)).map(({ action }) => action)).toEqual(["reveal.requested", "reveal.approved"]);
  });

  test("the one who asked cannot allow or refuse it, whoever is asked", async () => {
    const { tenant, revealId } = await asked();
    await expect(approveReveal(as(asks, tenant), { revealId })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(denyReveal(as(asks, tenant), { revealId })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(showReveal(as(asks, tenant), { revealId })).rejects.toMatchObject({ kind: "conflict" });
    expect((await linesOf(tenant)).map(({ action }) => action)).toEqual(["reveal.requested"]);
  });

  test("it ends with the right of whoever asked, and of whoever allowed it", async () => {
    const { tenant, revealId } = await asked();
    const db = testCtx().directory;
    const staff = (who: UserActor | undefined, is: boolean) =>
      db
        .update(users)
        .set({ staff: is })
        .where(eq(users.id, (who as UserActor).userId));
    await staff(asks, false);
    await expect(approveReveal(as(allows, tenant), { revealId })).rejects.toMatchObject({ kind: "conflict" });
    await staff(asks, true);
    await approveReveal(as(allows, tenant), { revealId });
    await staff(allows, false);
    await expect(showReveal(as(asks, tenant), { revealId })).rejects.toMatchObject({ kind: "conflict" });
    await staff(allows, true);
    await expect(showReveal(as(asks, tenant), { revealId })).resolves.toMatchObject({ field: expect.any(String) });
  });

  test("nobody else may look: not the one who allowed it, not a third admin", async () => {
    const { tenant, revealId } = await asked();
    await approveReveal(as(allows, tenant), { revealId });
    for (const other of [allows, third])
      await expect(showReveal(as(other, tenant), { revealId })).rejects.toMatchObject({ kind: "forbidden" });
    expect((await linesOf(tenant)).map(({ action }) => action)).not.toContain("reveal.shown");
  });

  test("the permission ends after five minutes, the request after a day", async () => {
    const { tenant, revealId } = await asked();
    await approveReveal(as(allows, tenant), { revealId });
    now += revealOpenMs;
    await expect(showReveal(as(asks, tenant), { revealId })).rejects.toMatchObject({ kind: "conflict" });
    await expect(approveReveal(as(third, tenant), { revealId })).rejects.toMatchObject({ kind: "conflict" });
    const later = await asked();
    now += revealWaitMs;
    await expect(approveReveal(as(allows, later.tenant), { revealId: later.revealId })).rejects.toMatchObject({ kind: "conflict" });
    const { items } = await listReveals(testCtx({ actor: third as UserActor, now: clock }), {});
    const stateOf = (id: string) => items.find((item) => item.id === id)?.state;
    expect([stateOf(revealId), stateOf(later.revealId)]).toEqual(["over", "expired"]);
  });

  test("it is decided once: two who answer at once are one answer", async () => {
    const { tenant, revealId } = await asked();
    const answers = await Promise.allSettled([
      approveReveal(as(allows, tenant), { revealId }),
      denyReveal(as(third, tenant), { revealId }),
      approveReveal(as(third, tenant), { revealId }),
    ]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await linesOf(tenant)).map(({ action }) => action)).toHaveLength(2);
  });

  test("a double click asks once, and a mail that cannot be queued does not undo what was asked", async () => {
    const holder = await makeHolder();
    const both = await Promise.allSettled([1, 2].map(() => requestReveal(as(asks, holder.tenant), { ...holder, reason })));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await linesOf(holder.tenant)).map(({ action }) => action)).toEqual(["reveal.requested"]);
    const other = await makeHolder();
    const ctx = as(asks, other.tenant);
    const down = () => Promise.reject(new Error("the queue is down"));
    await requestReveal({ ...ctx, send: { ...ctx.send, mail: down } }, { ...other, reason });
    expect(ctx.lines.join()).toContain("a mail was not queued");
  });

  test("what was refused is not shown, and can be asked for again", async () => {
    const { tenant, connectionId, field, revealId } = await asked();
    await expect(requestReveal(as(asks, tenant), { connectionId, field, reason })).rejects.toMatchObject({ kind: "conflict" });
    await denyReveal(as(allows, tenant), { revealId });
    await expect(showReveal(as(asks, tenant), { revealId })).rejects.toMatchObject({ kind: "conflict" });
    await requestReveal(as(asks, tenant), { connectionId, field, reason });
  });

  test("another client's secret or request is not found, and what was disconnected meanwhile is gone", async () => {
    const [mine, others] = [await asked(), await asked()];
    const inside = as(allows, mine.tenant);
    await expect(requestReveal(inside, { ...others, reason })).rejects.toMatchObject({ kind: "not_found" });
    await expect(approveReveal(inside, { revealId: others.revealId })).rejects.toMatchObject({ kind: "not_found" });
    await expect(showReveal(as(asks, mine.tenant), { revealId: others.revealId })).rejects.toMatchObject({ kind: "not_found" });
    await approveReveal(inside, { revealId: mine.revealId });
    for (const { tenant, connectionId } of [mine, others]) await disconnect(testTenantCtx(tenant), { connectionId });
    await expect(showReveal(as(asks, mine.tenant), { revealId: mine.revealId })).rejects.toMatchObject({ kind: "not_found" });
    await expect(approveReveal(as(allows, others.tenant), { revealId: others.revealId })).rejects.toMatchObject({ kind: "not_found" });
  });

  test("a client's own people have no part in it", async () => {
    const { tenant, connectionId, field, revealId } = await asked();
    const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
    const caller = createCaller(testCtx({ actor }));
    await expect(caller.reveals.request({ tenant: tenant.id, connectionId, field, reason })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(caller.reveals.show({ tenant: tenant.id, revealId })).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(requestReveal(testTenantCtx(tenant, "owner", { actor }), { connectionId, field, reason })).rejects.toMatchObject({
      kind: "forbidden",
    });
  });

  test("a reason is ten letters at least", async () => {
    const { tenant, connectionId, field } = await makeHolder();
    const caller = createCaller(testCtx({ actor: asks as UserActor }));
    const short = caller.reveals.request({ tenant: tenant.id, connectionId, field, reason: "  because  " });
    await expect(short).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  test("who waits for an answer is counted for the others", async () => {
    const before = await countWaitingReveals(testCtx({ actor: allows as UserActor, now: clock }));
    await asked();
    expect(await countWaitingReveals(testCtx({ actor: allows as UserActor, now: clock }))).toBe(before + 1);
  });
});

describe("the list of all secrets", () => {
  const listOf = (asked: Parameters<typeof listCredentials>[1]) => listCredentials(testCtx({ actor: asks as UserActor }), asked);

  test("says by name, kind and key what there is, and a key's use is its connection's", async () => {
    const [oauth, key] = [await makeHolder(), await makeHolder("key")];
    const [first] = (await listOf({ tenantId: oauth.tenant.id })).credentials;
    expect(first).toMatchObject({
      field: "access_token",
      kind: "oauth",
      provider: "klaviyo",
      dataKeyVersion: 1,
      rootKeyId: expect.any(String),
    });
    const [second] = (await listOf({ tenantId: key.tenant.id })).credentials;
    expect(second).toMatchObject({ field: "private_key", kind: "key", lastUsedAt: expect.any(Number) });
    expect(JSON.stringify([first, second])).not.toMatch(/a1\.|shpat/);
  });

  test("a row that is no sealed value hides none of the others", async () => {
    const { tenant, connectionId } = await makeHolder();
    await db.insert(secrets).values({ tenantId: tenant.id, connectionId, field: "broken", sealed: "nonsense", createdAt: 1 });
    const { credentials } = await listOf({ tenantId: tenant.id });
    expect(credentials.map(({ field, dataKeyVersion }) => [field, dataKeyVersion])).toEqual([
      ["access_token", 1],
      ["broken", null],
    ]);
  });

  test("is narrowed to a provider", async () => {
    const { tenant } = await makeHolder();
    expect((await listOf({ tenantId: tenant.id, provider: "shopify" })).credentials).toEqual([]);
    expect((await listOf({ tenantId: tenant.id, provider: "klaviyo" })).credentials).toHaveLength(1);
  });
});

test("the value stands on the page that was asked for it, which no cache keeps and which ends by itself, and on no other", async () => {
  const { tenant, connectionId, field } = await makeHolder();
  const one = await makeUser({ staff: true });
  const started = Date.now();
  now = started;
  const { id: revealId } = await requestReveal(as(one.actor, tenant), { connectionId, field, reason });
  await approveReveal(as(allows, tenant), { revealId });
  const { "content-type": _, ...headers } = asPerson(one.token);
  const body = new URLSearchParams({ intent: "show", client: tenant.id, revealId });
  const shown = await ask("/admin/reveals", { method: "POST", headers, body });
  const page = await shown.text();
  expect(shown.status).toBe(200);
  expect(shown.headers.get("cache-control")).toContain("no-store");
  expect(page).toContain(value);
  expect(Number(/http-equiv="refresh" content="(\d+);url=\/admin\/reveals"/i.exec(page)?.[1])).toBeLessThanOrEqual(revealOpenMs / 1000);
  for (const path of ["/admin/reveals", `/admin/audit?client=${tenant.id}`, "/admin/credentials"])
    expect(await (await ask(path, { headers })).text()).not.toContain(value);
  const client = await makeUser({ roles: [[tenant, "owner"]] });
  const { "content-type": __, ...theirs } = asPerson(client.token);
  expect((await ask("/admin/reveals", { method: "POST", headers: theirs, body })).status).toBe(404);
  const log = await (await ask(`/t/${tenant.id}/settings/audit`, { headers: theirs })).text();
  expect(log).toContain("reveal.shown");
  expect(log).not.toContain(value);
}, 60_000);
