import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, deadLetters, runs } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

async function pageOf(token: string) {
  const page = await ask("/admin", { headers: asPerson(token) });
  return { status: page.status, root: parse(await page.text()) };
}

/** Presses what a browser without JavaScript would: the form of the button as it stands in the page. */
async function press(token: string, row: ReturnType<typeof parse> | undefined) {
  const form = row?.querySelector("form");
  const inputs = form?.querySelectorAll("input, button[name]") ?? [];
  const fields = inputs.map((input) => [input.getAttribute("name") ?? "", input.getAttribute("value") ?? ""]);
  const headers = { ...asPerson(token), "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
  const action = form?.getAttribute("action") ?? "";
  return ask(action, { method: "POST", headers, body: new URLSearchParams(fields).toString() });
}

async function rowOf(token: string, words: string) {
  const { root } = await pageOf(token);
  const row = root.querySelectorAll("main section li").find(({ text }) => text.includes(words));
  return row && parse(row.toString());
}

async function needsReconnect(tenant: Tenant) {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    ...{ id, tenantId: tenant.id, provider: "shopify", externalId: id, name: "shop", details: {}, status: "reconnect_needed" },
    ...{ statusReason: "uninstalled", scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: Date.now() },
  });
}

test("the admin portal begins with what is wrong; who is no admin finds no such page", async () => {
  const [admin, stranger] = [await makeUser({ staff: true }), await makeUser()];
  const { status, root } = await pageOf(admin.token);
  expect(status).toBe(200);
  expect(root.querySelector("h1")?.text).toBe("Today");
  expect((await pageOf(stranger.token)).status).toBe(404);
});

test("runs that failed and are tried again by themselves are one line, which leads to them", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ staff: true });
  const now = Date.now();
  const row = { tenantId: tenant.id, slot: 1, trigger: "manual", status: "queued", availableAt: now + 600_000, createdAt: now } as const;
  await db.insert(runs).values({ ...row, id: newId("run", now), job: "klaviyo-sensor", errorKind: "unavailable" });
  const link = (await pageOf(token)).root.querySelector('main a[href="/admin/runs?status=queued"]');
  expect(link?.text).toMatch(/^\d+ runs? failed and will be retried automatically$/);
  await db.delete(runs).where(eq(runs.tenantId, tenant.id));
});

test("all clients that wait are reminded from one page, in two steps; Today leads there", async () => {
  const clients = [await makeTenant({ name: "Gifts Remind" }), await makeTenant({ name: "Tools Remind" })];
  for (const client of clients) {
    await makeUser({ roles: [[client, "owner"]] });
    await needsReconnect(client);
  }
  const { token } = await makeUser({ staff: true });
  expect((await pageOf(token)).root.querySelector('main a[href="/admin/remind"]')?.text).toBe("Remind all");
  const remind = async () => parse(await (await ask("/admin/remind", { headers: asPerson(token) })).text());
  const before = await remind();
  for (const { name } of clients) expect(before.querySelector("main table")?.text).toContain(name);
  expect((await rowOf(token, "Gifts Remind"))?.text).toContain("Not emailed yet");
  expect((await press(token, before.querySelector("main") ?? undefined)).status).toBe(302);
  expect((await rowOf(token, "Gifts Remind"))?.text).toContain("Last emailed");
  const after = await remind();
  expect(after.querySelector("main")?.text).toContain("Nobody to remind now");
  expect(after.querySelectorAll("main form")).toEqual([]);
});

test("a client's people are reminded from its problem, which then says that they were emailed", async () => {
  const tenant = await makeTenant({ name: `Acme ${newId("con", Date.now())}` });
  await makeUser({ roles: [[tenant, "owner"]] });
  await needsReconnect(tenant);
  const { token } = await makeUser({ staff: true });
  const before = await rowOf(token, tenant.name);
  expect(before?.text).toContain("The app was uninstalled there.");
  expect(before?.text).toContain("Not emailed yet");
  expect((await press(token, before)).status).toBe(302);
  expect((await rowOf(token, tenant.name))?.text).toContain("Last emailed");
});

test("the list of dead letters names the job with a link to its run, whose it is and why it failed", async () => {
  const tenant = await makeTenant({ name: "Named Here" });
  const now = Date.now();
  const runId = newId("run", now);
  await db.insert(runs).values({
    ...{ id: runId, tenantId: tenant.id, job: "klaviyo-sensor", slot: now, trigger: "schedule", status: "dead" },
    ...{ availableAt: now, createdAt: now, errorKind: "rate_limited", errorMessage: "Slow down." },
  });
  const letter = { queue: "atrium-runs", message: {}, ofTenant: tenant.id, runId, reason: "run_dead", at: now };
  await db.insert(deadLetters).values({ id: newId("ddl", now), ...letter });
  const { token } = await makeUser({ staff: true });
  const page = parse(await (await ask(`/admin/dead-letters?client=${tenant.id}`, { headers: asPerson(token) })).text());
  const row = page.querySelector("main table tbody tr");
  for (const words of ["Klaviyo audience", "Named Here", "The provider is limiting our requests", "Slow down."])
    expect(row?.text).toContain(words);
  expect(row?.querySelector(`a[href="/admin/runs/${runId}"]`)?.text).toBe("Klaviyo audience");
});

test("dead letters of one job and cause are replayed by one button, and are no problem then", async () => {
  const tenants = [await makeTenant({ name: "Replay One" }), await makeTenant({ name: "Replay Two" })];
  for (const tenant of tenants) {
    const now = Date.now();
    const runId = newId("run", now);
    await db.insert(runs).values({
      ...{ id: runId, tenantId: tenant.id, job: "shopify-sensor", slot: now, trigger: "schedule", status: "dead" },
      ...{ availableAt: now, createdAt: now, errorKind: "unavailable", errorMessage: "Away." },
    });
    const letter = { queue: "atrium-runs", message: {}, ofTenant: tenant.id, runId, reason: "run_dead", at: now };
    await db.insert(deadLetters).values({ id: newId("ddl", now), ...letter });
  }
  const { token } = await makeUser({ staff: true });
  const row = await rowOf(token, "Replay One");
  for (const words of ["2 dead letters", "Replay Two", "The provider didn’t respond", "Away."]) expect(row?.text).toContain(words);
  expect((await press(token, row)).status).toBe(302);
  expect(await rowOf(token, "Replay One")).toBeUndefined();
});
