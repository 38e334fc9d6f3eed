import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { agencyDefaults, connections, invitations, runs, schedules, users } from "#db/schema/index.ts";
import { sessionCookie } from "#server/auth.ts";
import type { Tenant } from "#server/ctx.ts";
import { requestWorkspace } from "#server/domain/clients/request-workspace.ts";
import { invitationToken } from "#server/domain/people/invitation-token.ts";
import { invite } from "#server/domain/people/invite.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { testOrigin } from "#test/variables.ts";

const db = openDb(testEnv.DB);
const form = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
const personBy = async (email: string) => (await db.select().from(users).where(eq(users.email, email)))[0];

/** Where a POST of a form leads. */
async function post(path: string, fields: Record<string, string>, headers: Record<string, string>) {
  const answer = await ask(path, { method: "POST", headers: { ...headers, ...form }, body: new URLSearchParams(fields).toString() });
  return { status: answer.status, to: answer.headers.get("location"), cookies: answer.headers.getSetCookie() };
}

async function invited(tenant: Tenant, role: "owner" | "viewer" = "owner") {
  const email = `new-${tenant.id}@example.com`;
  const { id } = await invite(testTenantCtx(tenant, "staff"), { email, role });
  return { email, link: `/invitation/${invitationToken(testCtx().config, id)}` };
}

/** A person who is signed in and of whom no page has asked anything yet. */
async function newcomer(roles: Parameters<typeof makeUser>[0]) {
  const person = await makeUser(roles);
  await db.update(users).set({ onboardedAt: null, name: "" }).where(eq(users.id, person.actor.userId));
  return person;
}

describe("the language", () => {
  test("of the page on which she accepts is hers from then on, in this browser and in any other", async () => {
    const tenant = await makeTenant();
    const { email, link } = await invited(tenant);
    const headers = { "accept-language": "he-IL,he;q=0.9,en;q=0.5", origin: testOrigin };
    expect(await (await ask(link, { headers })).text()).toContain('<html lang="he" dir="rtl"');
    const accepted = await post(link, { intent: "accept" }, headers);
    expect(accepted.to).toBe("/onboarding");
    expect(await personBy(email)).toMatchObject({ locale: "he" });
    const session = accepted.cookies.find((cookie) => cookie.startsWith(sessionCookie)) ?? "";
    const page = await ask("/onboarding", { headers: { cookie: session.split(";")[0] ?? "", "accept-language": "en" } });
    expect(await page.text()).toContain('<html lang="he" dir="rtl"');
  });

  test("that was chosen for an invitation is that of its page, where the browser has none of its own yet", async () => {
    const tenant = await makeTenant();
    const { token } = await makeUser({ roles: [[tenant, "owner"]] });
    const team = `/t/${tenant.id}/settings/team`;
    const email = `colleague-${tenant.id}@example.com`;
    const root = parse(await (await ask(team, { headers: { cookie: `${asPerson(token).cookie}; atrium_locale=fr` } })).text());
    const offered = root.querySelector('main form select[name="locale"] option[selected]')?.getAttribute("value");
    expect(offered).toBe("fr");
    await post(team, { intent: "invite", email, role: "viewer", locale: "he" }, asPerson(token));
    const [row] = await db.select().from(invitations).where(eq(invitations.email, email));
    const link = `/invitation/${invitationToken(testCtx().config, row?.id ?? "")}`;
    const led = await ask(link, { headers: { "accept-language": "en" } });
    expect([led.status, led.headers.get("location")]).toEqual([302, `${link}?in=he`]);
    const [cookie = ""] = (led.headers.get("set-cookie") ?? "").split(";");
    expect(await (await ask(`${link}?in=he`, { headers: { cookie } })).text()).toContain('<html lang="he" dir="rtl"');
    // A browser that keeps no cookies is not led in a circle, one in which a language was chosen keeps it.
    expect((await ask(`${link}?in=he`, { headers: { "accept-language": "en" } })).status).toBe(200);
    expect(await (await ask(link, { headers: { cookie: "atrium_locale=fr" } })).text()).toContain('<html lang="fr"');
    // Sending it again keeps its language.
    const again = parse(await (await ask(team, { headers: asPerson(token) })).text());
    const resend = again.querySelectorAll("main form").find((each) => each.querySelector(`input[type="hidden"][value="${email}"]`));
    expect(resend?.querySelector('input[name="locale"]')?.getAttribute("value")).toBe("he");
  });

  test("that is switched is kept with who is signed in; of nobody, in the browser alone", async () => {
    const { token, actor } = await makeUser();
    const fields = { locale: "fr", returnTo: "/onboarding" };
    const switched = await post("/locale", fields, asPerson(token));
    expect(switched).toMatchObject({ status: 302, to: "/onboarding" });
    expect(switched.cookies.join()).toContain("atrium_locale=fr");
    expect(await personBy(actor.email)).toMatchObject({ locale: "fr", name: "Test Person" });
    const other = await ask("/onboarding", { headers: { ...asPerson(token), "accept-language": "en" } });
    expect(await other.text()).toContain('<html lang="fr"');
    expect(await post("/locale", fields, { origin: testOrigin })).toMatchObject({ status: 302, to: "/onboarding" });
  });
});

