import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDb, openTenantDb } from "#db/client.ts";
import { auditLog, connections, devMails, schedules, secrets, tenants, users } from "#db/schema/index.ts";
import { enterTenant, type Tenant } from "#server/ctx.ts";
import { claimEnds } from "#server/domain/connecting/claim-ends.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { endReplaced } from "#server/domain/connecting/end-replaced.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { sourceOf } from "#server/domain/connections/choose-account.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeTenant, makeUser, type TestCtx, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";
import { connectThrough, control, visit } from "./consent.ts";
import { mintKey } from "./mint-key.ts";

const day = 86_400_000;
const minute = 60_000;
const db = openDb(testEnv.DB);

beforeEach(async () => {
  await control();
  await control({ limits: false });
});
afterEach(async () => {
  await control();
  // The chore looks across tenants: no test shall find another one's keys due.
  await db.update(connections).set({ status: "disconnected", endLookAt: null });
});

/** A client whose account is connected by a key. */
async function withKey() {
  const { browser, tenant, actor } = await visit();
  const ctx = { ...enterTenant(browser, tenant, "owner"), traces: browser.traces };
  const { connectionId: keyId } = await connectKey(ctx, { provider: "klaviyo", fields: (await mintKey("klaviyo", "BetaB2")).fields });
  return { browser, tenant, actor, ctx, keyId };
}
/** And by a sign-in since. */
async function replaced() {
  const person = await withKey();
  await connectThrough(person.browser, { tenant: person.tenant.id, provider: "klaviyo" });
  const signIn = (await listConnections(person.ctx)).find(({ kind }) => kind === "oauth");
  if (!signIn) throw new Error("not signed in");
  return { ...person, signInId: signIn.id, connectedAt: signIn.connectedAt };
}

async function rowOf(id: string): Promise<ConnectionRow> {
  const [row] = await db.select().from(connections).where(eq(connections.id, id));
  if (!row) throw new Error("no such connection");
  return row;
}
const set = (id: string, columns: Partial<ConnectionRow>) => db.update(connections).set(columns).where(eq(connections.id, id));
const secretsOf = (id: string) => db.select().from(secrets).where(eq(secrets.connectionId, id));
const linesOf = async ({ id }: Tenant, action: string) =>
  (
    await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, id), eq(auditLog.action, action)))
  ).map(({ details }) => details);

const cron = (more: TestCtx = {}) => testCtx({ actor: { type: "system", job: "cron" }, ...more });
/** The cron's tick at that time, and what news it sent. */
async function tick(at: number) {
  const ctx = cron({ now: () => at });
  await claimEnds(ctx);
  for (const message of ctx.traces.tokens) await workToken(ctx, message);
  return newsOf(ctx);
}
const newsOf = ({ traces }: Pick<ReturnType<typeof cron>, "traces">) =>
  traces.mails.flatMap((mail) => (mail.type === "mail.key_end" ? [[mail.news, mail.at]] : []));

