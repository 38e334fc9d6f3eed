import { applyD1Migrations } from "cloudflare:test";
import { getTableName, sql } from "drizzle-orm";
import { strFromU8, unzipSync } from "fflate";
import { beforeAll, expect, test } from "vitest";
import { batchOf, type Databases, databaseAt, openDb, placesIn } from "#db/client.ts";
import { holdings } from "#db/holdings.ts";
import type { Place } from "#db/words/places.ts";
import { type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import { linkWaiting } from "#server/domain/audit/link-lines.ts";
import { listAllAudit, listAudit } from "#server/domain/audit/list-audit.ts";
import { verifyChain } from "#server/domain/audit/verify-chain.ts";
import { createClient } from "#server/domain/clients/create-client.ts";
import { listClients } from "#server/domain/clients/list-clients.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { claimEnds } from "#server/domain/connecting/claim-ends.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { downloadExport } from "#server/domain/custody/download-export.ts";
import { eraseTenant } from "#server/domain/custody/erase-tenant.ts";
import { listExports } from "#server/domain/custody/list-exports.ts";
import { makeExport } from "#server/domain/custody/make-export.ts";
import { requestDeletion } from "#server/domain/custody/request-deletion.ts";
import { requestExport } from "#server/domain/custody/request-export.ts";
import { sweepExports } from "#server/domain/custody/sweep-exports.ts";
import { claimProbes } from "#server/domain/health/claim-probes.ts";
import { drainGently } from "#server/domain/incidents/drain-gently.ts";
import { tryAFew } from "#server/domain/incidents/try-a-few.ts";
import { readMetrics } from "#server/domain/metrics/overview.ts";
import { forgetNotices, sendHeld } from "#server/domain/notices/send-held.ts";
import { invite } from "#server/domain/people/invite.ts";
import { listTeam } from "#server/domain/people/list-team.ts";
import { claimDue } from "#server/domain/runs/claim-due.ts";
import { listDeadLetters } from "#server/domain/runs/list-dead-letters.ts";
import { listAllRuns, listRuns } from "#server/domain/runs/list-runs.ts";
import { sweep } from "#server/domain/runs/sweep.ts";
import { workBatch } from "#server/domain/runs/work-batch.ts";
import { workDead } from "#server/domain/runs/work-dead.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { placeHeldMs, placesOf } from "#server/domain/tenancy/place-of.ts";
import { claimDebts } from "#server/domain/tokens/claim-debts.ts";
import { claimSubscriptions } from "#server/domain/webhooks/subscribe-events.ts";
import { sweepWebhooks } from "#server/domain/webhooks/sweep-webhooks.ts";
import { readConfig } from "#server/env.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { delivery, makeRig } from "#test/domain/runs/rig.ts";
import { testSensor } from "#test/domain/runs/sensors.ts";
import { makeUser, testCtx, testEnv } from "#test/harness.ts";

const databases: Databases = { DB: testEnv.DB, DB_2: testEnv.SPARE_2, DB_3: testEnv.SPARE_3 };
const places: readonly Place[] = ["DB", "DB_2", "DB_3"];

beforeAll(async () => {
  const queries = testEnv.TEST_MIGRATIONS.flatMap((migration) => migration.queries);
  for (const d1 of [testEnv.SPARE_2, testEnv.SPARE_3]) await applyD1Migrations(d1, [{ name: "all of them", queries }]);
});

const counting = testSensor("counting", async () => ({
  measurements: [{ metric: "orders", day: "2026-03-01", value: 7 }],
  cursor: { page: 1 },
  timezone: "UTC",
  done: true,
}));

/** A machine of ours with three places, and the queue in the test's hands. */
function machine() {
  const rig = makeRig({ jobs: [counting] });
  Object.assign(rig.ctx, { databases });
  return rig;
}

const agency = (ctx: Ctx, place: Place): Ctx => ({ ...ctx, databases, config: { ...readConfig(testEnv), NEW_CLIENTS_PLACE: place } });

let count = 0;
async function takeIn(ctx: Ctx, place: Place): Promise<Tenant> {
  return createClient(agency(ctx, place), {
    id: `placed-${count++}`,
    name: "Placed",
    vertical: "shopify",
    plan: "growth",
    locale: "en",
    ownerEmail: `owner${count}@placed.example`,
  });
}

/** Tables of the directory, whose rows stand there whatever a client's place is. */
const ofDirectory = new Set(["memberships", "invitations", "client_names", "audit_log", "audit_heads", "loans"]);

/** Place -> tables with rows of the client. */
async function rowsOf(tenantId: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const place of placesIn(databases)) {
    const db = openDb(databaseAt(databases, place));
    for (const { table, client } of holdings) {
      if (client !== "tenantId") continue;
      const name = getTableName(table);
      const [row] = await db.all<{ rows: number }>(sql`select count(*) as rows from ${sql.identifier(name)} where tenant_id = ${tenantId}`);
      if ((row?.rows ?? 0) > 0 && !(place === "DB" && ofDirectory.has(name))) found[place] = [...(found[place] ?? []), name];
    }
  }
  return found;
}

