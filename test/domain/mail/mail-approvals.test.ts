import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { actions, devMails, users } from "#db/schema/index.ts";
import type { ActionState } from "#db/words/actions.ts";
import type { Locale } from "#db/words/locales.ts";
import type { ApprovalNews } from "#db/words/notices.ts";
import type { Tenant } from "#server/ctx.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { newId } from "#server/ids.ts";
import type { MailMessage } from "#server/messages.ts";
import { ask, asPerson } from "#test/ask.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const mailsTo = (email: string) => db.select().from(devMails).where(eq(devMails.recipient, email));
const tell = (tenant: Tenant, news: ApprovalNews = "waiting", at?: number) => workMail(testCtx(), mailOf(tenant, news, at));
const mailOf = (tenant: Tenant, news: ApprovalNews, at?: number): MailMessage => ({
  ...{ v: 1, type: "mail.approvals", tenant: tenant.id, day: "2026-11-30", news },
  ...{ automation: news === "waiting" ? null : "at-risk-customer-flow", ...(at !== undefined && { at }) },
});

async function waiting(tenant: Tenant, status: ActionState, many: number): Promise<void> {
  for (let n = 0; n < many; n++) {
    await db.insert(actions).values({
      ...{ id: newId("act", Date.now()), tenantId: tenant.id, automation: "at-risk-customer-flow", runId: "x", dedupe: `${status}${n}` },
      ...{ subject: `customer:${n}`, connectionId: "x", customerId: String(n), touches: "customer", hash: "a".repeat(64), status },
      ...{ evidence: { line: "late", params: {} }, createdAt: 1, expiresAt: Date.now() + 86_400_000 },
    });
  }
}

test.each<[Locale, string, string]>([
  ["en", "Actions of Acme are waiting for your approval", "Customers at risk: 3"],
  ["fr", "Acme : des actions attendent votre approbation", "Clients à risque : 3"],
  ["he", "פעולות של Acme ממתינות לאישור שלך", "לקוחות בסיכון: 3"],
])("the mail says in %s what waits of each automation, and names no customer", async (locale, subject, line) => {
  const tenant = await makeTenant({ name: "Acme" });
  await waiting(tenant, "waiting", 3);
  await waiting(tenant, "done", 2);
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  await db.update(users).set({ locale }).where(eq(users.id, owner.actor.userId));
  const viewer = await makeUser({ roles: [[tenant, "viewer"]] });
  await tell(tenant);
  await tell(tenant);
  const mails = await mailsTo(owner.actor.email);
  expect(mails.map((mail) => mail.subject)).toEqual([subject]);
  expect(mails[0]?.text).toContain(line);
  expect(mails[0]?.text).not.toMatch(/customer:/);
  expect(await mailsTo(viewer.actor.email)).toEqual([]);
});

test("where all is decided by the time that it is sent, no mail goes", async () => {
  const tenant = await makeTenant();
  await waiting(tenant, "rejected", 1);
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  await tell(tenant, "full");
  expect(await mailsTo(actor.email)).toEqual([]);
});

test("that an automation acts by itself no more is told also where nothing waits, and what is left to the person is said", async () => {
  const tenant = await makeTenant({ name: "Acme" });
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  await tell(tenant, "fell_back");
  const [mail] = await mailsTo(actor.email);
  expect(mail?.subject).toBe("Customers at risk asks before acting again at Acme");
  expect(mail?.text).toContain("undone, rejected or failed");
});

test("what waits is read for it, and nothing of all that is over", async () => {
  const tenant = await makeTenant();
  await waiting(tenant, "waiting", 2);
  await waiting(tenant, "done", 40);
  const { d1, rowsRead } = countingD1(testEnv.DB);
  const ctx = testCtx();
  // Nobody is there to be told, so that nothing else is read.
  await workMail({ ...ctx, databases: { ...ctx.databases, DB: d1 } }, mailOf(tenant, "waiting"));
  expect(rowsRead()).toBeLessThan(20);
});

test("of two fall-backs of one day each is a mail of its own, however often it is told", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  for (const at of [1, 2, 2]) await tell(tenant, "fell_back", at);
  expect(await mailsTo(actor.email)).toHaveLength(2);
});

test("its link, opened or prefetched any number of times, by the reader or by a scanner of mail, decides nothing", async () => {
  const tenant = await makeTenant();
  await waiting(tenant, "waiting", 2);
  const { actor, token } = await makeUser({ roles: [[tenant, "owner"]] });
  await tell(tenant);
  const [mail] = await mailsTo(actor.email);
  const links = [...(mail?.text ?? "").matchAll(/https?:\S+/g)].map(([link]) => link);
  expect(links.some((link) => link.endsWith(`/t/${tenant.id}/approvals`))).toBe(true);
  const before = await db.select().from(actions).where(eq(actions.tenantId, tenant.id));
  for (const link of links) {
    for (const method of ["GET", "HEAD"]) {
      await ask(new URL(link).pathname, { method });
      await ask(new URL(link).pathname, { method, headers: asPerson(token) });
    }
  }
  expect(await db.select().from(actions).where(eq(actions.tenantId, tenant.id))).toEqual(before);
});
