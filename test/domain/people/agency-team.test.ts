import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { agencyDefaults, auditLog, devMails, noticePreferences, notices, sessions, users } from "#db/schema/index.ts";
import { authenticate, sessionCookie } from "#server/auth.ts";
import type { UserActor } from "#server/ctx.ts";
import { readDefaults } from "#server/domain/clients/agency-defaults.ts";
import { createClient } from "#server/domain/clients/create-client.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { addAdmin, listAdmins, removeAdmin } from "#server/domain/people/agency-team.ts";
import { startSession } from "#server/domain/people/start-session.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const personAt = async (email: string) => (await db.select().from(users).where(eq(users.email, email)))[0];
const actionsBy = async ({ userId }: UserActor) =>
  (await db.select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.actorId, userId))).map(({ action }) => action);
const addressed = () => `admin-${crypto.randomUUID()}@agency.test`;

let admin: UserActor;
beforeEach(async () => {
  admin = (await makeUser({ staff: true })).actor;
});

describe("an admin of the agency is added", () => {
  test("by an address that nobody knows yet, and is one from the first sign-in on", async () => {
    const email = addressed();
    await addAdmin(testCtx({ actor: admin }), { email });
    expect(await personAt(email)).toMatchObject({ staff: true, wasStaff: true, locale: admin.locale });
    expect((await listAdmins(testCtx({ actor: admin }))).map((each) => each.email)).toContain(email);
    expect(await actionsBy(admin)).toEqual(["admin.added"]);
  });

  test("who is mailed how to sign in, while every admin, whatever they wish to be told of, is told by bell and mail; each in their language", async () => {
    const email = addressed();
    const quiet = (await makeUser({ staff: true })).actor;
    await db.update(users).set({ locale: "he" }).where(eq(users.id, quiet.userId));
    await db.insert(noticePreferences).values({ userId: quiet.userId, choices: {}, quietFrom: "00:00", quietTo: "23:59" });
    const ctx = testCtx({ actor: admin });
    await addAdmin(ctx, { email });
    const added = await personAt(email);
    const told = await db
      .select({ userId: notices.userId })
      .from(notices)
      .where(eq(notices.subject, added?.id ?? ""));
    expect(told.map(({ userId }) => userId)).toEqual(expect.arrayContaining([admin.userId, quiet.userId]));
    expect(told.map(({ userId }) => userId)).not.toContain(added?.id);
    const [mail, ...more] = ctx.traces.mails;
    expect([mail?.type, more]).toEqual(["mail.admin_added", []]);
    if (mail) await workMail(testCtx({ actor: { type: "system", job: "test" } }), mail);
    const to = async (recipient: string) => (await db.select().from(devMails).where(eq(devMails.recipient, recipient)))[0];
    expect(await to(email)).toMatchObject({
      subject: "You’re now an admin of the agency on Atrium",
      text: expect.stringContaining("/sign-in"),
    });
    expect((await to(admin.email))?.text).toContain(`made ${email} an admin`);
    expect((await to(quiet.email))?.text).toContain(`הכתובת ${email} צורפה למנהלי הסוכנות`);
    // Of one who was removed meanwhile nobody is mailed.
    await removeAdmin(testCtx({ actor: admin }), { userId: added?.id ?? "" });
    const late = testCtx({ actor: { type: "system", job: "test" } });
    if (mail) await workMail(late, mail);
    expect(late.traces.lines.join()).not.toContain(email);
  });

  test("by the address of a client's person, who keeps the client, and signs in anew: a code may have begun what they had", async () => {
    const tenant = await makeTenant();
    const { actor, token } = await makeUser({ roles: [[tenant, "owner"]] });
    await addAdmin(testCtx({ actor: admin }), { email: actor.email });
    expect((await ask("/admin", { headers: asPerson(token) })).headers.get("location")).toMatch(/^\/sign-in/);
    const anew = testCtx();
    await startSession(anew, { user: { id: actor.userId, staff: true }, via: "link" });
    const { staff, memberships } = (await authenticate(db, anew.traces.cookies.get(sessionCookie), Date.now())).actor as UserActor;
    expect([staff, memberships.map(({ role }) => role)]).toEqual([true, ["owner"]]);
  });

  test("once: a second time is a conflict, and so are two at the same moment for one of them", async () => {
    const email = addressed();
    const add = () => addAdmin(testCtx({ actor: admin }), { email });
    const both = await Promise.allSettled([add(), add()]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(add()).rejects.toMatchObject({ kind: "conflict", code: "already_admin" });
  });

  test("by nobody who is no admin, also not by one who was removed in that moment", async () => {
    const email = addressed();
    await expect(addAdmin(testCtx({ actor: (await makeUser({})).actor }), { email })).rejects.toMatchObject({ kind: "forbidden" });
    await db.update(users).set({ staff: false }).where(eq(users.id, admin.userId));
    await expect(addAdmin(testCtx({ actor: admin }), { email })).rejects.toMatchObject({ kind: "conflict" });
    expect(await personAt(email)).toBeUndefined();
    expect(await actionsBy(admin)).toEqual([]);
  });
});

describe("an admin of the agency is removed", () => {
  test("with their sessions; what they were stays known", async () => {
    const other = await makeUser({ staff: true });
    await removeAdmin(testCtx({ actor: admin }), { userId: other.actor.userId });
    expect(await personAt(other.actor.email)).toMatchObject({ staff: false, wasStaff: true });
    expect(await db.select().from(sessions).where(eq(sessions.userId, other.actor.userId))).toEqual([]);
    expect((await ask("/admin", { headers: asPerson(other.token) })).status).not.toBe(200);
    expect(await actionsBy(admin)).toEqual(["admin.removed"]);
  });

  test("not by themselves, and of two who remove each other at once one is left", async () => {
    const other = (await makeUser({ staff: true })).actor;
    await expect(removeAdmin(testCtx({ actor: admin }), { userId: admin.userId })).rejects.toMatchObject({ code: "admin_self" });
    const both = await Promise.allSettled([
      removeAdmin(testCtx({ actor: admin }), { userId: other.userId }),
      removeAdmin(testCtx({ actor: other }), { userId: admin.userId }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("only where they are one: nobody else loses their sessions", async () => {
    const person = await makeUser({ roles: [[await makeTenant(), "owner"]] });
    await expect(removeAdmin(testCtx({ actor: admin }), { userId: person.actor.userId })).rejects.toMatchObject({ kind: "not_found" });
    expect(await db.select().from(sessions).where(eq(sessions.userId, person.actor.userId))).toHaveLength(1);
    expect(await actionsBy(admin)).toEqual([]);
  });
});

test("the agency's page adds and removes admins, keeps one's own profile, and sets what a new client begins with, by forms alone", async () => {
  const { token, actor } = await makeUser({ staff: true });
  const post = async (fields: Record<string, string>) => {
    const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
    return ask("/admin/agency", { method: "POST", headers, body: new URLSearchParams(fields).toString() });
  };
  const email = addressed();
  expect((await post({ intent: "add", email })).status).toBe(302);
  const page = await (await ask("/admin/agency", { headers: asPerson(token) })).text();
  expect(page).toContain(email);
  expect((await post({ intent: "add", email })).status).toBe(409);
  expect((await post({ intent: "add", email: "nobody" })).status).toBe(422);
  expect((await post({ intent: "remove", userId: (await personAt(email))?.id ?? "", name: email })).status).toBe(302);
  expect((await post({ intent: "profile", name: "Renamed", locale: "fr", timezone: "Europe/Paris" })).status).toBe(302);
  expect(await personAt(actor.email)).toMatchObject({ name: "Renamed", locale: "fr", timezone: "Europe/Paris" });

  const defaults = { plan: "growth", locale: "he", currency: "ILS", timezone: "Asia/Jerusalem" } as const;
  expect((await post({ intent: "defaults", ...defaults, currency: "XXQ" })).status).toBe(422);
  expect((await post({ intent: "defaults", ...defaults })).status).toBe(302);
  const ctx = testCtx({ actor });
  expect(await readDefaults(ctx)).toEqual(defaults);
  // What is so already is no line in the log.
  expect((await post({ intent: "defaults", ...defaults })).status).toBe(302);
  expect((await actionsBy(actor)).filter((action) => action === "agency.defaults_changed")).toHaveLength(1);
  const id = `new-${crypto.randomUUID().slice(0, 8)}`;
  const client = await createClient(ctx, { id, name: "New", vertical: "shopify", plan: "quickwin" });
  expect(client).toMatchObject({ plan: "quickwin", locale: "he", currency: "ILS", timezone: "Asia/Jerusalem", currencyChosen: false });
  await db.delete(agencyDefaults);
});
