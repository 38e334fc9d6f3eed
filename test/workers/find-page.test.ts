import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, measurements, runs } from "#db/schema/index.ts";
import { dayOf } from "#server/catalog/days.ts";
import type { Tenant } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

/** What the page of the search lists, as its links and buttons say it. */
async function foundOn(path: string, token: string) {
  const page = await ask(path, { headers: asPerson(token) });
  const root = parse(await page.text());
  const found = root.querySelectorAll("main section li").map((row) => row.querySelector("bdi")?.text ?? "");
  return { status: page.status, found, root };
}

async function makeRun({ id: tenantId }: Tenant): Promise<string> {
  const [id, now] = [newId("run", Date.now()), Date.now()];
  const times = { slot: now, createdAt: now, availableAt: now };
  await db.insert(runs).values({ id, tenantId, job: "shopify-sensor", trigger: "manual", status: "succeeded", ...times });
  return id;
}

async function makeAccount({ id: tenantId }: Tenant, name: string): Promise<void> {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    ...{ id, tenantId, provider: "klaviyo", externalId: id, name, details: {}, status: "active" },
    ...{ scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: Date.now() },
  });
}

test("a client's search has what the person may do there, and nothing of another workspace", async () => {
  const [own, other] = [await makeTenant({ name: "Own Shop" }), await makeTenant({ name: "Other Shop" })];
  const [ownRun, otherRun] = [await makeRun(own), await makeRun(other)];
  await makeAccount(own, "Own list");
  await makeAccount(other, "Other list");
  const owner = await makeUser({ roles: [[own, "owner"]] });
  const viewer = await makeUser({ roles: [[own, "viewer"]] });
  const find = `/t/${own.id}/find`;

  const all = (await foundOn(find, owner.token)).found;
  expect(all).toEqual(expect.arrayContaining(["Overview", "Audit log", "Own list", "Invite someone", "Export data", "Connect HubSpot"]));
  expect(all).not.toContain("Admin portal");
  const seen = (await foundOn(find, viewer.token)).found;
  expect(seen).toEqual(expect.arrayContaining(["Overview", "Team", "Own list", "Sign out"]));
  for (const denied of ["Audit log", "Invite someone", "Export data", "Connect HubSpot", "Other list", "Switch to Other Shop"])
    expect(seen, denied).not.toContain(denied);

  const { root } = await foundOn(`${find}?q=${ownRun}`, viewer.token);
  expect(root.querySelector("main section a")?.getAttribute("href")).toBe(`/t/${own.id}/runs/${ownRun}`);
  expect((await foundOn(`${find}?q=${otherRun}`, owner.token)).found).toEqual([]);
  expect((await foundOn(`${find}?q=other`, owner.token)).found).toEqual([]);
  expect((await foundOn(`/t/${other.id}/find`, owner.token)).status).toBe(404);
});

test("a metric is found by its name and leads to its chart, its sensor to all of its metrics, and none of another workspace", async () => {
  const [own, other] = [await makeTenant(), await makeTenant()];
  const { token } = await makeUser({ roles: [[own, "viewer"]] });
  const { token: stranger } = await makeUser({ roles: [[other, "viewer"]] });
  const [measuredAt, day] = [Date.now(), dayOf(Date.now(), own.timezone)];
  const one = { tenantId: own.id, job: "shopify-sensor", day, dimension: "", measuredAt };
  await db.insert(measurements).values([
    { ...one, metric: "revenue", currency: "EUR", value: 100 },
    { ...one, metric: "orders", currency: "EUR", value: 1 },
  ]);
  const linksFor = async (text: string, as = token, locale = "en") => {
    const { cookie } = asPerson(as);
    const id = as === token ? own.id : other.id;
    const page = await ask(`/t/${id}/find?q=${text}`, { headers: { cookie: `${cookie}; atrium_locale=${locale}` } });
    return parse(await page.text())
      .querySelectorAll("main section[aria-labelledby=found-metrics] a")
      .map((link) => link.getAttribute("href"));
  };
  const revenue = `/t/${own.id}?metric=shopify-sensor.revenue#chart`;
  expect(await linksFor("revenue")).toEqual([revenue]);
  expect(await linksFor("affaires", token, "fr")).toEqual([revenue]);
  expect(await linksFor("shop")).toContain(`/t/${own.id}/figures?sensor=shopify-sensor`);
  // What was never measured has no chart to lead to.
  expect(await linksFor("sessions")).toEqual([]);
  expect(await linksFor("revenue", stranger)).toEqual([]);
});

