import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { LOCALE_COOKIE } from "#app/i18n/locale.ts";
import { openDb } from "#db/client.ts";
import { actions, findings, policies, users } from "#db/schema/index.ts";
import type { Change } from "#db/words/learning.ts";
import type { Tenant } from "#server/ctx.ts";
import { usualPolicy } from "#server/domain/actions/usual-policy.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const automation = "at-risk-customer-flow";
const stricter: Change = { does: "setting", field: "lateBy", from: 1.5, to: 1.75 };

/** A page as a browser without JavaScript has it, or what a form of it led to. */
async function pageOf(path: string, token: string, { locale = "en", fields }: { locale?: string; fields?: Record<string, string> } = {}) {
  const { cookie, ...headers } = asPerson(token);
  const answer = await ask(path, {
    headers: {
      ...{ ...headers, cookie: `${cookie}; ${LOCALE_COOKIE}=${locale}` },
      ...(fields && { "content-type": "application/x-www-form-urlencoded", accept: "text/html" }),
    },
    ...(fields && { method: "POST", body: new URLSearchParams(fields).toString() }),
  });
  const main = parse(await answer.text()).querySelector("main");
  return { status: answer.status, main, text: (main?.text ?? "").replace(/\s+/g, " ") };
}

async function makeClient(name: string, more: Partial<typeof policies.$inferInsert> = {}): Promise<Tenant> {
  const [tenant, now] = [await makeTenant({ name }), Date.now()];
  await db.insert(policies).values({
    ...{ ...usualPolicy, tenantId: tenant.id, automation, mode: "approve", salt: "s", createdAt: now, updatedAt: now, learnAt: now * 2 },
    ...more,
  });
  return tenant;
}

async function find(tenant: Tenant, proposal: Change | null, more: Partial<typeof findings.$inferInsert> = {}): Promise<string> {
  const [now, id] = [Date.now(), newId("fnd", Date.now())];
  await db.insert(findings).values({
    ...{ id, tenantId: tenant.id, automation, kind: "rejections", what: id, status: "open", hits: 6, of: 12, proposal },
    ...{ foundAt: now, measuredAt: now, ...more },
  });
  return id;
}

const staff = async () => (await makeUser({ staff: true })).token;

test("to a client's people, and to nobody, the pages do not exist", async () => {
  const tenant = await makeClient("Shop");
  const id = await find(tenant, stricter);
  const owner = (await makeUser({ roles: [[tenant, "owner"]] })).token;
  for (const path of ["/admin/learning", `/admin/learning/${id}`]) {
    expect((await pageOf(path, owner)).status).toBe(404);
    expect((await pageOf(path, owner, { fields: { intent: "accept", to: "1.75" } })).status).toBeGreaterThanOrEqual(400);
  }
  expect((await pageOf("/admin/learning/fnd_none", await staff())).status).toBe(404);
});

test("the list says of each whose it is, what was found and what it proposes, and is narrowed by kind, status and client", async () => {
  const [tenant, other] = [await makeClient("Narrow Shop"), await makeClient("Other Narrow Shop")];
  await find(tenant, stricter);
  await find(tenant, null, { kind: "edits", what: "klaviyo-event:properties.product_title", status: "declined" });
  await find(other, { does: "rule", field: "stakeADay", from: 10_000, to: 15_000 }, { kind: "budgets", what: "stake", hits: 6, of: 20 });
  const token = await staff();
  const of = async (query: string) => (await pageOf(`/admin/learning?${query}`, token)).text;
  const all = await of("");
  expect(all).toMatch(/6 of 12 proposals rejected/);
  expect(all).toMatch(/Late by a factor of.*1\.5.*changes to.*1\.75/);
  expect(all).toMatch(/Money at stake: limit reached on 6 of 20 days/);
  expect(all).toMatch(/£100\.00.*£150\.00/);
  expect(await of(`client=${tenant.id}`)).not.toContain("limit reached on");
  expect(await of("kind=budgets")).not.toContain("proposals rejected");
  expect(await of(`state=declined&client=${tenant.id}`)).toMatch(
    /“.?Properties: product_title.?” changed in 6 of 12 proposals.*No proposal/,
  );
  expect(await of("kind=nonsense&state=nonsense")).toContain("6 of 12 proposals rejected");
});

