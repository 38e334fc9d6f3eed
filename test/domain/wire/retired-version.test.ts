import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { batchOf, openDb } from "#db/client.ts";
import { connections, devMails, retiredVersions } from "#db/schema/index.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { accountOf } from "#server/domain/connections/account-of.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { probeConnection } from "#server/domain/health/probe-connection.ts";
import { watchProviders } from "#server/domain/incidents/watch-providers.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { callApi } from "#server/domain/wire/call-api.ts";
import { connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { clearRuns, connectShop, makeRig } from "#test/domain/runs/rig.ts";
import { testSensor } from "#test/domain/runs/sensors.ts";
import { makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const gone = () => control({ limits: false, faults: [{ provider: "klaviyo", kind: "api", effect: { type: "error", status: 410 } }] });

beforeEach(async () => {
  await clearRuns();
  await db.delete(retiredVersions);
  await db.update(connections).set({ status: "disconnected" });
  await control({ limits: false });
});
afterEach(() => control());

async function connected() {
  const { browser, tenant } = await visit();
  await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
  const ctx = testTenantCtx(tenant, "system");
  const [row] = await listConnections(ctx);
  if (!row) throw new Error("not connected");
  return { tenant, ctx, id: row.id };
}
const rowOf = async (id: string) => (await db.select().from(connections).where(eq(connections.id, id)))[0];

test("a version that the provider retired breaks no connection, and staff are told once, however many clients run into it", async () => {
  const clients = [await connected(), await connected(), await connected(), await connected()];
  await gone();
  for (const { ctx, id } of clients) {
    expect(await probeConnection(ctx, { connectionId: id })).toMatchObject({ result: "misconfigured", health: { state: "healthy" } });
    expect(await rowOf(id)).toMatchObject({ status: "active", statusReason: null, failureKind: null, failedAt: null, version: 1 });
    const [account] = (await listIntegrations(ctx)).flatMap((each) => each.connections);
    expect(account?.health.state).toBe("healthy");
  }
  const mails = clients.flatMap(({ ctx }) => ctx.traces.mails);
  expect(mails).toEqual([{ v: 1, type: "mail.version", provider: "klaviyo", version: "revision 2026-10-15" }]);
  const alarms = clients.flatMap(({ ctx }) => ctx.traces.lines).filter((line) => line.includes('"level":"error"'));
  expect(alarms).toHaveLength(1);
  // Nor is it a wave of the provider's, which would alarm them once more.
  expect(await watchProviders(testCtx({ actor: { type: "system", job: "cron" } }))).toMatchObject({ opened: 0 });
});

test("a run into it fails with a sentence that says whose fault it is, and is not tried again in vain", async () => {
  const job = testSensor(
    "reads",
    async (reading) => {
      await reading.account("klaviyo").json({ path: "/api/lists" }, z.unknown());
      return { cursor: null, done: true };
    },
    { needs: [{ provider: "klaviyo", scopes: [] }] },
  );
  const replies = () =>
    new Response(JSON.stringify({ errors: [{ status: 410, code: "gone", detail: "This revision is retired." }] }), { status: 410 });
  const rig = makeRig({
    jobs: [job],
    openAccount: (ctx, { connection }, { onFailed }) =>
      accountOf({ ...connection, connectionId: connection.id }, (request, schema) =>
        callApi(
          { ...ctx, fetch: async () => replies() },
          { provider: findProvider("klaviyo"), kind: "oauth", shop: null, secrets: { access_token: "x" }, fields: {}, onFailed },
          request,
          schema,
        ),
      ),
  });
  const tenant = await rig.tenant();
  const id = await connectShop(tenant.ctx, rig.engine);
  await db.update(connections).set({ provider: "klaviyo" }).where(eq(connections.id, id));
  await batchOf(tenant.ctx.db, scheduleStatements(tenant.ctx, { connections: await listConnections(tenant.ctx) }, [job]));
  await rig.tick();
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "failed", errorKind: "misconfigured", attempt: 1 }]);
  const logs = await tenant.logs();
  expect(logs.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^GET \S*\/api\/lists: 410$/),
    expect.stringMatching(/^Klaviyo has retired the API version we use \(revision 2026-10-15\)\. This is our fault/),
  ]);
  expect(await rowOf(id)).toMatchObject({ status: "active", failureKind: null, failedAt: null });
});

test.each([
  ["klaviyo", 410, { errors: [{ status: 410, code: "gone", detail: "This revision is retired." }] }, "revision 2026-10-15"],
  ["linkedin", 426, { status: 426, code: "NONEXISTENT_VERSION", message: "Requested version 202607 is not active" }, "202607"],
  ["meta", 400, { error: { message: "You are calling a deprecated version of the Ads API.", code: 2635 } }, "v26.0"],
  [
    "google",
    400,
    { error: { code: 400, message: "x", details: [{ errors: [{ errorCode: { requestError: "UNSUPPORTED_VERSION" }, message: "x" }] }] } },
    "Google Ads API v25",
  ],
] as const)("%s says it by %i", (provider, status, body, version) => {
  expect(findProvider(provider).failureOf({ status, headers: new Headers(), body })).toMatchObject({
    kind: "misconfigured",
    retired: version,
  });
});

test("the mail tells the agency's admins what to do, each in their language", async () => {
  const { actor } = await makeUser({ staff: true });
  await db.delete(devMails);
  await workMail(testCtx({ actor: { type: "system", job: "cron" } }), {
    v: 1,
    type: "mail.version",
    provider: "klaviyo",
    version: "revision 2026-10-15",
  });
  const [mail] = (await db.select().from(devMails)).filter(({ recipient }) => recipient === actor.email);
  expect(mail?.subject).toBe("Klaviyo retired the API version we use");
  expect(mail?.text).toContain("revision 2026-10-15");
});