test.each(places)("a client of %s has its rows there, and is as any other to its people and to the agency", async (place) => {
  const rig = machine();
  const tenant = await takeIn(rig.ctx, place);
  const ctx = enterTenant({ ...rig.ctx }, tenant, "system");
  expect(tenant.place).toBe(place);
  const { fields } = await mintKey("telnyx", `Placed ${place}`);
  await connectKey(ctx, { provider: "telnyx", fields });
  expect(await listConnections(ctx)).toMatchObject([{ provider: "telnyx", status: "active" }]);

  await batchOf(ctx.db, scheduleStatements(ctx, { connections: [] }, [counting]));
  await rig.tick();
  await rig.work();
  expect((await listRuns(ctx, { limit: 50 })).items).toMatchObject([{ job: "counting", status: "succeeded" }]);
  const { actor } = await makeUser({ staff: true });
  const staff = { ...testCtx({ actor, now: rig.clock.now }), databases };
  expect((await listAllRuns(staff, { limit: 50, tenantId: tenant.id })).items).toHaveLength(1);
  const here = enterTenant(staff, tenant, "staff");
  await invite(here, { email: `colleague@${tenant.id}.example`, role: "viewer" });
  await updateClient(here, { name: "Placed anew" });
  expect((await listTeam(here)).invitations).toHaveLength(2);
  expect((await readMetrics(ctx)).sensors.length).toBeGreaterThan(0);
  const [run] = (await listRuns(ctx, { limit: 50 })).items;
  await workDead(rig.ctx, [delivery({ v: 1, type: "run.dead", tenant: tenant.id, run: run?.id ?? "" })]);
  expect((await listDeadLetters(staff, { limit: 50, open: true, tenantId: tenant.id })).items, "one that lives is no letter").toEqual([]);
  await ctx.db.run(sql`update runs set status = 'dead' where tenant_id = ${tenant.id}`);
  await workDead(rig.ctx, [delivery({ v: 1, type: "run.dead", tenant: tenant.id, run: run?.id ?? "" })]);
  expect((await listClients(staff, { limit: 50, search: tenant.id, attention: false })).items).toMatchObject([
    { id: tenant.id, name: "Placed anew", health: { connections: { active: 1 }, failedRuns24h: 1, openDeadLetters: 1 } },
  ]);

  const actions = (await listAudit(ctx, { limit: 50 })).items.map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(["client.created", "invitation.sent", "client.updated", "connection.connected"]));
  expect(actions.length).toBe((await listAllAudit(staff, { limit: 50, tenantId: tenant.id })).items.length);
  expect(await verifyChain(ctx)).toMatchObject({ lines: actions.length, broken: null });
  expect(await rowsOf(tenant.id)).toEqual({ [place]: expect.arrayContaining(["connections", "runs", "measurements", "schedules"]) });
});

test("a run's message finds its place anew when the client has moved, and what is of a client that is no more is done with", async () => {
  const rig = machine();
  const tenant = await takeIn(rig.ctx, "DB_2");
  expect((await placesOf(rig.ctx, [tenant.id, "nobody"])).get(tenant.id)).toBe("DB_2");
  await openDb(testEnv.DB).run(sql`update tenants set place = 'DB_3' where id = ${tenant.id}`);
  expect((await placesOf(rig.ctx, [tenant.id])).get(tenant.id)).toBe("DB_2");
  rig.clock.advance(placeHeldMs);
  expect(await placesOf(rig.ctx, [tenant.id, "nobody"])).toEqual(new Map([[tenant.id, "DB_3"]]));
  rig.ctx.traces.runs.push({ v: 1, type: "turn", tenant: "nobody", turn: 1 });
  const [message] = await rig.work();
  expect(message?.done).toEqual(["ack"]);
});

test("a D1 that is away holds back the runs of its own clients alone", async () => {
  const rig = machine();
  const [here, there] = [await takeIn(rig.ctx, "DB"), await takeIn(rig.ctx, "DB_2")];
  for (const tenant of [here, there]) {
    const ctx = enterTenant({ ...rig.ctx }, tenant, "system");
    await batchOf(ctx.db, scheduleStatements(ctx, { connections: [] }, [counting]));
  }
  await rig.tick();
  const ofBoth = rig.ctx.traces.runs.splice(0).filter(({ tenant }) => [here.id, there.id].includes(tenant));
  const deliveries = ofBoth.sort((a, b) => (a.tenant === there.id ? -1 : b.tenant === there.id ? 1 : 0)).map(delivery);
  await workBatch({ ...rig.ctx, databases: { ...databases, DB_2: awayD1() } }, rig.engine, deliveries);
  expect(deliveries.map(({ done }) => done)).toEqual([[expect.stringMatching(/^retry \d+$/)], ["ack"]]);
  const ran = await listRuns(enterTenant({ ...rig.ctx }, here, "system"), { limit: 50 });
  expect(ran.items).toMatchObject([{ job: "counting", status: "succeeded" }]);
});

