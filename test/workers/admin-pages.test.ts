import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, deadLetters, incidents, runs, undeliveredMails } from "#db/schema/index.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const FORM = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };

async function pageOf(path: string, headers: Record<string, string>) {
  const page = await ask(path, { headers });
  return { status: page.status, root: parse(await page.text()) };
}

const headersOf = (root: ReturnType<typeof parse>) => root.querySelectorAll("main th").map(({ text }) => text);

test("which columns a table shows is chosen by a plain form, and stays in this browser", async () => {
  await makeTenant();
  const { token } = await makeUser({ staff: true });
  const { root } = await pageOf("/admin/clients", asPerson(token));
  expect(headersOf(root)).toContain("Dead letters");
  const form = root.querySelector('form[action="/columns"]');
  const hidden = form?.querySelectorAll('input[type="hidden"]').map((input) => [input.getAttribute("name"), input.getAttribute("value")]);
  const body = new URLSearchParams([...((hidden ?? []) as [string, string][]), ["columns", "plan"], ["columns", "status"]]);
  const kept = await ask("/columns", { method: "POST", headers: { ...asPerson(token), ...FORM }, body: body.toString() });
  expect([kept.status, kept.headers.get("location")]).toEqual([302, "/admin/clients"]);
  const [cookie = ""] = (kept.headers.get("set-cookie") ?? "").split(";");
  const again = await pageOf("/admin/clients", { ...asPerson(token), cookie: `${asPerson(token).cookie}; ${cookie}` });
  expect(headersOf(again.root)).toEqual(["Client", "Status", "Plan"]);
});

test("a client is named by any part of its name: what is one client's leads to its id, what is several clients' offers them", async () => {
  const mark = newId("con", Date.now()).slice(-8);
  const [gifts, tools] = [await makeTenant({ name: `Gifts ${mark}` }), await makeTenant({ name: `Tools ${mark}` })];
  const headers = asPerson((await makeUser({ staff: true })).token);
  const moved = await ask(`/admin/runs?status=failed&client=${encodeURIComponent(`gifts ${mark}`)}`, { headers });
  expect([moved.status, moved.headers.get("location")]).toEqual([302, `/admin/runs?status=failed&client=${gifts.id}`]);
  const { root } = await pageOf(`/admin/runs?client=${gifts.id}`, headers);
  expect(root.querySelector('input[name="client"]')?.getAttribute("value")).toBe(`Gifts ${mark} (${gifts.id})`);
  for (const path of ["runs", "dead-letters", "webhooks", "webhooks/privacy", "credentials", "audit"]) {
    const several = await pageOf(`/admin/${path}?client=${mark}`, headers);
    const links = several.root.querySelectorAll('search a[href*="client="]').map((link) => link.getAttribute("href"));
    expect(links.sort(), path).toEqual([gifts.id, tools.id].map((id) => `/admin/${path}?client=${id}`).sort());
  }
});

test("the longest name with the longest id, as the field has them, is that client", async () => {
  const headers = asPerson((await makeUser({ staff: true })).token);
  const id = `longest-${crypto.randomUUID()}`.slice(0, 40);
  const { name } = await makeTenant({ id, name: "Gifts ".repeat(14).slice(0, 80).replace(/ $/, "s") });
  expect([id.length, name.length]).toEqual([40, 80]);
  const moved = await ask(`/admin/runs?client=${encodeURIComponent(`${name} (${id})`)}`, { headers });
  expect([moved.status, moved.headers.get("location")]).toEqual([302, `/admin/runs?client=${id}`]);
});

test("a client is made by hand with its name first, and without an id where the browser made none", async () => {
  const headers = asPerson((await makeUser({ staff: true })).token);
  const { root } = await pageOf("/admin/new-client", headers);
  const names = root.querySelectorAll('main form[method="post"] input:not([type=hidden])').map((input) => input.getAttribute("name"));
  expect(names.slice(0, 2)).toEqual(["name", "id"]);
  const word = `m${newId("con", Date.now()).slice(-8)}`;
  const fields = { name: `Gifts ${word}`, id: "", vertical: "shopify", plan: "growth", locale: "en" };
  const made = await ask("/admin/new-client", {
    method: "POST",
    headers: { ...headers, ...FORM },
    body: new URLSearchParams(fields).toString(),
  });
  expect([made.status, made.headers.get("location")]).toEqual([302, `/admin/clients/gifts-${word}`]);
});

