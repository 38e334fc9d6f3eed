import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, users } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

async function lineOf(action: string, details: Record<string, unknown>, tenantId: string): Promise<string> {
  const [id, at] = [newId("aud", Date.now()), Date.now()];
  await db.insert(auditLog).values({ id, at, tenantId, actorType: "anonymous", actorId: null, action, details, ip: null });
  return id;
}

/** The row of the log that names this id, and its facts. */
async function rowOn(path: string, { token, actor }: Awaited<ReturnType<typeof makeUser>>, id: string, locale: Locale) {
  await db.update(users).set({ locale }).where(eq(users.id, actor.userId));
  const page = await ask(path, { headers: asPerson(token) });
  expect(page.status, path).toBe(200);
  const row = parse(await page.text())
    .querySelectorAll("main tbody tr")
    .find(({ text }) => text.includes(id));
  const facts = row
    ?.querySelectorAll("dl > div")
    .map((fact) => [fact.querySelector("dt")?.text ?? "", fact.querySelector("dd")?.text ?? ""]);
  return { row, facts: Object.fromEntries(facts ?? []) as Record<string, string> };
}

test("the log of a client says in the reader's language what was done and what it was done with", async () => {
  const tenant = await makeTenant();
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  const details = {
    email: "kim@shop.example",
    role: "admin",
    replaced: true,
    expiresAt: Date.UTC(2026, 0, 5, 9),
    requestedBy: owner.actor.userId,
  };
  const id = await lineOf("invitation.sent", details, tenant.id);
  const { row, facts } = await rowOn(`/t/${tenant.id}/settings/audit`, owner, id, "fr");
  expect(row?.querySelector("th, td")?.text).toContain("Invitation envoyée");
  expect(facts).toMatchObject({
    "E-mail": "kim@shop.example",
    "Remplace l’ancien": "Oui",
    "Demandé par": "Test Person",
    Action: "invitation.sent",
  });
  expect(facts["Expire le"]).toMatch(/5 janv\. 2026/);
  // What has no words of ours keeps its own name.
  const odd = await lineOf("client.updated", { neverHeardOf: 1 }, tenant.id);
  expect((await rowOn(`/t/${tenant.id}/settings/audit`, owner, odd, "he")).facts).toMatchObject({ neverHeardOf: "1" });
});

test("a sign-in of which the line is nobody's, as older ones are, names who signed in, also by an admin's filter, which has its actions in words", async () => {
  const [admin, person] = [await makeUser({ staff: true }), await makeUser()];
  const id = await lineOf("session.started", { user: person.actor.userId, session: newId("ses", Date.now()), via: "link" }, "");
  const { row, facts } = await rowOn("/admin/audit?action=session.started", admin, id, "he");
  expect(row?.text).toContain("Test Person");
  expect(row?.text).not.toContain("לא מחובר");
  expect(facts["כניסה באמצעות"]).toBe("קישור");
});