describe("each has their own way", () => {
  test("who is new says who they are, and is led on to their workspace with no page in between", async () => {
    const tenant = await makeTenant();
    const { token } = await newcomer({ roles: [[tenant, "owner"]] });
    const page = parse(await (await ask("/onboarding", { headers: asPerson(token) })).text());
    expect(page.querySelectorAll("main input:not([type=hidden])").map((field) => field.getAttribute("name"))).toEqual(["name"]);
    const answered = await post("/onboarding", { name: "Somebody New", locale: "en", timezone: "Europe/London" }, asPerson(token));
    expect(answered).toMatchObject({ status: 302, to: "/onboarding" });
    const next = await ask("/onboarding", { headers: asPerson(token) });
    expect(next.headers.get("location")).toBe(`/t/${tenant.id}`);
  });

  test("who is in no workspace reads so, what to do, and how to leave; an invitation that comes stands there", async () => {
    const { token, actor } = await makeUser();
    const read = async () => parse(await (await ask("/onboarding", { headers: asPerson(token) })).text());
    const page = await read();
    expect(page.querySelector("h1")?.text).toBe("You’re not in a workspace yet");
    expect(page.querySelector("main")?.text).toContain(actor.email);
    expect(page.querySelector('form[action="/sign-out"] button')).not.toBeNull();
    expect(page.querySelector('main a[href="/sign-up"]')?.text).toBe("Request a workspace");
    const tenant = await makeTenant({ name: "Someone’s Shop" });
    await invite(testTenantCtx(tenant, "staff"), { email: actor.email, role: "viewer" });
    const then = await read();
    expect(then.querySelector("h1")?.text).toBe("You’re invited");
    expect(then.querySelector("main")?.text).toContain("Someone’s Shop");
    const invitation = then.querySelector("button[name=invitation]")?.getAttribute("value") ?? "";
    await post("/onboarding", { invitation }, asPerson(token));
    expect((await ask("/onboarding", { headers: asPerson(token) })).headers.get("location")).toBe(`/t/${tenant.id}`);
  });

  test("who is in several workspaces chooses one", async () => {
    const [one, two] = [await makeTenant({ name: "One" }), await makeTenant({ name: "Two" })];
    const { token } = await makeUser({
      roles: [
        [one, "owner"],
        [two, "viewer"],
      ],
    });
    const page = parse(await (await ask("/onboarding", { headers: asPerson(token) })).text());
    expect(page.querySelectorAll('main a[href^="/t/"]').map((link) => link.getAttribute("href"))).toEqual([`/t/${one.id}`, `/t/${two.id}`]);
  });

  test("the agency’s admins land on their own portal, asked for nothing", async () => {
    const { token } = await newcomer({ staff: true });
    expect((await ask("/", { headers: asPerson(token) })).headers.get("location")).toBe("/admin");
  });
});

