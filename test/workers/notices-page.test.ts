import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, noticePreferences, notices } from "#db/schema/index.ts";
import { clientNoticeKinds } from "#db/words/notices.ts";
import type { Tenant, UserActor } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

/** A page as a browser without JavaScript has it. */
async function pageOf(path: string, token: string) {
  const page = await ask(path, { headers: asPerson(token) });
  const root = parse(await page.text());
  return { status: page.status, root, main: root.querySelector("main"), bell: root.querySelector('a[href$="/notices"] .sr-only')?.text };
}

async function send(path: string, token: string, fields: Record<string, string>) {
  const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
  const answer = await ask(path, { method: "POST", headers, body: new URLSearchParams(fields).toString() });
  return { status: answer.status, main: parse(await answer.text()).querySelector("main") };
}

async function connect(tenant: Tenant): Promise<string> {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    ...{ id, tenantId: tenant.id, provider: "klaviyo", externalId: id, name: "Acme list", details: {}, scopesAsked: [], scopesGranted: [] },
    ...{ status: "reconnect_needed", connectedBy: "usr", connectedAt: Date.now() },
  });
  return id;
}

/** Each a millisecond after the one before: two of the same one have no order. */
let toldAt = 0;

async function told(place: string, { userId }: UserActor, more: Partial<typeof notices.$inferInsert> = {}): Promise<string> {
  toldAt = Math.max(toldAt + 1, Date.now());
  const id = newId("ntc", toldAt);
  const row = { id, tenantId: place, userId, kind: "reconnect", subject: id, event: "1", params: {}, shown: true } as const;
  await db.insert(notices).values({ ...row, createdAt: toldAt, ...more });
  return id;
}

test("without JavaScript the bell counts what is unread, its page leads to where each is mended, and a form marks one or all", async () => {
  const tenant = await makeTenant();
  const { actor, token } = await makeUser({ roles: [[tenant, "owner"]] });
  const path = `/t/${tenant.id}/notices`;
  expect((await pageOf(path, token)).main?.text).toContain("You’re all caught up");
  const subject = await connect(tenant);
  const one = await told(tenant.id, actor, { subject });
  await told(tenant.id, actor, { kind: "account_changed", subject });
  await told(tenant.id, actor, { subject, event: "0", resolvedAt: Date.now() });
  const { main, bell } = await pageOf(path, token);
  expect(bell).toBe("Notifications, 2 unread");
  const items = main?.querySelectorAll("li") ?? [];
  expect(items.map(({ text }) => /Reconnect Klaviyo|currency or time zone/.exec(text)?.[0])).toEqual([
    "currency or time zone",
    "Reconnect Klaviyo",
    "Reconnect Klaviyo",
  ]);
  expect(items[1]?.querySelector("a")?.getAttribute("href")).toBe(`/t/${tenant.id}/integrations/klaviyo`);
  expect(items[1]?.querySelector("form button")?.getAttribute("value")).toBe(one);
  // What is mended has nothing left to press.
  expect(items[2]?.text).toContain("Resolved");
  expect(items[2]?.querySelectorAll("a, button")).toEqual([]);

  expect((await send(path, token, { noticeId: one })).status).toBe(302);
  expect((await pageOf(path, token)).bell).toBe("Notifications, 1 unread");
  expect((await send(path, token, {})).status).toBe(302);
  const after = await pageOf(path, token);
  expect(after.bell).toBe("Notifications");
  expect(after.main?.text).not.toContain("Mark as read");
});

test("nobody reads or marks what somebody else was told: not found", async () => {
  const tenant = await makeTenant();
  const [reader, colleague, stranger] = [
    await makeUser({ roles: [[tenant, "owner"]] }),
    await makeUser({ roles: [[tenant, "owner"]] }),
    await makeUser({ roles: [[await makeTenant(), "owner"]] }),
  ];
  const path = `/t/${tenant.id}/notices`;
  const noticeId = await told(tenant.id, colleague.actor, { subject: await connect(tenant) });
  const { main, bell } = await pageOf(path, reader.token);
  expect(bell).toBe("Notifications");
  expect(main?.querySelectorAll("li")).toEqual([]);
  expect((await send(path, reader.token, { noticeId })).status).toBe(404);
  expect((await pageOf(path, stranger.token)).status).toBe(404);
  expect((await send(path, stranger.token, {})).status).toBe(404);
  expect((await db.select().from(notices).where(eq(notices.id, noticeId)))[0]?.readAt).toBeNull();
});

test("how a person wants to be told is saved by a form alone, and comes back as it was chosen where it is refused", async () => {
  const tenant = await makeTenant();
  const { actor, token } = await makeUser({ roles: [[tenant, "viewer"]] });
  const path = `/t/${tenant.id}/settings/notices`;
  const chosen = (main: Awaited<ReturnType<typeof send>>["main"]) => ({
    shown: main?.querySelectorAll('input[type="checkbox"]').filter((box) => box.hasAttribute("checked")).length,
    pace: main?.querySelector('select[name="mail.reconnect"] option[selected]')?.getAttribute("value"),
    from: main?.querySelector('input[name="quietFrom"]')?.getAttribute("value"),
  });
  expect(chosen((await pageOf(path, token)).main)).toMatchObject({ shown: clientNoticeKinds.length, pace: "now" });
  const half = { "mail.reconnect": "daily", "portal.cliff": "on", quietFrom: "22:00", quietTo: "" };
  const refused = await send(path, token, half);
  expect(refused.status).toBe(422);
  expect(refused.main?.querySelector('input[name="quietTo"]')?.getAttribute("aria-invalid")).toBe("true");
  expect(chosen(refused.main)).toEqual({ shown: 1, pace: "daily", from: "22:00" });
  expect(await db.select().from(noticePreferences).where(eq(noticePreferences.userId, actor.userId))).toEqual([]);

  expect((await send(path, token, { ...half, quietTo: "07:00" })).status).toBe(302);
  expect(chosen((await pageOf(path, token)).main)).toEqual({ shown: 1, pace: "daily", from: "22:00" });
});

test("the agency's notices and their settings are for its admins, of kinds of their own; to anybody else there are none", async () => {
  const { actor, token } = await makeUser({ staff: true });
  const { token: owner } = await makeUser({ roles: [[await makeTenant(), "owner"]] });
  const id = await told("", actor, { kind: "incident", params: { provider: "klaviyo", fails: "unavailable" } });
  const { main, bell } = await pageOf("/admin/notices", token);
  expect(bell).toBe("Notifications, 1 unread");
  expect(main?.querySelector("li")?.text).toContain("Klaviyo isn’t responding for many clients");
  expect(main?.querySelector("li a")?.getAttribute("href")).toBe("/admin/incidents");
  expect((await send("/admin/notices", token, { noticeId: id })).status).toBe(302);
  expect((await pageOf("/admin/notices", token)).bell).toBe("Notifications");
  const names = (await pageOf("/admin/notices/settings", token)).main?.querySelectorAll("select").map((each) => each.getAttribute("name"));
  expect(names).toEqual(["mail.incident", "mail.reveal", "mail.version", "mail.workspace_request"]);
  for (const path of ["/admin/notices", "/admin/notices/settings"]) {
    expect((await pageOf(path, owner)).status).toBe(404);
    expect((await send(path, owner, {})).status).toBe(404);
  }
});
