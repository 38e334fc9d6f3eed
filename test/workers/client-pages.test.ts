import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, measurements, tenants } from "#db/schema/index.ts";
import type { Role } from "#db/words/tenants.ts";
import type { Tenant } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const personOf = async (tenant: Tenant, role: Role) => (await makeUser({ roles: [[tenant, role]] })).token;
const rowOf = async ({ id }: Tenant) => (await db.select().from(tenants).where(eq(tenants.id, id)))[0];

/** What a page's lists of facts say, by their names. */
async function factsOn(path: string, token: string, locale = "en") {
  const page = await ask(path, { headers: { ...asPerson(token), "accept-language": locale } });
  expect(page.status, path).toBe(200);
  const root = parse(await page.text());
  const facts = root
    .querySelectorAll("main dl > div")
    .map((row) => [row.querySelector("dt")?.text ?? "", row.querySelector("dd")?.text ?? ""] as const);
  return { root, facts: Object.fromEntries(facts) };
}

async function send(tenant: Tenant, token: string, fields: Record<string, string>) {
  const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
  const body = new URLSearchParams({
    name: tenant.name,
    locale: tenant.locale,
    timezone: "",
    contactName: "",
    contactEmail: "",
    ...fields,
  });
  const answer = await ask(`/t/${tenant.id}/settings/workspace`, { method: "POST", headers, body: body.toString() });
  return { status: answer.status, root: parse(await answer.text()) };
}

async function connect(tenant: Tenant, provider: string, more: Partial<typeof connections.$inferInsert> = {}) {
  const id = newId("con", Date.now());
  const row = { id, tenantId: tenant.id, provider, externalId: id, name: id, details: {}, scopesAsked: [], scopesGranted: [] };
  await db.insert(connections).values({ ...row, status: "active", connectedBy: "usr", connectedAt: Date.now(), ...more });
}

describe("a client's plan", () => {
  test("stands with its terms and its use on the client's own settings, for everybody of it, and on the agency's page of it", async () => {
    const tenant = await makeTenant({ plan: "quickwin" });
    for (const provider of ["shopify", "google"]) await connect(tenant, provider);
    const terms = {
      Connections: "2 of 3",
      "People, including invitations": "1 of 3",
      Integrations: "Shopify, Klaviyo, and Google",
      "Data exports": "1 a day",
      "Sync history": "90 days",
      "Sync logs": "14 days",
      "Audit log history": "90 days",
    };
    const viewer = await personOf(tenant, "viewer");
    expect((await factsOn(`/t/${tenant.id}/settings/workspace`, viewer)).facts).toMatchObject(terms);
    const { token } = await makeUser({ staff: true });
    expect((await factsOn(`/admin/clients/${tenant.id}`, token)).facts).toMatchObject(terms);
  });

  test("that is full says so, and one that was larger before takes nothing away", async () => {
    const tenant = await makeTenant({ plan: "quickwin" });
    const owner = await personOf(tenant, "owner");
    for (const _ of [1, 2, 3]) await connect(tenant, "google");
    const connectionsOn = async () => (await factsOn(`/t/${tenant.id}/settings/workspace`, owner)).facts.Connections;
    expect(await connectionsOn()).toMatch(/^3 of 3Limit reached/);
    await connect(tenant, "google");
    expect(await connectionsOn()).toMatch(/^4 of 3Over the plan’s limit/);
  });
});

describe("the agency's page of a client", () => {
  test("says how it came, whose it is, how it is filed, when it was changed, and what is known of its Klaviyo account", async () => {
    const tenant = await makeTenant({ source: "klaviyo", tags: ["spring", "vip"] });
    const owner = await makeUser({ roles: [[tenant, "owner"]] });
    await connect(tenant, "klaviyo", { externalId: "AbC123", details: { email: "hello@shop.example", testAccount: true } });
    const figure = (metric: string, value: number) =>
      ({ tenantId: tenant.id, job: "klaviyo-sensor", metric, day: "2026-11-02", dimension: "", value, measuredAt: 1 }) as const;
    await db.insert(measurements).values([figure("lists", 5), figure("segments", 1200)]);
    const { token } = await makeUser({ staff: true });
    const { facts } = await factsOn(`/admin/clients/${tenant.id}`, token);
    expect(facts).toMatchObject({
      ID: tenant.id,
      Owner: owner.actor.email,
      Source: "Created from a Klaviyo account",
      Tags: "springvip",
      "Account ID": "AbC123",
      "Company ID": "AbC123",
      "Email domain": "shop.example",
      Lists: "5",
      Segments: "1,200",
      "Test account": "yes",
    });
    expect(facts).toHaveProperty("Updated");
  });

  test("of a client without owner, tags or Klaviyo says so", async () => {
    const tenant = await makeTenant();
    const { token } = await makeUser({ staff: true });
    const { facts } = await factsOn(`/admin/clients/${tenant.id}`, token);
    expect(facts).toMatchObject({ Owner: "nobody yet", Source: "Created manually", Tags: "none" });
    expect(facts).not.toHaveProperty("Company ID");
  });
});