test("a shop that is being read says how far it is, in numbers, and no sync that begins in the past", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  const own = { tenantId: tenant.id, connectionId: `con_${tenant.id}` };
  const shop = { details: {}, scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: 1 };
  await db
    .insert(connections)
    .values({ ...shop, id: own.connectionId, tenantId: tenant.id, provider: "shopify", externalId: "a", name: "A", status: "active" });
  const due = { tenantId: tenant.id, everyS: 900, nextAt: Date.now() - 60_000, config: {} };
  await db.insert(schedules).values([
    { ...due, job: "shopify-sensor", lastStatus: "running" },
    { ...due, job: "retention-sensor" },
    { ...due, job: "klaviyo-sensor" },
    { ...due, job: "ga4-sensor", nextAt: Date.now() + 3_600_000 },
  ]);
  await db.insert(runs).values({
    ...{ id: newId("run", Date.now()), tenantId: tenant.id, job: "shopify-sensor", trigger: "schedule", status: "running" },
    ...{ slot: 1, availableAt: Date.now() + 60_000, createdAt: 1 },
  });
  const day = (at: number) => new Date(Date.UTC(2025, 2, 3 + at)).toISOString().slice(0, 10);
  const rows = Array.from({ length: 1_240 }, (_, id) => ({
    tenant_id: tenant.id,
    connection_id: own.connectionId,
    id,
    day: day(id % 100),
  }));
  await testEnv.DB.prepare(
    `insert into orders (tenant_id, connection_id, external_id, placed_at, day, gross_minor, currency, updated_at)
     select value ->> 'tenant_id', value ->> 'connection_id', value ->> 'id', 1, value ->> 'day', 100, 'GBP', 1 from json_each(?)`,
  )
    .bind(JSON.stringify(rows))
    .run();
  const main = parse(
    await (await ask(`/t/${tenant.id}`, { headers: { ...asPerson(token), "accept-language": "en-GB" } })).text(),
  ).querySelector("main");
  expect(main?.querySelector("[role=status]")?.text).toBe("1,240 orders read so far3 Mar 2025 to 10 Jun 2025");
  const waiting = main?.querySelectorAll("li").filter((row) => row.querySelector("h3"));
  expect(waiting?.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Klaviyo audience.*Starts within a minute$/),
    expect.stringMatching(/^Email health/),
    expect.stringMatching(/^Website traffic.*Next sync/),
  ]);
  expect(main?.querySelector('form[action$="/connect/shopify"]')).toBeNull();
});

