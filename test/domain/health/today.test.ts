import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, deadLetters, runs, schedules, undeliveredMails } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { readToday } from "#server/domain/health/read-today.ts";
import { newId } from "#server/ids.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const [hour, day] = [3_600_000, 86_400_000];
const db = openDb(testEnv.DB);

async function staff() {
  const { actor } = await makeUser({ staff: true });
  return testCtx({ actor });
}

/** The problems of these clients alone: other tests of this file have their own. */
async function problemsOf(...clients: Tenant[]) {
  const { problems } = await readToday(await staff());
  const ids = clients.map(({ id }) => id);
  return problems.filter((problem) => {
    if (problem.cause === "incident") return false;
    if (problem.cause === "dead_letters") return problem.clients.some(({ id }) => ids.includes(id));
    return problem.client !== null && ids.includes(problem.client.id);
  });
}

type Account = typeof connections.$inferInsert;
async function connect(tenant: Tenant, more: Partial<Account> = {}): Promise<string> {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    ...{ id, tenantId: tenant.id, provider: "shopify", externalId: id, name: `shop ${id}`, details: {}, status: "active" },
    ...{ scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: Date.now() },
    ...more,
  });
  return id;
}

async function run(tenant: Tenant, more: Partial<typeof runs.$inferInsert> = {}): Promise<string> {
  const at = Date.now() - hour;
  const id = newId("run", at);
  await db.insert(runs).values({
    ...{ id, tenantId: tenant.id, job: "shopify-sensor", slot: Math.floor(Math.random() * 1e12), trigger: "schedule", status: "failed" },
    ...{ availableAt: at, createdAt: at, errorKind: "rejected", errorMessage: "Not so." },
    ...more,
  });
  return id;
}

const letter = (tenant: Tenant, runId: string | null, more: Partial<typeof deadLetters.$inferInsert> = {}) =>
  db.insert(deadLetters).values({
    ...{ id: newId("ddl", Date.now()), queue: "atrium-runs", message: {}, ofTenant: tenant.id, runId, reason: "run_dead", at: Date.now() },
    ...more,
  });

const scheduled = (tenant: Tenant, more: Partial<typeof schedules.$inferInsert>) =>
  db.insert(schedules).values({
    ...{ tenantId: tenant.id, job: "shopify-sensor", everyS: 3600, nextAt: Date.now(), config: {}, lastStatus: "failed" },
    ...more,
  });

test("who is no admin of the agency reads nothing of it", async () => {
  const { actor } = await makeUser();
  await expect(readToday(testCtx({ actor }))).rejects.toMatchObject({ kind: "forbidden" });
});

test("a client that is well, suspended or about to be deleted has no problem", async () => {
  const well = await makeTenant();
  const suspended = await makeTenant({ status: "suspended" });
  const ending = await makeTenant({ endsAt: Date.now() + day });
  await connect(well);
  for (const tenant of [suspended, ending]) await connect(tenant, { status: "reconnect_needed", statusReason: "key_refused" });
  expect(await problemsOf(well, suspended, ending)).toEqual([]);
});

test("a run that failed and waits for its next attempt is no problem, and is counted; one that is due, or waits without a failure, is not", async () => {
  const tenant = await makeTenant();
  const retrying = async () => (await readToday(await staff())).retrying;
  const before = await retrying();
  const later = Date.now() + hour;
  await run(tenant, { job: "again", status: "queued", availableAt: later });
  await run(tenant, { job: "due", status: "queued", availableAt: Date.now() - hour });
  await run(tenant, { job: "new", status: "queued", availableAt: later, errorKind: null });
  await run(tenant, { job: "over", status: "failed", availableAt: later });
  expect(await retrying()).toBe(before + 1);
  expect(await problemsOf(tenant)).toEqual([]);
});

test("accounts of one client that wait for their people are one problem, with why each waits", async () => {
  const tenant = await makeTenant({ name: "Acme" });
  const at = Date.now() - day;
  await connect(tenant, { status: "reconnect_needed", statusReason: "key_refused", statusAt: at });
  await connect(tenant, { status: "reconnect_needed", statusReason: "uninstalled", statusAt: at + hour, provider: "klaviyo" });
  expect(await problemsOf(tenant)).toMatchObject([
    {
      cause: "reconnect",
      client: { id: tenant.id, name: "Acme" },
      since: at,
      accounts: [
        { provider: "shopify", toldAt: null, said: { code: "connection.key_refused" } },
        { provider: "klaviyo", said: { code: "connection.uninstalled" } },
      ],
    },
  ]);
});

test("dead letters are one problem for each job and cause, whoever they are of", async () => {
  const [acme, bolt] = [await makeTenant({ name: "Acme" }), await makeTenant({ name: "Bolt" })];
  await letter(acme, await run(acme, { status: "dead", errorKind: "defect" }));
  await letter(bolt, await run(bolt, { status: "dead", errorKind: "defect" }));
  await letter(bolt, await run(bolt, { status: "dead", errorKind: "unavailable", job: "klaviyo-sensor" }));
  await letter(acme, await run(acme, { status: "dead", errorKind: "lost" }), { replayedAt: Date.now() });
  const found = await problemsOf(acme, bolt);
  expect(found).toMatchObject([
    { cause: "dead_letters", job: "shopify-sensor", letterCause: "defect", count: 2, clients: [{ name: "Bolt" }, { name: "Acme" }] },
    { cause: "dead_letters", job: "klaviyo-sensor", letterCause: "unavailable", count: 1, clients: [{ name: "Bolt" }] },
  ]);
});