test("a name that ends like a picker's text is that client's, and where both may be meant both are offered", async () => {
  const headers = asPerson((await makeUser({ staff: true })).token);
  const word = `w${newId("con", Date.now()).slice(-8)}`;
  await makeTenant({ id: word, name: "Other Shop" });
  const ends = await makeTenant({ name: `Gifts (${word})` });
  const asked = (text: string) => ask(`/admin/runs?client=${encodeURIComponent(text)}`, { headers });
  expect((await asked(`Gifts (${word})`)).headers.get("location")).toBe(`/admin/runs?client=${ends.id}`);
  expect((await asked(`Other Shop (${word})`)).headers.get("location")).toBe(`/admin/runs?client=${word}`);
  // Renamed since it was written down.
  expect((await asked(`Older Shop (${word})`)).headers.get("location")).toBe(`/admin/runs?client=${word}`);
  const both = `b${newId("con", Date.now()).slice(-8)}`;
  const [picked, named] = [await makeTenant({ id: both, name: "Twins" }), await makeTenant({ name: `Twins (${both})` })];
  const { root } = await pageOf(`/admin/runs?client=${encodeURIComponent(`Twins (${both})`)}`, headers);
  const links = root.querySelectorAll('search a[href*="client="]').map((link) => link.getAttribute("href"));
  expect(links.sort()).toEqual([picked.id, named.id].map((id) => `/admin/runs?client=${id}`).sort());
});

test("the log, undelivered mail and a run's page call a client by its name", async () => {
  const name = `Named ${newId("con", Date.now()).slice(-8)}`;
  const tenant = await makeTenant({ name });
  const now = Date.now();
  const run = {
    id: newId("run", now),
    tenantId: tenant.id,
    job: "shopify-sensor",
    slot: 0,
    trigger: "manual" as const,
    status: "queued" as const,
  };
  await db.insert(runs).values({ ...run, availableAt: now, createdAt: now });
  await db
    .insert(auditLog)
    .values({ id: newId("aud", now), at: now, tenantId: tenant.id, actorType: "system", action: "client.updated", details: {} });
  await db.insert(undeliveredMails).values({
    ...{
      id: newId("req", now),
      ofTenant: tenant.id,
      kind: "invitation",
      recipient: "kim@shop.example",
      fate: "refused",
      reason: "No.",
      at: now,
    },
  });
  const headers = asPerson((await makeUser({ staff: true })).token);
  for (const path of ["audit", "mails", `runs/${run.id}`]) {
    const { root } = await pageOf(`/admin/${path}`, headers);
    const links = root.querySelectorAll(`a[href="/admin/clients/${tenant.id}"]`).map(({ text }) => text.trim());
    expect(new Set(links), path).toEqual(new Set([name]));
  }
});

test("a run that has not begun says no time at which it did", async () => {
  const tenant = await makeTenant();
  const now = Date.now();
  const run = {
    id: newId("run", now),
    tenantId: tenant.id,
    job: "shopify-sensor",
    slot: 0,
    trigger: "manual" as const,
    status: "queued" as const,
  };
  await db.insert(runs).values({ ...run, availableAt: now, createdAt: now });
  const { root } = await pageOf(`/admin/runs?client=${tenant.id}`, asPerson((await makeUser({ staff: true })).token));
  expect(root.querySelectorAll("main tbody tr").map((row) => row.querySelectorAll("time").length)).toEqual([0]);
});

test("an id that is no client's any more is still looked for: lines may outlive a client", async () => {
  const headers = asPerson((await makeUser({ staff: true })).token);
  const { status, root } = await pageOf("/admin/audit?client=long-gone", headers);
  expect([status, root.querySelector('input[name="client"]')?.getAttribute("value")]).toEqual([200, "long-gone"]);
});

/** Presses the one button of a page that does something to many, which is sent with what the page has counted. */
async function confirm(path: string, headers: Record<string, string>) {
  const { root } = await pageOf(path, headers);
  const forms = root.querySelectorAll('main form[method="post"]');
  expect(forms.map((form) => form.querySelectorAll("button").length)).toEqual([1]);
  const until = forms[0]?.querySelector('input[name="until"]')?.getAttribute("value") ?? "";
  expect(until).toMatch(/^(run|ddl)_/);
  return {
    root,
    answer: await ask(path, { method: "POST", headers: { ...headers, ...FORM }, body: new URLSearchParams({ until }).toString() }),
  };
}