test("a finding is accepted by what was shown, and its page says then how it stands before and since", async () => {
  const tenant = await makeClient("Accepting Shop");
  const id = await find(tenant, stricter);
  const [token, path] = [await staff(), `/admin/learning/${id}`];
  await db.insert(actions).values({
    ...{ id: newId("act", Date.now()), tenantId: tenant.id, automation, runId: "r", dedupe: "d", subject: "customer:1", connectionId: "c" },
    ...{ touches: "customer", hash: "h", evidence: { line: "late", params: {} }, status: "rejected", note: "Too <b>soon</b>" },
    ...{ createdAt: Date.now() - 60_000, expiresAt: Date.now(), decidedAt: Date.now() - 60_000, decidedBy: "usr_x" },
  });
  const page = await pageOf(path, token);
  expect(page.text).toMatch(/What could change.*What was said.*Too <b>soon<\/b>|Too &lt;b&gt;soon/);
  const stale = await pageOf(path, token, { fields: { intent: "accept", to: "9" } });
  expect([stale.status, stale.text]).toEqual([409, expect.stringContaining("Another change is proposed by now")]);
  expect((await pageOf(path, token, { fields: { intent: "accept", to: "1.75" } })).status).toBe(302);
  const after = await pageOf(path, token);
  expect(after.text).toMatch(/Before and since.*Too early to say/);
  expect(after.main?.querySelector('button[value="accept"]')).toBeNull();
  expect((await pageOf(path, token, { fields: { intent: "snooze", days: "7" } })).status).toBe(409);
});

test("it is declined with a reason, without one it says so, and it is put off by 7 or 30 days", async () => {
  const tenant = await makeClient("Declining Shop");
  const [one, two] = [await find(tenant, null), await find(tenant, stricter)];
  const token = await staff();
  const bare = await pageOf(`/admin/learning/${one}`, token, { fields: { intent: "decline", reason: " " } });
  expect(bare.status).toBe(422);
  expect((await pageOf(`/admin/learning/${one}`, token, { fields: { intent: "decline", reason: "as it should be" } })).status).toBe(302);
  expect((await pageOf(`/admin/learning/${one}`, token)).text).toMatch(/Declined by .?Test Person.*as it should be/);
  expect((await pageOf(`/admin/learning/${two}`, token, { fields: { intent: "snooze", days: "30" } })).status).toBe(302);
  const [row] = await db.select().from(findings).where(eq(findings.id, two));
  expect(row?.until).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  expect((await pageOf(`/admin/learning/${two}`, token, { fields: { intent: "nonsense" } })).status).toBe(422);
});

test("whoever decides what somebody else has decided already is told so on the page that shows it", async () => {
  const tenant = await makeClient("Raced Shop");
  const [token, path] = [await staff(), `/admin/learning/${await find(tenant, stricter)}`];
  expect((await pageOf(path, token, { fields: { intent: "decline", reason: "as it should be" } })).status).toBe(302);
  const forms: Record<string, string>[] = [
    { intent: "accept", to: "1.75" },
    { intent: "decline", reason: "mine too" },
    { intent: "snooze", days: "7" },
  ];
  for (const fields of forms) {
    const late = await pageOf(path, token, { fields });
    expect([late.status, late.main?.querySelector("[role=alert]")?.text]).toEqual([409, expect.stringContaining("decided")]);
  }
});

test("where the client decides alone the page says so, and the form is refused with that reason; of one that is off nothing is accepted", async () => {
  const [closed, off] = [await makeClient("Closed Shop", { staffDecides: false }), await makeClient("Off Shop", { mode: "off" })];
  const token = await staff();
  const path = `/admin/learning/${await find(closed, stricter)}`;
  const shown = await pageOf(path, token);
  expect(shown.text).toContain("The client decides on this automation alone, so only they can make this change.");
  expect(shown.main?.querySelector('button[value="accept"]')).toBeNull();
  const refused = await pageOf(path, token, { fields: { intent: "accept", to: "1.75" } });
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining("The agency does not decide for this client.")]);
  const page = await pageOf(`/admin/learning/${await find(off, stricter)}`, token);
  expect(page.text).toContain("This automation is off");
  expect(page.main?.querySelector('button[value="accept"]')).toBeNull();
});

test.each([
  ["fr", "Apprentissage", /6 propositions sur 12 rejetées/, /Retard, en multiple du rythme/],
  ["he", "למידה", /6 מתוך 12 הצעות נדחו/, /איחור, כפולה של הקצב/],
])("an admin reads it in %s", async (locale, title, found, setting) => {
  const tenant = await makeClient("Spoken Shop");
  const id = await find(tenant, stricter);
  const admin = await makeUser({ staff: true });
  await db
    .update(users)
    .set({ locale: locale as "fr" | "he" })
    .where(eq(users.id, admin.actor.userId));
  const list = await pageOf("/admin/learning", admin.token, { locale });
  for (const text of [title, found, setting]) expect(list.text).toMatch(text);
  expect((await pageOf(`/admin/learning/${id}`, admin.token, { locale })).text).toMatch(found);
});