test("the form of a new client asks for no currency and no time zone: it offers the shop's first, and a browser sends that", async () => {
  const { token } = await makeUser({ staff: true });
  const page = await ask("/admin/new-client", { headers: asPerson(token) });
  const root = parse(await page.text());
  for (const name of ["currency", "timezone"]) {
    const select = root.querySelector(`select[name="${name}"]`);
    const first = select?.querySelector("option");
    expect([first?.getAttribute("value"), first?.text], name).toEqual(["", "From the shop, once connected"]);
    expect(
      select?.querySelectorAll("option[selected]").map((option) => option.getAttribute("value")),
      name,
    ).toEqual([""]);
    // An empty first option of a field that is required would be refused by the browser.
    expect(select?.hasAttribute("required"), name).toBe(false);
  }
});

describe("the client's own settings", () => {
  test("are its owner's and admins' to change: name, language, time zone and contact", async () => {
    for (const role of ["owner", "admin"] as const) {
      const tenant = await makeTenant();
      const fields = {
        name: " New Name ",
        locale: "fr",
        timezone: "Asia/Tokyo",
        contactName: " Anna ",
        contactEmail: " ANNA@shop.example ",
      };
      expect((await send(tenant, await personOf(tenant, role), fields)).status).toBe(302);
      const changed = { name: "New Name", locale: "fr", timezone: "Asia/Tokyo", timezoneChosen: true };
      expect(await rowOf(tenant)).toMatchObject({ ...changed, contactName: "Anna", contactEmail: "anna@shop.example" });
    }
  });

  test("leave a time zone that nobody picked to the accounts, and say which it is today", async () => {
    const tenant = await makeTenant({ timezone: "Europe/Paris" });
    const owner = await personOf(tenant, "owner");
    const { root } = await factsOn(`/t/${tenant.id}/settings/workspace`, owner);
    const select = root.querySelector('select[name="timezone"]');
    expect(select?.querySelector("option[selected]")?.text).toMatch(/^From your accounts \(.Europe\/Paris.\)$/);
    await send(tenant, owner, { name: "Other" });
    expect(await rowOf(tenant)).toMatchObject({ name: "Other", timezone: "Europe/Paris", timezoneChosen: false });
  });

  test("say at the field what is wrong with it, in the reader's language, keep what was typed, and change nothing", async () => {
    const tenant = await makeTenant();
    const owner = await personOf(tenant, "owner");
    const { status, root } = await send(tenant, owner, { name: "Half", contactEmail: "nobody", timezone: "Mars/Olympus" });
    expect(status).toBe(422);
    const field = (name: string) => root.querySelector(`[name="${name}"]`);
    expect([field("contactEmail")?.getAttribute("aria-invalid"), field("timezone")?.getAttribute("aria-invalid")]).toEqual([
      "true",
      "true",
    ]);
    expect([field("name")?.getAttribute("value"), field("contactEmail")?.getAttribute("value")]).toEqual(["Half", "nobody"]);
    expect(root.text).toContain("Enter a valid email address.");
    expect((await rowOf(tenant))?.name).toBe(tenant.name);
  });

  test("are read by the others, who have no form, and whose form is refused in words", async () => {
    const tenant = await makeTenant({ contactName: "Anna" });
    for (const role of ["developer", "billing", "member", "viewer"] as const) {
      const token = await personOf(tenant, role);
      const { root, facts } = await factsOn(`/t/${tenant.id}/settings/workspace`, token);
      expect(root.querySelector('main input[name="contactName"]')).toBeNull();
      expect(facts["Contact name"]).toBe("Anna");
      const refused = await send(tenant, token, { name: "Mine" });
      expect([role, refused.status]).toEqual([role, 403]);
      expect(refused.root.querySelector("main")?.text).toContain("Your role doesn’t allow this");
    }
    expect((await rowOf(tenant))?.name).toBe(tenant.name);
  });
});

test("the agency files a client under tags in its form, with commas between them; a withdrawn currency is offered where it stands alone", async () => {
  const tenant = await makeTenant({ tags: ["spring"], currency: "BGN", currencyChosen: true });
  const { token } = await makeUser({ staff: true });
  const path = `/admin/clients/${tenant.id}/settings`;
  const page = async () => parse(await (await ask(path, { headers: asPerson(token) })).text());
  const codes = (root: Awaited<ReturnType<typeof page>>) =>
    root.querySelectorAll("select[name=currency] option").map((option) => option.getAttribute("value") ?? "");
  const before = await page();
  expect(before.querySelector("input[name=tags]")?.getAttribute("value")).toBe("spring");
  expect(codes(before)).toEqual(expect.arrayContaining(["", "BGN", "EUR"]));
  expect(codes(before)).not.toContain("HRK");
  const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
  const { name, vertical, plan, locale } = tenant;
  const fields = { intent: "facts", name, vertical, plan, locale, currency: "EUR", timezone: "", contactName: "", contactEmail: "" };
  const sent = (tags: string) => ask(path, { method: "POST", headers, body: new URLSearchParams({ ...fields, tags }).toString() });
  expect((await sent(" vip, late payer ,, vip")).status).toBeLessThan(400);
  expect((await rowOf(tenant))?.tags).toEqual(["vip", "late payer"]);
  expect(codes(await page())).not.toContain("BGN");
  const refused = await sent("x".repeat(41));
  expect(refused.status).toBe(422);
  const after = parse(await refused.text());
  expect(after.querySelector("input[name=tags]")?.getAttribute("value")).toBe("x".repeat(41));
  expect(after.querySelector("[aria-invalid=true]")?.getAttribute("name")).toBe("tags");
});