test("no two pages that are found have one name, in any language", async () => {
  const tenant = await makeTenant();
  const { cookie } = asPerson((await makeUser({ staff: true, roles: [[tenant, "owner"]] })).token);
  for (const home of [`/t/${tenant.id}`, "/admin"])
    for (const locale of ["en", "fr", "he"]) {
      const page = await ask(`${home}/find`, { headers: { cookie: `${cookie}; atrium_locale=${locale}` } });
      const names = parse(await page.text())
        .querySelectorAll("main section[aria-labelledby=found-pages] li bdi:first-child")
        .map(({ text }) => text);
      expect(names.length).toBeGreaterThan(10);
      expect([...new Set(names)], `${home} ${locale}`).toEqual(names);
    }
});

test("whatever the navigation leads to is found too, in both portals", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ staff: true, roles: [[tenant, "owner"]] });
  const linksOn = async (path: string, where: string) => {
    const root = parse(await (await ask(path, { headers: asPerson(token) })).text());
    return root.querySelectorAll(`${where} a[href]`).map((link) => link.getAttribute("href") ?? "");
  };
  const base = `/t/${tenant.id}`;
  for (const [home, tabs] of [
    [base, `${base}/settings`],
    ["/admin", "/admin"],
  ] as const) {
    const found = await linksOn(`${home}/find`, "main section");
    const led = [...(await linksOn(home, "aside nav")), ...(await linksOn(tabs, 'main nav[aria-label="Sections"]'))];
    expect(led.length).toBeGreaterThan(3);
    expect(led.filter((href) => !found.includes(href))).toEqual([]);
  }
});

test("words are found without case and accents, and switching the theme works by its form", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  expect((await foundOn(`/t/${tenant.id}/find?q=INTÉGRA`, token)).found).toEqual(["Integrations"]);
  const { root } = await foundOn(`/t/${tenant.id}/find?q=theme+light`, token);
  const form = root.querySelector("main section form");
  const fields = form?.querySelectorAll("input").map((input) => [input.getAttribute("name") ?? "", input.getAttribute("value") ?? ""]);
  expect(form?.getAttribute("action")).toBe("/theme");
  expect(Object.fromEntries(fields ?? [])).toEqual({ theme: "light", returnTo: `/t/${tenant.id}/find?q=theme+light` });
});

test("the agency's search finds clients by name and anything by its id, and is no page for others", async () => {
  const name = `Marrón ${newId("con", Date.now()).slice(-6)}`;
  const tenant = await makeTenant({ name });
  const run = await makeRun(tenant);
  const { token } = await makeUser({ staff: true });
  const { token: stranger } = await makeUser({ roles: [[tenant, "owner"]] });
  const typed = await foundOn(`/admin/find?${new URLSearchParams({ q: name.replace("ó", "o").toLowerCase() })}`, token);
  expect(typed.found).toEqual([name]);
  expect((await foundOn(`/admin/find?q=${run}`, token)).found).toEqual(["Run: shopify-sensor"]);
  // Pasted and sent it leads there at once.
  const sent = await ask(`/admin/find?id=${run}`, { headers: asPerson(token) });
  expect([sent.status, sent.headers.get("location")]).toEqual([302, `/admin/runs/${run}`]);
  expect((await foundOn("/admin/find?q=a", stranger)).status).toBe(404);
  expect((await ask(`/admin/find.data?q=${run}`, { headers: asPerson(stranger) })).status).toBe(404);
});