describe("a key whose account is signed in to", () => {
  test("ends 30 days later: said at once, again a week ahead, and when it came", async () => {
    const { ctx, keyId, signInId, tenant } = await replaced();
    const { endsAt } = await rowOf(keyId);
    if (endsAt === null) throw new Error("it does not end");
    expect(Math.abs(endsAt - Date.now() - 30 * day)).toBeLessThan(minute);
    expect(await linesOf(tenant, "connection.connected")).toContainEqual(expect.objectContaining({ replaces: keyId, keyEndsAt: endsAt }));
    const heard: unknown[] = [];
    for (let ahead = 30; ahead >= -2; ahead--) {
      for (const news of [...(await tick(endsAt - ahead * day + minute)), ...(await tick(endsAt - ahead * day + 2 * minute))])
        heard.push([ahead, ...news]);
    }
    expect(heard).toEqual([
      [30, "announced", endsAt],
      [7, "reminded", endsAt],
      [0, "ended", null],
    ]);
    expect(await rowOf(keyId)).toMatchObject({ status: "disconnected", endsAt: null, endTold: null, endLookAt: null });
    expect(await secretsOf(keyId)).toEqual([]);
    expect(await linesOf(tenant, "connection.disconnected")).toMatchObject([{ connection: keyId, replacedBy: signInId }]);
    expect(await linesOf(tenant, "connection.access_returned")).toMatchObject([{ connection: keyId, farewell: "key" }]);
    expect((await listConnections(ctx)).filter(({ status }) => status === "active").map(({ id }) => id)).toEqual([signInId]);
  });

  test("shows its end on its page, and none of its sign-in", async () => {
    const { ctx, keyId } = await replaced();
    const accounts = (await listIntegrations(ctx)).find(({ provider }) => provider === "klaviyo")?.connections ?? [];
    expect(accounts.map(({ kind, endsAt }) => ({ kind, ends: endsAt !== null }))).toEqual([
      { kind: "key", ends: true },
      { kind: "oauth", ends: false },
    ]);
    expect(accounts[0]?.endsAt).toBe((await rowOf(keyId)).endsAt);
  });

  test("stops no job as it ends, and begins none anew", async () => {
    const { ctx, keyId, tenant } = await replaced();
    // Another account of the same provider, that was there between the two.
    const { id: _, ...key } = await rowOf(keyId);
    await db.insert(connections).values({ ...key, id: `${keyId}a`, externalId: "Other1", endsAt: null, endLookAt: null });
    await db
      .update(schedules)
      .set({ cursor: { page: 7 } })
      .where(eq(schedules.tenantId, tenant.id));
    const read = async () =>
      (await db.select().from(schedules).where(eq(schedules.tenantId, tenant.id)).orderBy(schedules.job)).map(
        ({ job, blocked, source, cursor }) => ({ job, blocked, source, cursor }),
      );
    const before = await read();
    expect(before.find(({ source }) => source?.includes("BetaB2"))).toMatchObject({ blocked: null, cursor: { page: 7 } });
    await set(keyId, { endTold: "reminded", endsAt: Date.now(), endLookAt: Date.now() });
    expect(await tick(Date.now() + minute)).toEqual([["ended", null]]);
    expect(await read()).toEqual(before);
    expect(sourceOf({ needs: [{ provider: "klaviyo", scopes: [] }] }, await listConnections(ctx))).toBe("klaviyo BetaB2");
  });

  test("is kept by an owner's or an admin's word, once and for good, with a line in the log", async () => {
    const { browser, tenant, keyId, actor } = await replaced();
    const { actor: developer } = await makeUser({ roles: [[tenant, "developer"]] });
    const ref = { tenant: tenant.id, connectionId: keyId };
    await expect(createCaller(testCtx({ actor: developer })).connections.keepKey(ref)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await rowOf(keyId)).endsAt).not.toBeNull();
    const own = createCaller(testCtx({ actor }));
    await own.connections.keepKey(ref);
    await own.connections.keepKey(ref);
    expect(await linesOf(tenant, "connection.key_kept")).toMatchObject([{ connection: keyId }]);
    expect(await rowOf(keyId)).toMatchObject({ status: "active", endsAt: null, endLookAt: null });
    for (const days of [1, 23, 31, 62]) expect(await tick(Date.now() + days * day)).toEqual([]);
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    expect(await rowOf(keyId)).toMatchObject({ status: "active", endsAt: null });
    expect(await secretsOf(keyId)).not.toEqual([]);
  });

  test("of another client is not found by who would keep it", async () => {
    const { keyId } = await replaced();
    const { actor } = await makeUser({ roles: [[await makeTenant(), "owner"]] });
    const ref = { tenant: actor.memberships[0]?.tenant.id ?? "", connectionId: keyId };
    await expect(createCaller(testCtx({ actor })).connections.keepKey(ref)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const before = await rowOf(keyId);
    await workToken(cron(), { v: 1, type: "token.end_key", tenant: ref.tenant, connection: keyId });
    expect(await rowOf(keyId)).toEqual(before);
    expect(before.endsAt).not.toBeNull();
  });

  test("that ended already is not kept", async () => {
    const { ctx, keyId } = await replaced();
    await disconnect(ctx, { connectionId: keyId });
    await expect(
      createCaller(testCtx({ actor: ctx.actor })).connections.keepKey({ tenant: ctx.tenant.id, connectionId: keyId }),
    ).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("that is given after the sign-in is wanted beside it", async () => {
    const { ctx, browser, tenant } = await withKey();
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    const { connectionId } = await connectKey(ctx, { provider: "klaviyo", fields: (await mintKey("klaviyo", "BetaB2")).fields });
    expect(await rowOf(connectionId)).toMatchObject({ endsAt: null, keptAt: expect.any(Number) });
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    expect((await rowOf(connectionId)).endsAt).toBeNull();
  });

  test("goes on where the sign-in is disconnected first, and whoever was told of its end hears that", async () => {
    const { ctx, keyId, signInId } = await replaced();
    await tick(Date.now() + minute);
    await disconnect(ctx, { connectionId: signInId });
    expect(await rowOf(keyId)).toMatchObject({ status: "active", endsAt: null });
    ctx.traces.mails.length = 0;
    // A worker that dies between the mail and its note tells the same thing once.
    const dying = interruptedD1(testEnv.DB, (call) => {
      if (call.is === "prepare" && /^update "connections" set "end_told"/.test(call.query)) throw new Error("killed");
      return undefined;
    });
    await expect(endReplaced({ ...ctx, db: openTenantDb(dying, ctx.tenant.id) }, { connectionId: keyId })).rejects.toThrow("killed");
    await endReplaced(ctx, { connectionId: keyId });
    expect(newsOf(ctx)).toEqual([["called_off", null]]);
    await db.delete(devMails);
    for (const message of ctx.traces.mails) await workMail(ctx, message);
    expect((await db.select().from(devMails)).map(({ subject }) => subject)).toEqual([expect.stringMatching(/the key stays$/)]);
    expect(await rowOf(keyId)).toMatchObject({ status: "active", endsAt: null, endTold: null, endLookAt: null });
    expect(await tick(Date.now() + 31 * day)).toEqual([]);
  });

  test("goes on where the sign-in is disconnected before anybody was told of its end, and nobody hears of it", async () => {
    const { ctx, keyId, signInId } = await replaced();
    await disconnect(ctx, { connectionId: signInId });
    expect(await rowOf(keyId)).toMatchObject({ status: "active", endsAt: null, endTold: null, endLookAt: null });
    expect(await tick(Date.now() + 31 * day)).toEqual([]);
  });
});

describe("the end is put off", () => {
  test("while the sign-in waits for a person: until 30 days after it is connected again, and that is said", async () => {
    const { browser, tenant, keyId, signInId } = await replaced();
    const { endsAt } = await rowOf(keyId);
    if (endsAt === null) throw new Error("it does not end");
    expect(await tick(Date.now() + minute)).toEqual([["announced", endsAt]]);
    await set(signInId, { status: "reconnect_needed" });
    expect(await tick(endsAt - 7 * day + minute)).toEqual([]);
    expect(await tick(endsAt + minute)).toEqual([["put_off", null]]);
    expect(await tick(endsAt + 2 * day)).toEqual([]);
    expect(await rowOf(keyId)).toMatchObject({ status: "active", endsAt: null });
    expect(await secretsOf(keyId)).not.toEqual([]);
    expect(await linesOf(tenant, "connection.end_put_off")).toMatchObject([{ connection: keyId, until: null }]);
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", connection: signInId });
    const again = await rowOf(keyId);
    expect(Math.abs((again.endsAt ?? 0) - Date.now() - 30 * day)).toBeLessThan(minute);
    expect(await tick(Date.now() + minute)).toEqual([["announced", again.endsAt]]);
  });

  test("where it waits on the last day alone", async () => {
    const { keyId, signInId } = await replaced();
    const endsAt = Date.now();
    await set(keyId, { endTold: "reminded", endsAt, endLookAt: endsAt });
    await set(signInId, { status: "reconnect_needed" });
    expect(await tick(endsAt + minute)).toEqual([["put_off", null]]);
    expect(await rowOf(keyId)).toMatchObject({ status: "active", endsAt: null });
  });

  test("for 30 days more where the sign-in may not what a job reads by the key", async () => {
    const { keyId, signInId, tenant } = await replaced();
    const endsAt = Date.now();
    const { scopesGranted } = await rowOf(signInId);
    await set(keyId, { endTold: "reminded", endsAt, endLookAt: endsAt });
    await set(signInId, { scopesGranted: ["accounts:read"] });
    const until = endsAt + minute + 30 * day;
    expect(await tick(endsAt + minute)).toEqual([["put_off", until]]);
    expect(await rowOf(keyId)).toMatchObject({ status: "active", endsAt: until, endTold: "announced" });
    expect(await linesOf(tenant, "connection.end_put_off")).toMatchObject([{ connection: keyId, until }]);
    // Nobody is reminded of what will not come; once the job can go on by the sign-in, people are.
    expect(await tick(until - 7 * day + minute)).toEqual([]);
    const again = until + minute + 30 * day;
    expect(await tick(until + minute)).toEqual([["put_off", again]]);
    await set(signInId, { scopesGranted });
    expect(await tick(again - 7 * day + minute)).toEqual([["reminded", again]]);
  });

  test("a cron that was away gives people the days that they are told of", async () => {
    const { keyId } = await replaced();
    const { endsAt } = await rowOf(keyId);
    const late = (endsAt ?? 0) + 3 * day;
    expect(await tick(late)).toEqual([["announced", late + 30 * day]]);
    const later = late + 40 * day;
    expect(await tick(later)).toEqual([["reminded", later + 7 * day]]);
    expect(await tick(later + 8 * day)).toEqual([["ended", null]]);
  });

  test("while a client is suspended nobody is told, and nothing ends that was not told of", async () => {
    const { keyId, tenant } = await replaced();
    await db.update(tenants).set({ status: "suspended" }).where(eq(tenants.id, tenant.id));
    for (const days of [1, 24, 31, 40]) expect(await tick(Date.now() + days * day)).toEqual([]);
    expect((await rowOf(keyId)).status).toBe("active");
  });
});

describe("once, and not less", () => {
  test("two ticks and a message that comes twice say and end it once", async () => {
    const { keyId, tenant } = await replaced();
    const now = () => Date.now() + minute;
    const [one, two] = [cron({ now }), cron({ now })];
    await Promise.all([claimEnds(one), claimEnds(two)]);
    const sent = [...one.traces.tokens, ...two.traces.tokens];
    expect(sent).toHaveLength(1);
    const worker = cron({ now });
    for (const message of [...sent, ...sent]) await workToken(worker, message);
    expect(newsOf(worker)).toHaveLength(1);

    await set(keyId, { endTold: "reminded", endsAt: Date.now(), endLookAt: Date.now() });
    const [three, four] = [cron({ now }), cron({ now })];
    await Promise.all([claimEnds(three), claimEnds(four)]);
    const ends = [...three.traces.tokens, ...four.traces.tokens];
    expect(ends).toHaveLength(1);
    for (const message of [...ends, ...ends]) await workToken(worker, message);
    expect(newsOf(worker).filter(([news]) => news === "ended")).toHaveLength(1);
    expect(await linesOf(tenant, "connection.disconnected")).toHaveLength(1);
    expect(await linesOf(tenant, "connection.access_returned")).toHaveLength(1);
  });

  test("a mail that could not be queued is sent by a later tick, and nothing ends before", async () => {
    const { keyId } = await replaced();
    const at = Date.now() + minute;
    const broken = cron({ now: () => at });
    await claimEnds(broken);
    broken.send = { ...broken.send, mail: () => Promise.reject(new Error("the queue is down")) };
    for (const message of broken.traces.tokens) await expect(workToken(broken, message)).rejects.toThrow("the queue is down");
    expect((await rowOf(keyId)).endTold).toBeNull();
    expect(await tick(at + 11 * minute)).toHaveLength(1);
  });

  test("a worker that dies right after the end leaves the news of it to a later tick", async () => {
    const { keyId, tenant } = await replaced();
    const at = Date.now() + minute;
    await set(keyId, { endTold: "reminded", endsAt: at, endLookAt: at });
    const ctx = testTenantCtx(tenant, "system", { now: () => at });
    let ended = false;
    const d1 = interruptedD1(testEnv.DB, () => {
      if (ended) throw new Error("killed");
      return undefined;
    });
    const doomed = {
      ...ctx,
      db: openDb(
        new Proxy(d1, {
          get(target, key) {
            const found: unknown = Reflect.get(target, key);
            if (key !== "batch" || typeof found !== "function") return found;
            return async (statements: D1PreparedStatement[]) => {
              const answers: unknown = await Reflect.apply(found, target, [statements]);
              ended = (await rowOf(keyId)).status === "disconnected";
              return answers;
            };
          },
        }),
      ),
      send: { ...ctx.send, mail: () => Promise.reject(new Error("killed")) },
    };
    await expect(endReplaced(doomed, { connectionId: keyId })).rejects.toThrow("killed");
    expect(ended).toBe(true);
    expect(await secretsOf(keyId)).toEqual([]);
    expect(await tick(at + minute)).toEqual([["ended", null]]);
    expect(await tick(at + day)).toEqual([]);
    expect(await linesOf(tenant, "connection.access_returned")).toHaveLength(1);
  });

  test("who keeps it in the moment of its end keeps it", async () => {
    const { keyId, tenant, actor } = await replaced();
    const at = Date.now();
    await set(keyId, { endTold: "reminded", endsAt: at, endLookAt: at });
    const ctx = testTenantCtx(tenant, "system", { now: () => at + minute });
    let asked = false;
    const d1 = interruptedD1(testEnv.DB, async (call) => {
      if (call.is !== "batch" || asked) return;
      asked = true;
      await createCaller(testCtx({ actor })).connections.keepKey({ tenant: tenant.id, connectionId: keyId });
    });
    await endReplaced({ ...ctx, db: openDb(d1) }, { connectionId: keyId });
    expect(asked).toBe(true);
    expect((await rowOf(keyId)).status).toBe("active");
    expect(await secretsOf(keyId)).not.toEqual([]);
    expect(ctx.traces.mails).toEqual([]);
  });
});

test("the letters say what ends, when, and what to do, to those who may connect accounts, each in their language", async () => {
  const { keyId, tenant } = await replaced();
  const at = Date.UTC(2030, 0, 31, 12);
  await set(keyId, { endsAt: at, name: "Beta Letters" });
  const { actor: french } = await makeUser({ roles: [[tenant, "admin"]] });
  const { actor: hebrew } = await makeUser({ roles: [[tenant, "developer"]] });
  await makeUser({ roles: [[tenant, "viewer"]] });
  await db.update(users).set({ locale: "fr" }).where(eq(users.id, french.userId));
  await db.update(users).set({ locale: "he" }).where(eq(users.id, hebrew.userId));
  const send = async (news: "announced" | "reminded" | "put_off" | "ended", day: number | null) => {
    await db.delete(devMails);
    await workMail(cron(), { v: 1, type: "mail.key_end", tenant: tenant.id, connection: keyId, news, at: day });
    return (await db.select().from(devMails)).filter(({ text }) => text.includes("Beta Letters"));
  };
  const announced = await send("announced", at);
  expect(announced).toHaveLength(3);
  const english = announced.find(({ recipient }) => recipient !== french.email && recipient !== hebrew.email);
  expect(english?.subject).toContain("will be deleted on January 31, 2030");
  expect(english?.text).toContain(`/t/${tenant.id}/integrations/klaviyo`);
  expect(announced.find(({ recipient }) => recipient === french.email)?.subject).toContain("31 janvier 2030");
  expect(announced.find(({ recipient }) => recipient === hebrew.email)?.text).toContain("31 בינואר 2030");
  expect((await send("put_off", null))[0]?.text).toMatch(/Reconnect|Reconnectez|לחבר/);
  expect(await send("announced", at + day), "it is of another day by now").toEqual([]);
  expect(await send("ended", null), "it did not end").toEqual([]);
  await set(keyId, { keptAt: 1, endsAt: null });
  expect(await send("reminded", at), "it was kept").toEqual([]);
  expect(await send("put_off", null), "it was kept").toEqual([]);
});
