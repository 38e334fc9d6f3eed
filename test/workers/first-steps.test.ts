import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, runs, schedules, users } from "#db/schema/index.ts";
import { sessionCookie } from "#server/auth.ts";
import type { Tenant } from "#server/ctx.ts";
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
  expect(main?.text).toMatch(/Shop.*Syncing now.*Retention.*Starts within a minute/s);
  expect(main?.text).not.toContain("Next sync");
  expect(main?.querySelector('form[action$="/connect/shopify"]')).toBeNull();
});
