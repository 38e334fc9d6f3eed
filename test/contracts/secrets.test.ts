import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from "cloudflare:test";
import { eq, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openDb } from "#db/client.ts";
import * as schema from "#db/schema/index.ts";
import { keyProviders, oauthProviders } from "#server/catalog/providers/registry.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import type { Message } from "#server/messages.ts";
import { describeProcedures, restOperations } from "#server/trpc/rest.ts";
import { appRouter } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { choices, control, decide } from "#test/domain/connecting/consent.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";
import { sandboxOrigin } from "#test/variables.ts";
import worker from "#workers/app.ts";
import { makeBelongings } from "./belongings.ts";
import { feed } from "./feed.ts";

/** Everything that left the Worker in this file: lines, messages, answers with their headers. */
const left: { where: string; text: string }[] = [];
const printers = ["log", "info", "warn", "error", "debug"] as const;

beforeAll(() => {
  for (const printer of printers) {
    vi.spyOn(console, printer).mockImplementation(
      (...words: unknown[]) => void left.push({ where: `console.${printer}`, text: words.map(String).join(" ") }),
    );
  }
});
// All queues are of one class: what is sent over any of them is kept, and sent.
const queues: Queue = Object.getPrototypeOf(testEnv.RUNS);
beforeAll(() => {
  for (const send of ["send", "sendBatch"] as const) {
    const real = queues[send];
    vi.spyOn(queues, send).mockImplementation(function (this: Queue, ...words: unknown[]) {
      left.push({ where: "queue", text: JSON.stringify(words) });
      return Reflect.apply(real, this, words);
    });
  }
});
afterAll(() => void vi.restoreAllMocks());

/** Asks the portal and keeps what it answered. */
async function keep(path: string, init: RequestInit = {}): Promise<{ response: Response; text: string }> {
  const response = await ask(path, init);
  const text = await response.text();
  left.push({ where: path.split("?")[0] ?? "", text: `${JSON.stringify([...response.headers])} ${text}` });
  return { response, text };
}

/** The way of one connection in a browser; answers the callback's path, which only the browser and the provider ever see. */
async function connect(provider: string, tenant: string, token: string, decision: "allow" | "deny" = "allow"): Promise<string> {
  const choice = choices[provider];
  const query = new URLSearchParams({ tenant, ...(choice?.shop && { shop: choice.shop }) });
  const { response } = await keep(`/api/auth/oauth/${provider}/authorize?${query}`, { headers: asPerson(token) });
  const mark = response.headers.getSetCookie().map((line) => line.split(";")[0]);
  const callback = await decide(response.headers.get("location") ?? "", { decision, account: choice?.account ?? "" });
  const path = `${callback.pathname}${callback.search}`;
  const { cookie, ...headers } = asPerson(token);
  const browser = { ...headers, cookie: [cookie, ...mark].join("; ") };
  const back = await keep(path, { headers: browser });
  // Where the account is shown first: looked at, and taken.
  const next = new URL(back.response.headers.get("location") ?? "", "http://portal.test");
  const consent = next.searchParams.get("consent");
  if (consent !== null) {
    await keep(`${next.pathname}${next.search}`, { headers: browser });
    const body = JSON.stringify({ tenant, consent, keep: true });
    await keep("/api/trpc/connections.answerShown", { method: "POST", headers: { ...browser, "content-type": "application/json" }, body });
  }
  return path;
}

/** Pastes a key that was made at the provider just now, after one that is none. */
async function paste(provider: string, tenant: string, token: string): Promise<void> {
  const account = provider === "klaviyo" ? "KeyS01" : "Secrets Shop";
  const { fields } = await mintKey(provider, account);
  const dead = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.replace(/sbx../, "sbx00")]));
  for (const pasted of [dead, fields]) {
    await keep("/api/trpc/connections.connectKey", {
      method: "POST",
      headers: { ...asPerson(token), "content-type": "application/json" },
      body: JSON.stringify({ tenant, provider, fields: pasted }),
    });
  }
}

async function work(queue: string, bodies: readonly Message[]): Promise<void> {
  const messages = bodies.map((body, at) => ({ id: `m${at}`, timestamp: new Date(), attempts: 1, body }));
  const executionContext = createExecutionContext();
  await worker.queue(createMessageBatch<Message>(queue, messages) as MessageBatch<Message>, testEnv);
  await waitOnExecutionContext(executionContext);
}

