import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, devMails, memberships, noticePreferences, notices, users } from "#db/schema/index.ts";
import type { NoticeChoices } from "#db/words/notices.ts";
import type { Role } from "#db/words/tenants.ts";
import type { Tenant } from "#server/ctx.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { retract } from "#server/domain/notices/retract.ts";
import { sendHeld } from "#server/domain/notices/send-held.ts";
import { needReconnect } from "#server/domain/tokens/need-reconnect.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const hour = 3_600_000;
/** 22:30 in Paris. */
const night = Date.parse("2026-03-10T21:30:00Z");
const job = { type: "system", job: "test" } as const;

async function makeConnection(tenant: Tenant, status: "active" | "reconnect_needed" = "reconnect_needed") {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    ...{ id, tenantId: tenant.id, provider: "klaviyo", externalId: id, name: "Acme list", details: {}, scopesAsked: [], scopesGranted: [] },
    ...{ status, connectedBy: "x", connectedAt: 1, version: 3 },
  });
  return id;
}

/** A client with one person who may connect accounts, and how they want to be told. */
async function makeClient(preferences?: { choices?: NoticeChoices; quietFrom?: string; quietTo?: string }, role: Role = "owner") {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, role]] });
  await db.update(users).set({ timezone: "Europe/Paris" }).where(eq(users.id, actor.userId));
  if (preferences) await db.insert(noticePreferences).values({ userId: actor.userId, choices: {}, ...preferences });
  const connection = await makeConnection(tenant);
  return { tenant, actor, connection, mail: { v: 1, type: "mail.reconnect", tenant: tenant.id, connection } as const };
}

const noticesOf = (tenant: Tenant) => db.select().from(notices).where(eq(notices.tenantId, tenant.id)).orderBy(notices.id);
const mailsTo = (email: string) => db.select().from(devMails).where(eq(devMails.recipient, email));
const at = (time: number) => testCtx({ actor: job, now: () => time });

/** Works off what is in the queue of a context, as its consumer does. */
async function workAll(ctx: ReturnType<typeof testCtx>) {
  for (const message of ctx.traces.mails.splice(0)) await workMail(ctx, message);
}

test("a connection that needs a person is told to who may connect accounts, once each, and to nobody else", async () => {
  const { tenant, actor } = await makeClient();
  await makeUser({ roles: [[tenant, "viewer"]] });
  const ctx = testTenantCtx(tenant, "system");
  const id = await makeConnection(tenant, "active");
  const [row] = await db.select().from(connections).where(eq(connections.id, id));
  if (!row) throw new Error("no connection");
  await needReconnect(ctx, row, "refresh_refused");
  expect(await noticesOf(tenant)).toMatchObject([
    { tenantId: tenant.id, userId: actor.userId, kind: "reconnect", subject: id, event: "4", shown: true, readAt: null, resolvedAt: null },
  ]);
  expect(ctx.traces.mails).toEqual([{ v: 1, type: "mail.reconnect", tenant: tenant.id, connection: id }]);
});

test("the same event is told once; a later one of the same subject takes the place of the earlier one", async () => {
  const { tenant, mail } = await makeClient();
  const ctx = testCtx({ actor: job });
  await notify(ctx, { mail, event: 4 });
  await notify(ctx, { mail, event: 4 });
  expect(ctx.traces.mails).toHaveLength(1);
  expect(await noticesOf(tenant)).toHaveLength(1);
  await notify(ctx, { mail, event: 6 });
  expect(ctx.traces.mails).toHaveLength(2);
  expect((await noticesOf(tenant)).map(({ event, resolvedAt }) => [event, resolvedAt === null])).toEqual([
    ["4", false],
    ["6", true],
  ]);
});

test("who changed nothing gets the mail at once, at any hour", async () => {
  const { actor, mail } = await makeClient();
  const ctx = at(night);
  await notify(ctx, { mail, event: 4 });
  await workAll(ctx);
  expect(await mailsTo(actor.email)).toHaveLength(1);
});

