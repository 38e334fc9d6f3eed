import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, notices, tenants, users } from "#db/schema/index.ts";
import { listAudit } from "#server/domain/audit/list-audit.ts";
import { requestExport } from "#server/domain/custody/request-export.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { asVisitor, beginView, viewLifetimeMs } from "#server/domain/people/view-client.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { proposeReview } from "./propose-review.ts";

const db = openDb(testEnv.DB);

/** A browser of somebody who is signed in: it keeps what it is given. */
function browserOf(token: string) {
  const session = asPerson(token);
  const kept = new Map<string, string>();
  const headers = () => ({ ...session, cookie: [session.cookie, ...[...kept].map(([name, value]) => `${name}=${value}`)].join("; ") });
  const send = async (path: string, init: RequestInit = {}) => {
    const answer = await ask(path, { ...init, headers: { ...headers(), accept: "text/html", ...init.headers } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) kept.delete(name);
      else kept.set(name, value);
    }
    return answer;
  };
  const post = (path: string, fields: Record<string, string>) =>
    send(path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });
  return { kept, send, post, page: async (path: string) => parse(await (await send(path)).text()) };
}

const viewCookie = "__Host-atrium_view";
/** What can be pressed on a page to change something, or to go to a consent. */
const sending = "main form[method=post] button:not([disabled]), main a[href*='/oauth/'], main a[href*='/connect/'], main a[download]";