test("a D1 that is away keeps no other one's clients from the schedules of a new job", async () => {
  const { ctx } = machine();
  const [here, there] = [await takeIn(ctx, "DB_3"), await takeIn(ctx, "DB_2")];
  const cron: Ctx = { ...ctx, databases: { ...databases, DB_2: awayD1() } };
  const schedulesOf = async ({ id, place }: Tenant) =>
    openDb(databaseAt(databases, place)).all(sql`select job from schedules where tenant_id = ${id} and job = 'counting'`);
  await expect(alignSchedules(cron, [counting])).rejects.toThrow("some clients have not the schedules");
  expect([await schedulesOf(here), await schedulesOf(there)]).toEqual([[{ job: "counting" }], []]);
  await alignSchedules(ctx, [counting]);
  expect(await schedulesOf(there)).toEqual([{ job: "counting" }]);
});

const spreadWaiting = (ctx: Ctx) => drainGently(ctx, "klaviyo");
const probeFew = (ctx: Ctx) => tryAFew(ctx, "klaviyo");

test.each([
  claimDebts,
  claimDue,
  claimEnds,
  claimProbes,
  claimSubscriptions,
  forgetNotices,
  linkWaiting,
  probeFew,
  sendHeld,
  spreadWaiting,
  sweep,
  sweepExports,
  sweepWebhooks,
] as const)("a D1 that is away is told of by the cron's %o, and those after it have their turn", async (chore) => {
  const asked: string[] = [];
  const watched = new Proxy(testEnv.SPARE_3, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (typeof found !== "function") return found;
      asked.push(String(key));
      return found.bind(target);
    },
  });
  const ctx: Ctx = { ...machine().ctx, databases: { ...databases, DB_2: awayD1(), DB_3: watched } };
  await expect(chore(ctx)).rejects.toThrow();
  expect(asked).not.toEqual([]);
});

/** One that answers nobody. */
const awayD1 = () =>
  new Proxy(testEnv.SPARE_2, {
    get() {
      throw new Error("D1 is away");
    },
  });

test("a client whose D1 is not bound is an error that names it, and no client without rows", async () => {
  const tenant = await takeIn(machine().ctx, "DB_2");
  expect(() => enterTenant(testCtx(), { ...tenant, place: "DB_9" }, "system")).toThrow("No D1 is bound as DB_9");
  await expect(takeIn(machine().ctx, "DB_9")).rejects.toThrow("No D1 is bound as DB_9");
});

test.each(places)("what a client of %s takes along is all that it has, and at its end nothing is left in any place", async (place) => {
  const rig = machine();
  const tenant = await takeIn(rig.ctx, place);
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const ctx = enterTenant({ ...testCtx({ actor, now: rig.clock.now }), databases }, tenant, "owner");
  await updateClient(ctx, { name: "Placed anew" });
  const { id: exportId } = await requestExport(ctx);
  await makeExport(rig.ctx, { tenant: tenant.id, exportId });
  expect(await listExports(ctx)).toMatchObject([{ status: "ready" }]);
  const { body } = await downloadExport(ctx, { tenant: tenant.id, exportId });
  const files = Object.entries(unzipSync(new Uint8Array(await new Response(body).arrayBuffer()))).map(
    ([name, bytes]) => [name, strFromU8(bytes)] as const,
  );
  const lines = files.filter(([name]) => name.startsWith("audit_log")).flatMap(([, text]) => JSON.parse(text) as { action: string }[]);
  expect(lines.map(({ action }) => action).sort()).toEqual(["client.created", "client.updated", "export.requested", "invitation.sent"]);

  const { id: deletionId } = await requestDeletion(
    { ...ctx, tenant: { ...tenant, name: "Placed anew" } },
    { confirmation: "Placed anew", reason: "done" },
  );
  rig.clock.advance(31 * 86_400_000);
  await eraseTenant(rig.ctx, { deletionId });
  expect(await rowsOf(tenant.id)).toEqual({});
  for (const each of placesIn(databases))
    expect(await openDb(databaseAt(databases, each)).all(sql`select 1 from audit_log where tenant_id = ${tenant.id}`)).toEqual([]);
});
