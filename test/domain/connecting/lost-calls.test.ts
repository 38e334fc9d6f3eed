import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, sessions, tenants } from "#db/schema/index.ts";
import { sessionCookie } from "#server/auth.ts";
import type { Ctx } from "#server/ctx.ts";
import { beginIntake } from "#server/domain/connecting/begin-intake.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { losingD1 } from "#test/losing-d1.ts";
import { testOrigin } from "#test/variables.ts";
import worker from "#workers/app.ts";
import { begin, choices, comeBack, connectThrough, control, decide, visit } from "./consent.ts";

// Between the tries of a call nothing is waited for.
vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void) => {
  queueMicrotask(work);
  return 0;
}) as typeof setTimeout);

const db = openDb(testEnv.DB);
const account = choices.klaviyo?.account ?? "";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

/** Does it again and again, each time with another of its calls of D1 lost, until all were; answers the ends that were not "well". */
async function badEnds(when: "before" | "after", work: (d1: D1Database) => Promise<string>): Promise<string[]> {
  const bad: string[] = [];
  for (let which = 1; ; which++) {
    const { db: d1, seen } = losingD1(testEnv.DB, which, when);
    const end = await work(d1);
    if (end !== "well") bad.push(`${which}, ${seen.lost}: ${end}`);
    if (seen.calls < which) return bad;
  }
}

const through = (ctx: Ctx, d1: D1Database): Ctx => ({ ...ctx, directory: openDb(d1), databases: { DB: d1 } });

/** How a callback ended for the person, and for the account. */
async function endOf(callback: ReturnType<typeof comeBack>, connected: () => Promise<number>): Promise<string> {
  const { toast } = await callback;
  const count = await connected();
  return toast?.kind === "success" && count === 1 ? "well" : `${toast?.kind}: ${toast?.message}; ${count} connected`;
}

test.each(["before", "after"] as const)(
  "a consent is kept, and said to be, whichever call of D1 its callback loses %s it was done",
  async (when) => {
    const bad = await badEnds(when, async (d1) => {
      const { browser, tenant } = await visit();
      const { location } = await begin(browser, { provider: "klaviyo", tenant: tenant.id });
      const back = await decide(location, { account });
      return endOf(comeBack(through(browser, d1), "klaviyo", back), async () => (await listConnections(testTenantCtx(tenant))).length);
    });
    expect(bad).toEqual([]);
  },
  60_000,
);

test.each(["before", "after"] as const)("a consent begins, whichever call of D1 is lost %s it was done", async (when) => {
  const bad = await badEnds(when, async (d1) => {
    const { browser, tenant } = await visit();
    const { location } = await begin(through(browser, d1), { provider: "klaviyo", tenant: tenant.id });
    return location.startsWith("http") ? "well" : location;
  });
  expect(bad).toEqual([]);
});

test("a client is taken in with its account, whichever call of D1 the callback loses after it was done", async () => {
  let networks = 0;
  const bad = await badEnds("after", async (d1) => {
    const { actor } = await makeUser({ staff: true });
    const browser = testCtx({ actor, ip: `198.20.${networks++}.1` });
    // The account is nobody's yet.
    await db.update(connections).set({ externalId: sql`${connections.externalId} || ':' || ${connections.id}` });
    await db.update(tenants).set({ origin: null });
    const { location } = await beginIntake(browser, { provider: "klaviyo" });
    const back = await decide(location, { account });
    return endOf(comeBack(through(browser, d1), "klaviyo", back), () => db.$count(connections, eq(connections.externalId, account)));
  });
  expect(bad).toEqual([]);
}, 90_000);

test("over HTTP, with a session that is renewed that day, no call of D1 that is lost costs the consent", async () => {
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined } as Partial<ExecutionContext> as ExecutionContext;
  const ask = (d1: D1Database, path: string, headers: Record<string, string>) =>
    worker.fetch(new Request(`${testOrigin}${path}`, { redirect: "manual", headers }) as never, { ...testEnv, DB: d1 } as never, context);
  let networks = 0;
  const bad = await badEnds("before", async (d1) => {
    const { browser, tenant, token } = await visit();
    // Else it would be sent to its first connection's page.
    await connectThrough(browser, { tenant: tenant.id, provider: "hubspot" });
    const headers = { cookie: `${sessionCookie}=${token}`, accept: "text/html", "cf-connecting-ip": `198.21.1.${networks++}` };
    const begun = await ask(testEnv.DB, `/api/auth/oauth/klaviyo/authorize?tenant=${tenant.id}`, headers);
    const mark = /__Host-atrium_oauth=[^;]+/.exec(begun.headers.getSetCookie().join("\n"))?.[0];
    const back = await decide(begun.headers.get("location") ?? "", { account });
    await db.update(sessions).set({ lastUsedAt: 1 });
    const end = await ask(d1, `${back.pathname}${back.search}`, { ...headers, cookie: `${headers.cookie}; ${mark}` });
    const isConnected = (await listConnections(testTenantCtx(tenant))).some(({ provider }) => provider === "klaviyo");
    return end.status === 303 && isConnected ? "well" : `${end.status} to ${end.headers.get("location")}`;
  });
  expect(bad).toEqual([]);
}, 60_000);