const cellsOf = (root: ReturnType<typeof parse>) =>
  root.querySelectorAll("main tbody tr").map((row) => row.querySelectorAll("td").map(({ text }) => text));

test("runs are cancelled in two steps: first they are counted by client and job, and nothing changes", async () => {
  const tenant = await makeTenant({ name: "Cancel Me" });
  const headers = asPerson((await makeUser({ staff: true })).token);
  const id = newId("run", Date.now());
  const row = {
    id,
    tenantId: tenant.id,
    job: "shopify-sensor",
    slot: 1,
    trigger: "manual",
    status: "queued",
    availableAt: 0,
    createdAt: 0,
  } as const;
  await db.insert(runs).values(row);
  const path = `/admin/runs/cancel?client=${tenant.id}`;
  const { root } = await pageOf(path, headers);
  expect(cellsOf(root)).toEqual([["Cancel Me", "Shop", "1"]]);
  expect((await db.select().from(runs).where(eq(runs.id, id)))[0]?.status).toBe("queued");
  const { answer } = await confirm(path, headers);
  expect([answer.status, answer.headers.get("location")]).toEqual([302, path]);
  expect((await db.select().from(runs).where(eq(runs.id, id)))[0]?.status).toBe("cancelled");
  expect((await pageOf(path, headers)).root.querySelectorAll('main form[method="post"]')).toEqual([]);
});

test("dead letters are replayed in two steps: first they are counted, and then they are sent", async () => {
  const tenant = await makeTenant({ name: "Replay Me" });
  const headers = asPerson((await makeUser({ staff: true })).token);
  const id = newId("run", Date.now());
  const row = {
    id,
    tenantId: tenant.id,
    job: "shopify-sensor",
    slot: 2,
    trigger: "manual",
    status: "dead",
    availableAt: 0,
    createdAt: 0,
  } as const;
  await db.insert(runs).values({ ...row, errorKind: "defect" });
  const letter = { queue: "atrium-runs", message: {}, ofTenant: tenant.id, runId: id, reason: "run_dead", at: Date.now() };
  await db.insert(deadLetters).values({ id: newId("ddl", Date.now()), ...letter });
  const path = `/admin/dead-letters/replay?client=${tenant.id}&cause=defect`;
  const { root, answer } = await confirm(path, headers);
  expect(cellsOf(root)).toEqual([["Replay Me", "Shop", "1"]]);
  expect(answer.status).toBe(302);
  expect((await db.select().from(runs).where(eq(runs.id, id)))[0]?.status).toBe("queued");
});

test("beside replay stands that the provider has an open incident, while it has one, and the whole cause", async () => {
  const tenant = await makeTenant();
  const headers = asPerson((await makeUser({ staff: true })).token);
  const now = Date.now();
  const id = newId("run", now);
  const why = `Away: ${"all day long ".repeat(12)}and the end of it.`;
  await db.insert(runs).values({
    ...{ id, tenantId: tenant.id, job: "klaviyo-sensor", slot: 0, trigger: "manual", status: "dead", availableAt: now, createdAt: now },
    ...{ errorKind: "unavailable", errorMessage: why },
  });
  const letter = { queue: "atrium-runs", message: {}, ofTenant: tenant.id, runId: id, reason: "run_dead", at: now };
  await db.insert(deadLetters).values({ id: newId("ddl", now), ...letter });
  const path = `/admin/dead-letters?client=${tenant.id}`;
  const textOf = async (of: string) => (await pageOf(of, headers)).root.querySelector("main")?.text ?? "";
  expect(await textOf(path)).toContain("and the end of it.");
  expect(await textOf(path)).not.toContain("this can fail again");
  const incident = newId("inc", now);
  await db.insert(incidents).values({
    ...{ id: incident, provider: "klaviyo", kind: "unavailable", openedAt: now, lastSeenAt: now, tenantsFailing: 3, tenantsUsing: 4 },
  });
  for (const page of [path, `/admin/dead-letters/replay?client=${tenant.id}`, "/admin"])
    expect(await textOf(page), page).toContain("Klaviyo has an open incident: this can fail again.");
  await db.update(incidents).set({ closedAt: now }).where(eq(incidents.id, incident));
});