/** Runs every sensor by hand; answers the runs' ids. */
async function runAll(tenant: string, staffToken: string): Promise<string[]> {
  const ids: string[] = [];
  for (const { id: job } of sensors) {
    const { text } = await keep("/api/scripts/run", {
      method: "POST",
      headers: asPerson(staffToken),
      body: JSON.stringify({ tenant, job }),
    });
    const { id } = JSON.parse(text) as { id: string };
    ids.push(id);
  }
  await work("atrium-runs", [{ v: 1, type: "turn", tenant, turn: 1 }]);
  for (const id of ids) await keep(`/api/scripts/status/${id}`, { headers: asPerson(staffToken) });
  return ids;
}

const clientPages = [
  "",
  "/figures?sensor=shopify-sensor",
  "/integrations",
  "/integrations/calendar",
  "/integrations/google",
  "/integrations/meta/permissions",
  "/approvals",
  "/automations",
  "/automations/review-request-automation",
  "/guide",
  "/settings/sensors",
  "/runs",
  "/settings",
  "/settings/team",
  "/settings/sessions",
  "/settings/workspace",
  "/settings/data",
  "/settings/audit",
];
const adminPages = [
  "/clients",
  "/runs",
  "/credentials",
  "/renewals",
  "/calendar",
  "/dead-letters",
  "/incidents",
  "/audit",
  "/reveals",
  "/deletions",
];

test("no token or code that a provider issued is in a line, a message, an answer or a row", async () => {
  // The first page loads the portal's build, for seconds: meanwhile the queue would bring the runs to work before they are worked here.
  await keep("/sign-in");
  await control({ limits: false });
  const tenant = await makeTenant();
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  const staff = await makeUser({ staff: true });

  for (const { id } of oauthProviders) {
    await connect(id, tenant.id, owner.token, "deny");
    const used = await connect(id, tenant.id, owner.token);
    await keep(used, { headers: asPerson(owner.token) }); // the same link once more: an error page, or a toast
  }
  for (const { id } of keyProviders) await paste(id, tenant.id, owner.token);
  const connected = await openDb(testEnv.DB).select().from(schema.connections).where(eq(schema.connections.tenantId, tenant.id));
  expect(connected).toHaveLength(oauthProviders.length + keyProviders.length);
  const runs = await runAll(tenant.id, staff.token);
  // Then everything goes wrong: errors are where secrets like to show.
  await control({ faults: [{ kind: "api", effect: { type: "error", status: 500 } }] });
  runs.push(...(await runAll(tenant.id, staff.token)));
  await control({ revoke: [{}], faults: [] });
  runs.push(...(await runAll(tenant.id, staff.token)));
  await control();

  const mine = { ...(await makeBelongings("secrets-marker")), tenant, owner: owner.actor };
  for (const { name, input } of describeProcedures(appRouter._def.procedures)) {
    const query = encodeURIComponent(JSON.stringify(feed(input, mine, mine)));
    for (const { token } of [owner, staff]) await keep(`/api/trpc/${name}?input=${query}`, { headers: asPerson(token) });
  }
  for (const { method, path } of restOperations(appRouter._def.procedures)) {
    if (method === "GET")
      await keep(path.replaceAll("{tenant}", tenant.id).replaceAll("{runId}", mine.runId), { headers: asPerson(staff.token) });
  }
  for (const [path, { token }] of [
    ...clientPages.map((page) => [`/t/${tenant.id}${page}`, owner] as const),
    ...adminPages.map((page) => [`/admin${page}`, staff] as const),
    ...runs.flatMap((run) => [[`/t/${tenant.id}/runs/${run}`, owner] as const, [`/admin/runs/${run}`, staff] as const]),
    [`/admin/clients/${tenant.id}`, staff] as const,
  ]) {
    const { response } = await keep(path, { headers: asPerson(token) });
    expect({ path, status: response.status }).toEqual({ path, status: 200 });
  }
  const db = openDb(testEnv.DB);
  for (const [name, table] of Object.entries(schema)) {
    if (is(table, SQLiteTable)) left.push({ where: `table ${name}`, text: JSON.stringify(await db.select().from(table)) });
  }

  const issued = (await (await fetch(`${sandboxOrigin}/__sandbox/issued`)).json()) as string[];
  // Of each a code and an access token at least: not all of them give refresh tokens.
  expect(issued.length).toBeGreaterThanOrEqual(oauthProviders.length * 2);
  expect(left.filter(({ where }) => where === "console.log").length).toBeGreaterThan(50);
  // A turn for each time that all its sensors ran, and what those wrote.
  expect(left.filter(({ where }) => where === "queue").length).toBeGreaterThan(3);
  expect(left.filter(({ where }) => where.startsWith("table ")).length).toBeGreaterThan(15);
  const found = left.flatMap(({ where, text }) => issued.filter((secret) => text.includes(secret)).map(() => where));
  expect([...new Set(found)]).toEqual([]);
}, 60_000);