test("through a person's quiet hours their mail waits, and goes out when they are over", async () => {
  const { tenant, actor, mail } = await makeClient({ quietFrom: "22:00", quietTo: "07:00" });
  const ctx = at(night);
  await notify(ctx, { mail, event: 4 });
  await workAll(ctx);
  expect(await mailsTo(actor.email)).toEqual([]);
  // 07:00 in Paris, in winter.
  const morning = Date.parse("2026-03-11T06:00:00Z");
  expect((await noticesOf(tenant))[0]?.mailDueAt).toBe(morning);
  const early = at(morning - 60_000);
  await sendHeld(early);
  expect(early.traces.mails.filter(({ type }) => type === "mail.reconnect")).toEqual([]);
  const later = at(morning + 60_000);
  await sendHeld(later);
  await workAll(later);
  expect(await mailsTo(actor.email)).toHaveLength(1);
  await sendHeld(later);
  expect(later.traces.mails).toEqual([]);
});

test("a mail that somebody switched off does not come, and its notice does", async () => {
  const { tenant, actor, mail } = await makeClient({ choices: { reconnect: { portal: true, mail: "off" } } });
  const ctx = at(night);
  await notify(ctx, { mail, event: 4 });
  await workAll(ctx);
  expect(await mailsTo(actor.email)).toEqual([]);
  expect(await noticesOf(tenant)).toMatchObject([{ shown: true, mailDueAt: null }]);
});

test("a kind that is switched off in the portal comes by mail alone", async () => {
  const { tenant, actor, mail } = await makeClient({ choices: { reconnect: { portal: false, mail: "now" } } });
  const ctx = at(night);
  await notify(ctx, { mail, event: 4 });
  await workAll(ctx);
  expect(await mailsTo(actor.email)).toHaveLength(1);
  expect(await noticesOf(tenant)).toMatchObject([{ shown: false }]);
});

test("a digest of more than the cron takes at once is one mail, also after the queue refused it", async () => {
  const { tenant, actor } = await makeClient();
  const due = Date.parse("2026-03-11T07:00:00Z");
  const told = Array.from({ length: 230 }, (_, index) => ({
    ...{ id: newId("ntc", due + index), tenantId: tenant.id, userId: actor.userId, kind: "reconnect" as const, subject: `con_${index}` },
    ...{ event: "1", params: {}, shown: true, createdAt: due, mailDueAt: due },
  }));
  for (let start = 0; start < told.length; start += 10) await db.insert(notices).values(told.slice(start, start + 10));
  const ctx = at(due + 60_000);
  const mail = () => Promise.reject(new Error("the queue is full"));
  await sendHeld({ ...ctx, send: { ...ctx.send, mail } });
  expect((await noticesOf(tenant)).every(({ mailDueAt, digestAt }) => mailDueAt === due && digestAt === null)).toBe(true);
  for (const _ of ["a tick", "the next one"]) await sendHeld(ctx);
  expect(ctx.traces.mails).toEqual([{ v: 1, type: "mail.digest", tenant: tenant.id, at: due, person: actor.userId }]);
  expect((await noticesOf(tenant)).every(({ digestAt }) => digestAt === due)).toBe(true);
});

test("a digest has all of a day in one mail, without what was mended meanwhile", async () => {
  const daily = { portal: true, mail: "daily" } as const;
  const { tenant, actor, mail } = await makeClient({ choices: { reconnect: daily, cliff: daily } });
  const ctx = at(night);
  await notify(ctx, { mail, event: 4 });
  const [second, mended] = [await makeConnection(tenant), await makeConnection(tenant)];
  await db
    .update(connections)
    .set({ status: "active", cliffAt: night + 2 * 24 * hour, cliffKind: "consent" })
    .where(eq(connections.id, second));
  await notify(ctx, {
    mail: { v: 1, type: "mail.cliff", tenant: tenant.id, connection: second, days: 3 },
    event: "3",
    params: { at: night + 2 * 24 * hour },
  });
  await notify(ctx, { mail: { ...mail, connection: mended }, event: 4 });
  await workAll(ctx);
  expect(await mailsTo(actor.email)).toEqual([]);
  await retract(ctx, { tenant: tenant.id, kinds: ["reconnect"], subject: mended });
  // 08:00 in Paris.
  const later = at(Date.parse("2026-03-11T07:00:00Z"));
  await sendHeld(later);
  expect(later.traces.mails.map(({ type }) => type)).toEqual(["mail.digest"]);
  await workAll(later);
  const mails = await mailsTo(actor.email);
  expect(mails.map(({ subject }) => subject)).toEqual([`2 notifications for ${tenant.name}`]);
  expect(mails[0]?.text).toContain(`Reconnect Klaviyo for ${tenant.name}`);
  expect(mails[0]?.text).toContain("access expires on March 12, 2026");
  expect(mails[0]?.text).toContain(`/t/${tenant.id}/notices`);
});