describe("what to connect next", () => {
  const mainOf = async (tenant: Tenant, token: string) =>
    parse(await (await ask(`/t/${tenant.id}`, { headers: asPerson(token) })).text()).querySelector("main");
  const titleOf = (main: Awaited<ReturnType<typeof mainOf>>) => main?.querySelectorAll("h2").map(({ text }) => text) ?? [];
  const connect = async (tenant: Tenant, provider: string) => {
    const row = { details: {}, scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: 1, name: provider };
    const id = newId("con", Date.now());
    await db.insert(connections).values({ ...row, id, tenantId: tenant.id, provider, externalId: id, status: "active" });
  };

  test("is proposed, the most useful first, one click each; what is there is ticked, and with all of it the list is gone", async () => {
    const tenant = await makeTenant();
    const { token } = await makeUser({ roles: [[tenant, "owner"]] });
    expect(titleOf(await mainOf(tenant, token))).not.toContain("Connect next");
    await connect(tenant, "shopify");
    const main = await mainOf(tenant, token);
    expect(titleOf(main)).toContain("Connect next");
    const list = main?.querySelectorAll("section").find((section) => section.querySelector("h2")?.text === "Connect next");
    expect(list?.querySelectorAll("li").map((step) => step.querySelector("p")?.text)).toEqual(["Shopify", "Klaviyo", "Google"]);
    expect(list?.querySelectorAll("li").map((step) => /Connected/.test(step.text))).toEqual([true, false, false]);
    expect(list?.text).toContain("1 of 3 connected");
    expect(list?.querySelectorAll("li form").map((form) => form.getAttribute("action"))).toEqual([
      `/t/${tenant.id}/connect/klaviyo`,
      `/t/${tenant.id}/connect/google`,
    ]);
    expect(list?.querySelector("li form input")?.getAttribute("value")).toBe(`/t/${tenant.id}`);
    for (const provider of ["klaviyo", "google"]) await connect(tenant, provider);
    expect(titleOf(await mainOf(tenant, token))).not.toContain("Connect next");
  });

  test("is hidden for whoever says so, and for nobody else; a word that is no hint hides nothing", async () => {
    const tenant = await makeTenant();
    await connect(tenant, "shopify");
    const [owner, admin] = [await makeUser({ roles: [[tenant, "owner"]] }), await makeUser({ roles: [[tenant, "admin"]] })];
    expect((await post(`/t/${tenant.id}?index`, { hint: "everything" }, asPerson(owner.token))).status).toBe(400);
    expect(await post(`/t/${tenant.id}?index`, { hint: "checklist" }, asPerson(owner.token))).toMatchObject({ to: `/t/${tenant.id}` });
    expect(titleOf(await mainOf(tenant, owner.token))).not.toContain("Connect next");
    expect(titleOf(await mainOf(tenant, admin.token))).toContain("Connect next");
  });

  test("is nothing that the plan has no job for, and no shop for who has none", async () => {
    const small = await makeTenant({ plan: "quickwin" });
    await connect(small, "shopify");
    const { token } = await makeUser({
      roles: [
        [small, "owner"],
        [await makeTenant({ id: `custom-${small.id}`, vertical: "custom" }), "owner"],
      ],
    });
    const steps = (await mainOf(small, token))?.querySelectorAll('li:has(form[action*="/connect/"])') ?? [];
    expect(steps.map(({ text }) => text)).toEqual(["GoogleWebsite trafficConnect", "KlaviyoKlaviyo audienceConnect"]);
    const custom = { ...small, id: `custom-${small.id}` };
    await connect(custom, "klaviyo");
    expect((await mainOf(custom, token))?.querySelectorAll('form[action*="/connect/"]').map((form) => form.getAttribute("action"))).toEqual(
      [`/t/${custom.id}/connect/google`],
    );
  });

  test("is not for who may connect nothing: they read once what they may do and whom to ask", async () => {
    const tenant = await makeTenant();
    const [viewer, member] = [await makeUser({ roles: [[tenant, "viewer"]] }), await makeUser({ roles: [[tenant, "member"]] })];
    expect((await mainOf(tenant, viewer.token))?.text).toMatch(/Nothing is connected yet.*Ask an owner/s);
    await connect(tenant, "shopify");
    const main = await mainOf(tenant, viewer.token);
    expect(titleOf(main)).not.toContain("Connect next");
    expect(main?.text).toMatch(/You can view everything here.*ask an owner or an admin/s);
    expect(main?.querySelector(`a[href="/t/${tenant.id}/settings/team"]`)).not.toBeNull();
    expect((await mainOf(tenant, member.token))?.text).toContain("You can view everything here and start syncs");
    await post(`/t/${tenant.id}?index`, { hint: "role" }, asPerson(viewer.token));
    expect((await mainOf(tenant, viewer.token))?.text).not.toContain("You can view everything here");
    const { token: owner } = await makeUser({ roles: [[tenant, "owner"]] });
    expect((await mainOf(tenant, owner))?.text).not.toContain("You can view everything here");
  });
});

