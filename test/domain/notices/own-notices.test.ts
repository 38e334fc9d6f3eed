import { and, eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, devMails, notices } from "#db/schema/index.ts";
import { enterTenant, type Tenant, type UserActor } from "#server/ctx.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { listNotices } from "#server/domain/integrations/list-notices.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { markAgencyRead, markRead } from "#server/domain/notices/mark-read.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { listAgencyNotices, listOwnNotices } from "#server/domain/notices/own-notices.ts";
import { NoticePreferences } from "#server/domain/notices/schemas.ts";
import { sendHeld } from "#server/domain/notices/send-held.ts";
import { readNoticePreferences, setNoticePreferences } from "#server/domain/people/notice-preferences.ts";
import { needReconnect } from "#server/domain/tokens/need-reconnect.ts";
import { newId } from "#server/ids.ts";
import { connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const all = { limit: 25 };

beforeEach(async () => {
  await control();
  await control({ limits: false });
});

/** A person with this role, in this client. */
async function personOf(tenant: Tenant, role: "owner" | "viewer" = "owner") {
  const { actor } = await makeUser({ roles: [[tenant, role]] });
  return { actor, ctx: enterTenant(testCtx({ actor }), tenant, role) };
}

/** Told to this person, in this client or ("") as an admin. Answers its id. */
async function told(place: string, { userId }: UserActor, more: Partial<typeof notices.$inferInsert> = {}): Promise<string> {
  const id = newId("ntc", Date.now());
  const row = { id, tenantId: place, userId, kind: "reconnect", subject: id, event: "1", params: {}, shown: true } as const;
  await db.insert(notices).values({ ...row, createdAt: Date.now(), ...more });
  return id;
}

const idsOf = (page: Awaited<ReturnType<typeof listOwnNotices>>) => ({
  unread: page.unread.map(({ id }) => id),
  earlier: page.earlier.map(({ id }) => id),
});
const rowOf = async (id: string) => (await db.select().from(notices).where(eq(notices.id, id)))[0];

describe("the list of notices", () => {
  test("has the reader's own of this client alone: nobody else's, no other client's, not the agency's, none that they hid", async () => {
    const [tenant, other] = [await makeTenant(), await makeTenant()];
    const [{ actor, ctx }, colleague] = [await personOf(tenant), await personOf(tenant)];
    const own = await told(tenant.id, actor);
    for (const [place, of] of [
      [tenant.id, colleague.actor],
      [other.id, actor],
      ["", actor],
    ] as const)
      await told(place, of);
    await told(tenant.id, actor, { shown: false });
    expect(idsOf(await listOwnNotices(ctx, all))).toEqual({ unread: [own], earlier: [] });
    expect((await listNotices(ctx)).unread).toBe(1);
  });

  test("begins with what is unread; what was read or is mended follows, page by page, the newest first", async () => {
    const tenant = await makeTenant();
    const { actor, ctx } = await personOf(tenant);
    const read = await told(tenant.id, actor, { readAt: 1 });
    const mended = await told(tenant.id, actor, { resolvedAt: 1 });
    const [older, newer] = [await told(tenant.id, actor), await told(tenant.id, actor)];
    const sorted = (...ids: string[]) => ids.sort().reverse();
    const earlier = sorted(read, mended);
    expect(idsOf(await listOwnNotices(ctx, all))).toEqual({ unread: sorted(older, newer), earlier });
    const first = await listOwnNotices(ctx, { limit: 1 });
    expect(idsOf(first)).toEqual({ unread: sorted(older, newer), earlier: earlier.slice(0, 1) });
    const second = await listOwnNotices(ctx, { limit: 1, cursor: first.next ?? "" });
    expect(idsOf(second)).toEqual({ unread: [], earlier: earlier.slice(1) });
    expect(second.next).toBeNull();
  });

  test("of the agency is for its admins, each their own", async () => {
    const [one, two] = [await makeUser({ staff: true }), await makeUser({ staff: true })];
    const own = await told("", one.actor, { kind: "incident" });
    const others = await told("", two.actor, { kind: "incident" });
    const ctx = testCtx({ actor: one.actor });
    const ids = idsOf(await listAgencyNotices(ctx, all)).unread;
    expect(ids).toContain(own);
    expect(ids).not.toContain(others);
    await expect(markAgencyRead(ctx, { noticeId: others })).rejects.toMatchObject({ code: "notice_not_found" });
    await markAgencyRead(ctx, { noticeId: own });
    expect(idsOf(await listAgencyNotices(ctx, all)).earlier).toContain(own);
    const { ctx: owner } = await personOf(await makeTenant());
    await expect(listAgencyNotices(owner, all)).rejects.toMatchObject({ kind: "forbidden" });
    await expect(markAgencyRead(owner, {})).rejects.toMatchObject({ kind: "forbidden" });
  });
});

describe("a notice that is marked as read", () => {
  test("counts as unread no more, and keeps the moment when it was read first", async () => {
    const tenant = await makeTenant();
    const { actor, ctx } = await personOf(tenant);
    const [one, two] = [await told(tenant.id, actor), await told(tenant.id, actor)];
    expect((await listNotices(ctx)).unread).toBe(2);
    await markRead({ ...ctx, now: () => 5_000 }, { noticeId: one });
    expect((await listNotices(ctx)).unread).toBe(1);
    await markRead({ ...ctx, now: () => 6_000 }, { noticeId: one });
    await markRead({ ...ctx, now: () => 7_000 }, {});
    expect((await listNotices(ctx)).unread).toBe(0);
    expect([(await rowOf(one))?.readAt, (await rowOf(two))?.readAt]).toEqual([5_000, 7_000]);
  });

  test("is the reader's own: somebody else's, another client's and the agency's are not found, and all of them means all of one's own", async () => {
    const [tenant, other] = [await makeTenant(), await makeTenant()];
    const [{ actor, ctx }, colleague] = [await personOf(tenant), await personOf(tenant)];
    const foreign = [await told(tenant.id, colleague.actor), await told(other.id, actor), await told("", actor)];
    for (const noticeId of [...foreign, newId("ntc", 0)])
      await expect(markRead(ctx, { noticeId }), noticeId).rejects.toMatchObject({ code: "notice_not_found" });
    await markRead(ctx, {});
    for (const id of foreign) expect((await rowOf(id))?.readAt).toBeNull();
  });
});

describe("how a person wants to be told", () => {
  test("is kept by kind: what is saved of some kinds leaves the others as they were, and is nobody else's", async () => {
    const tenant = await makeTenant();
    const [{ ctx }, colleague] = [await personOf(tenant), await personOf(tenant)];
    expect(await readNoticePreferences(ctx)).toEqual({ choices: {}, quietFrom: null, quietTo: null });
    const [hidden, daily] = [{ portal: false, mail: "now" } as const, { portal: true, mail: "daily" } as const];
    await setNoticePreferences(ctx, { choices: { reconnect: hidden }, quietFrom: "22:00", quietTo: "07:00" });
    await setNoticePreferences(ctx, { choices: { incident: daily }, quietFrom: null, quietTo: null });
    expect(await readNoticePreferences(ctx)).toEqual({ choices: { reconnect: hidden, incident: daily }, quietFrom: null, quietTo: null });
    expect(await readNoticePreferences(colleague.ctx)).toEqual({ choices: {}, quietFrom: null, quietTo: null });
  });

  test("holds for what is told from then on, of that kind alone", async () => {
    const tenant = await makeTenant();
    const { actor, ctx } = await personOf(tenant);
    const connection = newId("con", Date.now());
    await db.insert(connections).values({
      ...{ id: connection, tenantId: tenant.id, provider: "klaviyo", externalId: connection, name: "Acme list", details: {} },
      ...{ scopesAsked: [], scopesGranted: [], status: "reconnect_needed", connectedBy: "x", connectedAt: 1 },
    });
    await setNoticePreferences(ctx, { choices: { reconnect: { portal: false, mail: "off" } }, quietFrom: null, quietTo: null });
    const job = testCtx({ actor: { type: "system", job: "test" } });
    await notify(job, { mail: { v: 1, type: "mail.reconnect", tenant: tenant.id, connection }, event: 1 });
    await notify(job, { mail: { v: 1, type: "mail.account_changed", tenant: tenant.id, connection, at: 1 }, event: 1 });
    for (const message of job.traces.mails.splice(0)) await workMail(job, message);
    expect((await listOwnNotices(ctx, all)).unread.map(({ kind }) => kind)).toEqual(["account_changed"]);
    const mails = await db.select().from(devMails).where(eq(devMails.recipient, actor.email));
    expect(mails.filter(({ subject }) => /connected again/.test(subject))).toEqual([]);
  });

  test("names hours as a clock shows them, both ends of the quiet ones or neither", () => {
    const issue = (quietFrom: string | null, quietTo: string | null) =>
      NoticePreferences.safeParse({ choices: {}, quietFrom, quietTo }).error?.issues[0]?.message;
    expect(issue("22:00", "07:00")).toBeUndefined();
    expect(issue(null, null)).toBeUndefined();
    expect(issue("22:00", null)).toBe("quiet_hours_half");
    expect(issue("24:00", "07:00")).toBe("time_wrong");
  });
});

describe("a notice whose cause is gone", () => {
  /** An account that waits for a new sign-in, of which its owner was told. */
  async function needing() {
    const { browser, tenant, actor } = await visit();
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    const [row] = await db.select().from(connections).where(eq(connections.tenantId, tenant.id));
    if (!row) throw new Error("nothing was connected");
    await setNoticePreferences(browser, { choices: { reconnect: { portal: true, mail: "daily" } }, quietFrom: null, quietTo: null });
    const job = testCtx({ actor: { type: "system", job: "test" } });
    await needReconnect(enterTenant(job, tenant, "system"), row, "refresh_refused");
    for (const message of job.traces.mails.splice(0)) await workMail(job, message);
    const ctx = enterTenant(browser, tenant, "owner");
    expect((await listNotices(ctx)).unread).toBe(1);
    return { browser, tenant, actor, row, ctx };
  }

  test.each(["connected again", "disconnected"] as const)(
    "since its account was %s is unread no more, and its mail does not come",
    async (how) => {
      const { browser, tenant, actor, row, ctx } = await needing();
      const mine = and(eq(notices.tenantId, tenant.id), eq(notices.userId, actor.userId));
      expect((await db.select().from(notices).where(mine))[0]?.mailDueAt, "its mail waits for the digest").not.toBeNull();
      if (how === "disconnected") await disconnect(ctx, { connectionId: row.id });
      else await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", connection: row.id });
      const page = await listOwnNotices(ctx, all);
      expect(page.unread).toEqual([]);
      expect(page.earlier).toMatchObject([{ kind: "reconnect", subject: row.id, readAt: null, resolvedAt: expect.any(Number) }]);
      expect((await listNotices(ctx)).unread).toBe(0);
      const later = testCtx({ actor: { type: "system", job: "cron" }, now: () => Date.now() + 2 * 86_400_000 });
      await sendHeld(later);
      expect(later.traces.mails.filter((mail) => "person" in mail && mail.person === actor.userId)).toEqual([]);
    },
  );
});