test("a digest tells of each thing only who may still know it: a former owner reads what waits for them, and not that the agency looked", async () => {
  const daily = { portal: true, mail: "daily" } as const;
  const { tenant, actor, mail } = await makeClient({ choices: { reconnect: daily, viewed: daily } });
  const ctx = at(night);
  await notify(ctx, { mail, event: 4 });
  await notify(ctx, { mail: { v: 1, type: "mail.viewed", tenant: tenant.id, by: "usr_x", day: 1 }, event: 1, params: { at: night } });
  await workAll(ctx);
  await db.update(memberships).set({ role: "developer" }).where(eq(memberships.userId, actor.userId));
  const later = at(Date.parse("2026-03-11T07:00:00Z"));
  await sendHeld(later);
  await workAll(later);
  const mails = await mailsTo(actor.email);
  expect(mails).toHaveLength(1);
  expect(mails[0]?.text).toContain(`Reconnect Klaviyo for ${tenant.name}`);
  expect(mails[0]?.text).not.toMatch(/viewed/i);
  await db.update(memberships).set({ role: "viewer" }).where(eq(memberships.userId, actor.userId));
  await notify(later, { mail, event: 5 });
  await sendHeld(at(Date.parse("2026-03-12T07:00:00Z")));
  await workAll(later);
  expect(await mailsTo(actor.email)).toHaveLength(1);
});

test("where the queue takes nothing the notice keeps the mail, and the cron brings it", async () => {
  const { actor, mail } = await makeClient();
  const ctx = at(night);
  const down = { ...ctx, send: { ...ctx.send, mail: () => Promise.reject(new Error("queue down")) } };
  await notify(down, { mail, event: 4 });
  const later = at(night + 6 * 60_000);
  await sendHeld({ ...later, send: down.send });
  await sendHeld(later);
  expect(later.traces.mails).toEqual([{ ...mail, person: actor.userId }]);
  await notify(later, { mail, event: 4 });
  expect(later.traces.mails).toHaveLength(1);
});

test("where the notices cannot be written the mail goes all the same", async () => {
  const { mail } = await makeClient();
  const ctx = testCtx({ actor: job });
  const broken = {
    ...ctx,
    databases: {
      DB: {
        ...ctx.databases.DB,
        prepare: () => {
          throw new Error("D1 down");
        },
      } as unknown as D1Database,
    },
  };
  await notify(broken, { mail, event: 4 });
  expect(ctx.traces.mails).toEqual([mail]);
});

test("an incident is told to the agency's admins, and its end takes the place of its beginning", async () => {
  const { actor } = await makeUser({ staff: true });
  const ctx = testCtx({ actor: job });
  const incident = newId("inc", Date.now());
  const mail = { v: 1, type: "mail.incident", incident } as const;
  await notify(ctx, { mail, event: "opened", params: { provider: "klaviyo", fails: "unavailable" } });
  await notify(ctx, { mail, event: "closed", params: { provider: "klaviyo", fails: "unavailable", over: true } });
  const own = await db
    .select()
    .from(notices)
    .where(and(eq(notices.subject, incident), eq(notices.userId, actor.userId)))
    .orderBy(notices.id);
  expect(own.map(({ tenantId, event, resolvedAt }) => [tenantId, event, resolvedAt === null])).toEqual([
    ["", "opened", false],
    ["", "closed", true],
  ]);
});