describe("a workspace is asked for", () => {
  test("on a page that the sign-in leads to, and what is wrong is said there with what was typed", async () => {
    const headers = { origin: testOrigin, "accept-language": "en", "cf-connecting-ip": "192.0.2.77" };
    expect(parse(await (await ask("/sign-in", { headers })).text()).querySelector('a[href="/sign-up"]')).not.toBeNull();
    const send = (fields: Record<string, string>) =>
      ask("/sign-up", { method: "POST", headers: { ...headers, ...form }, body: new URLSearchParams(fields).toString() });
    const refused = await send({ email: "nobody", company: "Delta" });
    expect(refused.status).toBe(422);
    const page = parse(await refused.text());
    expect(page.querySelector("main")?.text).toContain("Enter a full email address");
    expect(page.querySelector("input[name=company]")?.getAttribute("value")).toBe("Delta");
    const { actor } = await makeUser();
    for (const email of [actor.email, `${crypto.randomUUID()}@example.com`]) {
      const answer = await send({ email, company: "Delta" });
      expect([answer.status, answer.headers.get("location")]).toEqual([302, "/sign-up?sent"]);
    }
    expect(parse(await (await ask("/sign-up?sent", { headers })).text()).querySelector("h1")?.text).toBe("Request received");
  });

  test("and decided by an admin, who is told how many wait", async () => {
    const { token } = await makeUser({ staff: true });
    const email = `${crypto.randomUUID()}@example.com`;
    await requestWorkspace(testCtx({ ip: "192.0.2.78" }), { email, company: `Epsilon ${email.slice(0, 8)}`, locale: "en" });
    await db.insert(agencyDefaults).values({ id: 1, plan: "growth", locale: "en", currency: "EUR", timezone: "UTC" });
    const page = parse(await (await ask("/admin/requests", { headers: asPerson(token) })).text());
    await db.delete(agencyDefaults);
    expect(page.querySelector('nav a[href="/admin/requests"]')?.text).toMatch(/\d/);
    const card = page.querySelectorAll("main li").find(({ text }) => text.includes(email));
    const value = (name: string) => card?.querySelector(`[name=${name}]`)?.getAttribute("value") ?? "";
    // What new clients begin with.
    expect(card?.querySelector("select[name=plan] option[selected]")?.getAttribute("value")).toBe("growth");
    const fields = { workspaceRequestId: value("workspaceRequestId"), id: value("id"), name: value("name"), plan: "growth", email };
    expect(fields).toMatchObject({ id: `epsilon-${email.slice(0, 8)}`, name: `Epsilon ${email.slice(0, 8)}` });
    expect(await post("/admin/requests", fields, asPerson(token))).toMatchObject({ status: 302, to: `/admin/clients/${fields.id}` });
    const late = await ask("/admin/requests", {
      method: "POST",
      headers: { ...asPerson(token), "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });
    expect([late.status, parse(await late.text()).querySelector('main [role="alert"]')?.text]).toEqual([
      409,
      expect.stringContaining("already"),
    ]);
  });
});

describe("the integrations", () => {
  const connect = async (tenant: Tenant, provider: string, more: Partial<typeof connections.$inferInsert> = {}) => {
    const id = newId("con", Date.now());
    const row = { id, tenantId: tenant.id, provider, externalId: id, name: `${provider} account`, details: {}, scopesAsked: [] };
    await db
      .insert(connections)
      .values({ ...row, scopesGranted: [], status: "active", connectedBy: "usr", connectedAt: Date.now(), ...more });
    return id;
  };
  const granted = {
    shopify: ["read_orders", "read_all_orders", "read_products", "read_customers"],
    klaviyo: ["accounts:read", "lists:read", "segments:read", "profiles:read", "flows:read", "campaigns:read", "metrics:read"],
  };
  const pageOf = async (path: string, token: string) =>
    parse(await (await ask(path, { headers: asPerson(token) })).text()).querySelector("main");
  const sectionsOf = (main: Awaited<ReturnType<typeof pageOf>>) =>
    Object.fromEntries(
      (main?.querySelectorAll("section") ?? []).map((section) => [
        section.querySelector("h2")?.text ?? "",
        section.querySelectorAll('a[href*="/integrations/"]').map((link) => link.getAttribute("href")?.split("/").at(-1)),
      ]),
    );

  test("stand by what they are for: what feeds figures, what nothing reads yet, what is worth most, then the rest", async () => {
    const tenant = await makeTenant();
    const { token } = await makeUser({ roles: [[tenant, "owner"]] });
    await connect(tenant, "shopify", { scopesGranted: granted.shopify });
    await connect(tenant, "slack");
    const main = await pageOf(`/t/${tenant.id}/integrations`, token);
    const sections = sectionsOf(main);
    expect(sections["Feeds your metrics"]).toEqual(["shopify"]);
    expect(sections["Connected, not used yet"]).toEqual(["slack"]);
    expect(sections.Recommended?.sort()).toEqual(["google", "klaviyo"]);
    expect(main?.text).toContain("Adds: Klaviyo audience and Email health");
    expect(Object.keys(sections).indexOf("Recommended")).toBeLessThan(Object.keys(sections).indexOf("Advertising"));
    expect(sections["Email and CRM"]).toEqual(["hubspot"]);
  });

  test("whose access was revoked stands first and names what is paused; a rate limit is not silence", async () => {
    const tenant = await makeTenant();
    const { token } = await makeUser({ roles: [[tenant, "owner"]] });
    const failing = { failedAt: Date.now(), failureKind: "rate_limited", failingSince: Date.now() } as const;
    await connect(tenant, "shopify", { scopesGranted: granted.shopify, ...failing });
    await connect(tenant, "klaviyo", { scopesGranted: granted.klaviyo, status: "reconnect_needed", statusReason: "uninstalled" });
    const main = await pageOf(`/t/${tenant.id}/integrations`, token);
    expect(sectionsOf(main)["Feeds your metrics"]).toEqual(["klaviyo", "shopify"]);
    const [revoked, limited] = main?.querySelectorAll("section li") ?? [];
    expect(revoked?.text).toMatch(/Access revoked.*Paused: .*Klaviyo audience/s);
    expect(limited?.text).toContain("Slowed by provider");
    expect(limited?.text).not.toContain("Not responding");
    await db.update(connections).set({ failureKind: "unavailable" }).where(eq(connections.provider, "shopify"));
    expect((await pageOf(`/t/${tenant.id}/integrations`, token))?.text).toContain("Not responding");
  });

  test("a failure that only a new consent mends offers that before all else, and running again after it; one that may pass offers running", async () => {
    const tenant = await makeTenant();
    const { token } = await makeUser({ roles: [[tenant, "owner"]] });
    const klaviyo = await connect(tenant, "klaviyo", { status: "reconnect_needed", statusReason: "uninstalled" });
    const runOf = async (errorKind: "revoked" | "unavailable") => {
      const id = newId("run", Date.now());
      const own = {
        job: "klaviyo-sensor",
        trigger: "manual",
        status: "failed",
        slot: Date.now() + Math.random() * 1e6,
        availableAt: 1,
      } as const;
      await db.insert(runs).values({ id, tenantId: tenant.id, ...own, slot: Math.floor(own.slot), createdAt: 1, finishedAt: 2, errorKind });
      return pageOf(`/t/${tenant.id}/runs/${id}`, token);
    };
    const primary = (main: Awaited<ReturnType<typeof runOf>>) =>
      main?.querySelectorAll('[class*="bg-accent-strong"], [class*="bg-accent "]').map((each) => each.text.trim()) ?? [];
    const revoked = await runOf("revoked");
    expect(revoked?.querySelector(`a[href="/t/${tenant.id}/connect/klaviyo?connection=${klaviyo}"]`)).not.toBeNull();
    expect(primary(revoked).some((text) => /Run again/.test(text))).toBe(false);
    expect(primary(revoked).some((text) => /Reconnect/.test(text))).toBe(true);
    expect(primary(await runOf("unavailable")).some((text) => /Run again/.test(text))).toBe(true);
  });
});