test("a job that failed twice since it last went well is a problem; one failure, a job that is off and one that went well after are none", async () => {
  const [twice, once, off, mended] = await Promise.all([makeTenant(), makeTenant(), makeTenant(), makeTenant()]);
  for (const tenant of [twice, twice, once, off, off, mended, mended]) await run(tenant);
  const [last] = await Promise.all([run(twice), scheduled(once, {}), scheduled(off, { enabled: false })]);
  await scheduled(mended, { lastStatus: "succeeded", lastSuccessAt: Date.now() });
  await scheduled(twice, { lastRunId: last, lastErrorKind: "rejected", lastSuccessAt: Date.now() - day });
  expect(await problemsOf(twice, once, off, mended)).toMatchObject([
    { cause: "failing", client: { id: twice.id }, job: "shopify-sensor", failures: 3, errorKind: "rejected", runId: last },
  ]);
});

test("failures from before the last success do not count", async () => {
  const tenant = await makeTenant();
  await run(tenant, { id: newId("run", Date.now() - 30 * hour) });
  await run(tenant);
  await scheduled(tenant, { lastSuccessAt: Date.now() - 20 * hour });
  expect(await problemsOf(tenant)).toEqual([]);
});

test("a run that is a dead letter is not told a second time as a job that fails", async () => {
  const tenant = await makeTenant();
  await run(tenant, { status: "dead" });
  const last = await run(tenant, { status: "dead" });
  await letter(tenant, last);
  await scheduled(tenant, { lastStatus: "dead", lastRunId: last });
  expect((await problemsOf(tenant)).map(({ cause }) => cause)).toEqual(["dead_letters"]);
});

test("renewals that fail three times, accesses that end within a week, mails that were refused and clients that stand still are problems", async () => {
  const now = Date.now();
  const tenant = await makeTenant();
  const stuck = await makeTenant({ status: "onboarding", createdAt: now - 4 * day });
  const fresh = await makeTenant({ status: "onboarding", createdAt: now - 2 * day });
  await connect(tenant, { renewFailures: 2 });
  await connect(tenant, { renewFailures: 3, renewAt: now + hour });
  await connect(tenant, { cliffAt: now + 8 * day, cliffKind: "consent" });
  await connect(tenant, { cliffAt: now + 6 * day, cliffKind: "consent" });
  const mail = { kind: "invitation", ofTenant: tenant.id, recipient: "a@example.com", reason: "550 No such user", at: now - hour } as const;
  await db.insert(undeliveredMails).values([
    { ...mail, id: newId("inv", now), fate: "refused" },
    { ...mail, id: newId("inv", now), fate: "unsure" },
    { ...mail, id: newId("inv", now), fate: "later", at: now },
    { ...mail, id: newId("inv", now), fate: "refused", at: now - 4 * day },
  ]);
  expect(await problemsOf(tenant, stuck, fresh)).toMatchObject([
    { cause: "renewal", failures: 3, nextAt: now + hour },
    { cause: "expiring", at: now + 6 * day, accounts: [{}] },
    { cause: "undelivered", kind: "invitation", outcome: "refused", recipients: ["a@example.com"], since: now - hour },
    { cause: "stuck", client: { id: stuck.id }, since: now - 4 * day },
  ]);
});

test("it reads no more rows of a fleet with five thousand healthy clients than without them", async () => {
  const tenant = await makeTenant();
  await connect(tenant, { status: "reconnect_needed", statusReason: "key_refused" });
  const ctx = await staff();
  const read = async () => {
    const { d1, rowsRead } = countingD1(testEnv.DB);
    const { problems } = await readToday({ ...ctx, directory: openDb(d1), databases: { DB: d1 } });
    return { rows: rowsRead(), problems: problems.length };
  };
  const before = await read();
  await testEnv.DB.batch([
    ...[
      `insert into tenants (id, name, vertical, plan, status, locale, currency, timezone, features, created_at)
         select 'well-' || i, 'Well', 'shopify', 'growth', iif(i % 100 = 0, 'suspended', 'active'), 'en', 'GBP', 'UTC', '{}', 0 from n`,
      `insert into connections (id, tenant_id, provider, external_id, name, details, scopes_asked, scopes_granted, status, connected_by,
         connected_at, cliff_at, cliff_kind)
         select 'well-' || i, 'well-' || i, 'shopify', i, '', '{}', '[]', '[]', iif(i % 9, 'active', 'disconnected'), 'usr', 0,
           ${Date.now() + 60 * day}, 'access' from n`,
      `insert into schedules (tenant_id, job, every_s, next_at, config, last_status)
         select 'well-' || i, 'shopify-sensor', 3600, 0, '{}', 'succeeded' from n`,
      `insert into runs (id, tenant_id, job, slot, "trigger", status, available_at, created_at)
         select ?1 || i, 'well-' || i, 'shopify-sensor', 0, 'schedule', 'succeeded', 0, 0 from n`,
      `insert into dead_letters (id, queue, message, of_tenant, run_id, reason, at, replayed_at)
         select 'ddl-' || i, 'atrium-runs', '{}', 'well-' || i, 'run-' || i, 'run_dead', 0, 1 from n`,
    ].map((insert) =>
      testEnv.DB.prepare(
        insert.replace(" select ", " with recursive n(i) as (select 0 union all select i + 1 from n where i < 4999) select "),
      ).bind(...(insert.includes("?1") ? [newId("run", Date.now()).slice(0, -6)] : [])),
    ),
  ]);
  expect(await read()).toEqual(before);
});