describe("an admin who views a client as its people see it", () => {
  test("sees its pages with no way to change anything, until the view is ended", async () => {
    const tenant = await makeTenant();
    await makeUser({ roles: [[tenant, "owner"]] });
    const admin = browserOf((await makeUser({ staff: true })).token);
    expect((await admin.send(`/t/${tenant.id}`)).headers.get("location")).toBe(`/admin/clients/${tenant.id}`);

    const begun = await admin.post("/view", { begin: tenant.id });
    expect([begun.status, begun.headers.get("location")]).toEqual([302, `/t/${tenant.id}`]);
    const page = await admin.page(`/t/${tenant.id}`);
    expect(page.querySelector("main")?.text).toContain(`You’re viewing ${tenant.name} as the client sees it`);
    expect((await admin.send(`/t/${tenant.id}/settings/audit`)).status).toBe(200);
    expect((await admin.page(`/t/${tenant.id}/settings/team`)).querySelectorAll(sending).length).toBe(1);
    // The agency's own pages are as before, in another tab.
    expect((await admin.send(`/admin/clients/${tenant.id}`)).status).toBe(200);

    const ended = await admin.post("/view", { end: tenant.id });
    expect(ended.headers.get("location")).toBe(`/admin/clients/${tenant.id}`);
    expect((await admin.send(`/t/${tenant.id}`)).status).toBe(302);
  });

  test("sees what its owner sees: each page, each form, each button, of which none can be pressed but the one that ends the view", async () => {
    const tenant = await makeTenant();
    const owner = browserOf((await makeUser({ roles: [[tenant, "owner"]] })).token);
    await makeUser({ roles: [[tenant, "viewer"]] });
    const id = newId("con", Date.now());
    const account = { id, tenantId: tenant.id, provider: "klaviyo", externalId: id, name: id, details: {}, status: "active" as const };
    await db.insert(connections).values({ ...account, scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: Date.now() });
    await proposeReview(tenant);
    const admin = browserOf((await makeUser({ staff: true })).token);
    await admin.post("/view", { begin: tenant.id });
    for (const path of [
      "",
      "integrations",
      "integrations/klaviyo",
      "integrations/google",
      "integrations/telnyx",
      "integrations/calendar",
      "runs",
      "approvals",
      "automations",
      "automations/review-request-automation",
      "settings/workspace",
      "settings/sensors",
      "settings/team",
      "settings/data",
      "settings/audit",
    ]) {
      const [own, seen] = [await owner.page(`/t/${tenant.id}/${path}`), await admin.page(`/t/${tenant.id}/${path}`)];
      const title = (page: typeof own) => page.querySelector("h1")?.text;
      expect(title(seen), path).toBe(title(own));
      const buttons = own.querySelectorAll("main form button").filter((button) => !button.closest(".pop"));
      const shown = seen.querySelectorAll("main button").map(({ text }) => text);
      expect(shown, path).toEqual(expect.arrayContaining(buttons.map(({ text }) => text)));
      const [end, ...more] = seen.querySelectorAll(sending);
      expect([end?.getAttribute("name"), more.map((each) => each.toString())], path).toEqual(["end", []]);
      const [consent] = seen
        .querySelectorAll("main form[action*='/connect/'] button:not([disabled])")
        .filter((button) => !button.getAttribute("formaction"));
      expect(consent?.toString(), path).toBeUndefined();
    }
    const tabs = (await admin.page(`/t/${tenant.id}/settings/workspace`))
      .querySelectorAll("main nav a")
      .map((tab) => tab.getAttribute("href"));
    expect(tabs).toContain(`/t/${tenant.id}/settings/data`);
    // The admin's own are none of the client's pages.
    for (const path of ["settings", "settings/notices", "settings/sessions"]) {
      expect(tabs).not.toContain(`/t/${tenant.id}/${path}`);
      const led = await admin.send(`/t/${tenant.id}/${path}`);
      expect([led.status, led.headers.get("location")], path).toEqual([302, `/t/${tenant.id}/settings/workspace`]);
    }
  });

  test("writes no line of any log, whichever verb were reached", async () => {
    const tenant = await makeTenant();
    const { actor } = await makeUser({ staff: true });
    const looking = { ...actor, staff: false, memberships: [{ tenant, role: "visitor" as const }], viewingUntil: Date.now() + 60_000 };
    const ctx = testTenantCtx(tenant, "visitor", { actor: looking });
    await expect(requestExport(ctx)).rejects.toMatchObject({ kind: "forbidden", code: "only_looking" });
  });

  test("changes nothing, whatever form is sent by hand: of the client, and of the admin too", async () => {
    const tenant = await makeTenant();
    const staff = await makeUser({ staff: true });
    const admin = browserOf(staff.token);
    await admin.post("/view", { begin: tenant.id });
    const before = await db.select().from(tenants).where(eq(tenants.id, tenant.id));
    for (const [path, fields] of [
      ["settings/workspace", { name: "Mine", locale: "en", timezone: "UTC", contactName: "", contactEmail: "" }],
      ["settings", { name: "Another", locale: "he", timezone: "UTC" }],
      ["settings/team", { intent: "invite", email: "a@example.com", role: "owner" }],
      ["settings/data", { intent: "delete", name: tenant.name }],
      ["runs", { job: "shopify-sensor" }],
    ] as const) {
      // Remix finds its routes whatever the case of their words.
      for (const base of ["/t", "/T"])
        expect((await admin.post(`${base}/${tenant.id}/${path}`, fields)).status, `${base} ${path}`).toBeGreaterThanOrEqual(400);
    }
    const connect = await admin.send(`/t/${tenant.id}/connect/klaviyo`);
    expect([connect.status, connect.headers.get("location")]).toEqual([302, `/t/${tenant.id}/integrations/klaviyo`]);
    expect(await db.select().from(tenants).where(eq(tenants.id, tenant.id))).toEqual(before);
    const [same] = await db.select().from(users).where(eq(users.id, staff.actor.userId));
    expect([same?.name, same?.locale]).toEqual([staff.actor.name, staff.actor.locale]);
    const actions = await db.select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.tenantId, tenant.id));
    expect(actions.map(({ action }) => action)).toEqual(["client.viewed"]);
  });

  test("is no visitor of another client, nor in another session, nor with a mark that was changed, nor for longer", async () => {
    const [tenant, other] = [await makeTenant(), await makeTenant()];
    const { token } = await makeUser({ staff: true });
    const admin = browserOf(token);
    await admin.post("/view", { begin: tenant.id });
    const held = admin.kept.get(viewCookie) ?? "";
    expect((await admin.send(`/t/${other.id}`)).status).toBe(302);
    const isVisitor = async (value: string, from = admin) => {
      from.kept.set(viewCookie, value);
      return (await from.send(`/t/${tenant.id}`)).status === 200;
    };
    expect(await isVisitor(held)).toBe(true);
    const [id, until, mark = ""] = held.split(".");
    expect(await isVisitor(`${other.id}.${until}.${mark}`)).toBe(false);
    expect(await isVisitor(`${id}.${Number(until) + 60_000}.${mark}`)).toBe(false);
    expect(await isVisitor(`${id}.${until}.`)).toBe(false);
    expect(await isVisitor(`${id}.Infinity.${mark}`)).toBe(false);
    expect(await isVisitor(held, browserOf((await makeUser({ staff: true })).token))).toBe(false);
    expect(await isVisitor(held, browserOf((await makeUser({})).token))).toBe(false);
    expect(await isVisitor(held, browserOf((await makeUser({ roles: [[other, "owner"]] })).token))).toBe(false);
  });

  test("is one for half an hour", async () => {
    const tenant = await makeTenant();
    let now = Date.now();
    const { actor } = await makeUser({ staff: true });
    const ctx = testTenantCtx(tenant, "staff", { actor, now: () => now });
    await beginView(ctx);
    now += viewLifetimeMs - 1000;
    expect((await asVisitor(ctx, tenant.id))?.role).toBe("visitor");
    now += 1000;
    expect(await asVisitor(ctx, tenant.id)).toBeNull();
  });

  test("leaves the client's own people as they were: it was not active by it, and the way back to it is not remembered", async () => {
    const tenant = await makeTenant();
    const admin = browserOf((await makeUser({ staff: true })).token);
    await admin.post("/view", { begin: tenant.id });
    await admin.send(`/t/${tenant.id}`);
    const [row] = await db.select({ at: tenants.lastActivityAt }).from(tenants).where(eq(tenants.id, tenant.id));
    expect(row?.at).toBeNull();
    expect([...admin.kept.keys()]).toEqual([viewCookie]);
  });

  test("is read in the client's log, and its owner and admins are told by bell and mail, once a day", async () => {
    const tenant = await makeTenant();
    const [owner, developer] = [await makeUser({ roles: [[tenant, "owner"]] }), await makeUser({ roles: [[tenant, "developer"]] })];
    const { actor } = await makeUser({ staff: true });
    const ctx = testTenantCtx(tenant, "staff", { actor });
    await beginView(ctx);
    await beginView(ctx);
    const log = await listAudit(testTenantCtx(tenant, "owner", { actor: owner.actor }), { limit: 10 });
    expect(log.items.map(({ action }) => action)).toEqual(["client.viewed", "client.viewed"]);
    const told = await db.select({ userId: notices.userId }).from(notices).where(eq(notices.tenantId, tenant.id));
    expect(told).toEqual([{ userId: owner.actor.userId }]);
    expect(told).not.toContainEqual({ userId: developer.actor.userId });
    const [mail, ...more] = ctx.traces.mails;
    expect([mail?.type, more.length]).toEqual(["mail.viewed", 0]);
    const job = testCtx({ actor: { type: "system", job: "test" } });
    if (mail) await workMail(job, mail);
    const sent = job.traces.lines.join("\n");
    expect(sent).toContain(owner.actor.email);
    expect(sent).not.toContain(developer.actor.email);
    expect(sent).not.toContain(actor.name);
  });
});

test("nobody but an admin of the agency can begin to view a client", async () => {
  const tenant = await makeTenant();
  for (const { token } of [await makeUser({}), await makeUser({ roles: [[tenant, "owner"]] })]) {
    const person = browserOf(token);
    expect((await person.post("/view", { begin: tenant.id })).status).toBe(403);
    expect(person.kept.size).toBe(0);
  }
});