test("the list of runs says provider, cause and calls, and is narrowed by each", async () => {
  const tenant = await makeTenant();
  const headers = asPerson((await makeUser({ staff: true })).token);
  const row = { tenantId: tenant.id, job: "shopify-sensor", trigger: "manual", availableAt: 0, createdAt: 0 } as const;
  await db.insert(runs).values([
    { ...row, id: newId("run", Date.now()), slot: 1, status: "failed", errorKind: "revoked", calls: 120 },
    { ...row, id: newId("run", Date.now()), slot: 2, status: "succeeded", calls: 3 },
  ]);
  const cookie = `${headers.cookie}; atrium_columns=runs.provider.cause.calls`;
  const rowsOf = async (query: string) => cellsOf((await pageOf(`/admin/runs?client=${tenant.id}${query}`, { ...headers, cookie })).root);
  const [failed, well] = [
    ["Shop", "Shopify", "Access revoked", "120"],
    ["Shop", "Shopify", "–", "3"],
  ];
  expect((await rowsOf("")).toSorted()).toEqual([failed, well].toSorted());
  expect(await rowsOf("&cause=revoked")).toEqual([failed]);
  expect(await rowsOf("&calls=100")).toEqual([failed]);
  expect(await rowsOf("&provider=klaviyo")).toEqual([]);
  expect(await rowsOf("&provider=shopify&status=succeeded")).toEqual([well]);
});

test("an incident's page names who is hit, and leads to the client; an unknown one is not found", async () => {
  const tenant = await makeTenant({ name: "Hit Client" });
  const headers = asPerson((await makeUser({ staff: true })).token);
  const id = newId("inc", Date.now());
  const at = { openedAt: Date.now() - 600_000, lastSeenAt: Date.now() };
  await db.delete(incidents);
  await db.insert(incidents).values({ id, provider: "shopify", kind: "unavailable", ...at, tenantsFailing: 1, tenantsUsing: 1 });
  await db.insert(connections).values({
    ...{ id: newId("con", Date.now()), tenantId: tenant.id, provider: "shopify", externalId: tenant.id, name: "Hit Shop", details: {} },
    ...{ status: "active", scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: 0, failedAt: Date.now() },
    ...{ failureKind: "unavailable" },
  });
  const { root } = await pageOf(`/admin/incidents/${id}`, headers);
  expect(root.querySelector("h1")?.text).toBe("Shopify isn’t responding");
  expect(cellsOf(root)).toContainEqual(expect.arrayContaining(["Hit Client", "Hit Shop"]));
  expect(root.querySelector(`main tbody a[href="/admin/clients/${tenant.id}"]`)).not.toBeNull();
  expect((await pageOf("/admin/incidents", headers)).root.querySelector(`a[href="/admin/incidents/${id}"]`)).not.toBeNull();
  expect((await pageOf("/admin/incidents/inc_nothing", headers)).status).toBe(404);
  await db.delete(incidents);
});

test("the navigation stands in groups, and on a phone the menu of the pages that the bar has no room for counts what waits there", async () => {
  const tenant = await makeTenant();
  const headers = asPerson((await makeUser({ staff: true })).token);
  await db.insert(deadLetters).values({
    ...{
      id: newId("ddl", Date.now()),
      queue: "atrium-mail",
      message: {},
      ofTenant: tenant.id,
      runId: null,
      reason: "mail",
      at: Date.now(),
    },
  });
  const { root } = await pageOf("/admin/credentials", headers);
  expect(root.querySelectorAll("aside nav h2").map(({ text }) => text)).toEqual(["Clients", "Operations", "Security", "Developers"]);
  const menu = root.querySelector("nav:not(aside nav) details");
  expect(menu?.querySelector("summary")?.text).toMatch(/^More\d+\d* ?.*dead letters? (is|are) open/);
  expect(menu?.querySelector('a[href="/admin/dead-letters"]')?.text).toMatch(/dead letters? (is|are) open/);
  expect(menu?.querySelector('a[aria-current="page"]')?.getAttribute("href")).toBe("/admin/credentials");
});
