import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { actions, flowCalls, webhookDeliveries } from "#db/schema/index.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { findTraces } from "#server/domain/health/find-traces.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { newId } from "#server/ids.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const staffCtx = async () => testCtx({ actor: (await makeUser({ staff: true })).actor });

test("a request's id leads to the run that it started and to the audit line that it wrote", async () => {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant);
  const [job] = sensors;
  const run = await startRun(ctx, { job: job?.id ?? "" });
  const found = await findTraces(await staffCtx(), { id: ctx.request.id });
  expect(found).toMatchObject([
    { kind: "run", id: run.id, tenantId: tenant.id, about: job?.id },
    { kind: "audit", tenantId: tenant.id, about: "run.started" },
  ]);
});

test("a request's id leads to the event that it brought", async () => {
  const id = newId("whk", Date.now());
  const requestId = newId("req", Date.now());
  const row = {
    id,
    tenantId: "",
    provider: "shopify",
    eventKey: id,
    topic: "orders/create",
    receivedAt: 1,
    status: "refused",
    requestId,
  } as const;
  await openDb(testEnv.DB).insert(webhookDeliveries).values(row);
  expect(await findTraces(await staffCtx(), { id: requestId })).toEqual([
    { kind: "delivery", id, tenantId: null, about: "orders/create", at: 1 },
  ]);
});

test("an id of an action and one of what a workflow asked lead to them", async () => {
  const { id: tenantId } = await makeTenant();
  const ctx = testTenantCtx({ ...(await makeTenant()), id: tenantId });
  const [act, flw] = [newId("act", Date.now()), newId("flw", Date.now())];
  const of = { tenantId, connectionId: "con_1" };
  await ctx.db.insert(actions).values({
    ...{ ...of, id: act, automation: "shopify-flow-bridge", runId: "r", dedupe: act, subject: "metric:a", touches: "internal", hash: "h" },
    ...{ evidence: { line: "above", params: {} }, status: "done", createdAt: 1, expiresAt: 1 },
  });
  await ctx.db.insert(flowCalls).values({
    ...{ ...of, id: flw, runKey: "1", action: "leave-note", properties: {}, status: "done", receivedAt: 1, begunAt: 1, requestId: "req_1" },
  });
  expect(await findTraces(await staffCtx(), { id: act })).toMatchObject([{ kind: "action", id: act, tenantId }]);
  expect(await findTraces(await staffCtx(), { id: flw })).toMatchObject([{ kind: "flow_call", id: flw, tenantId, about: "leave-note" }]);
});

test("an id of a client, a run or a person leads to it, whatever stands around it is its own; anything else to nothing", async () => {
  const ctx = await staffCtx();
  const tenant = await makeTenant({ name: "Acme Gifts" });
  const { actor } = await makeUser();
  expect(await findTraces(ctx, { id: tenant.id })).toMatchObject([{ kind: "client", id: tenant.id, about: "Acme Gifts" }]);
  expect(await findTraces(ctx, { id: actor.userId })).toMatchObject([{ kind: "person", id: actor.userId }]);
  for (const id of ["", "nothing", "req_00000000000000000000000000", "%", "' or 1=1"]) expect(await findTraces(ctx, { id })).toEqual([]);
});

test.each<[string, (id: string) => string]>([
  ["in the brackets of a toast", (id) => `Please try again. (${id})`],
  ["at the end of a sentence", (id) => `${id}.`],
  ["in quotes", (id) => `“${id}”,`],
  ["in a line of a log", (id) => `{"level":"error","request":"${id}","ms":12}`],
  ["behind its header", (id) => `x-request-id: ${id}`],
  ["in capitals", (id) => id.toUpperCase()],
  ["with marks that nobody sees", (id) => `\u200b${id}\u200e\n`],
  ["in a page's address", (id) => `https://portal.example/t/acme/runs/${id}?tab=log`],
  ["behind another id", (id) => `${newId("con", 1)}/${id}`],
  ["in an address that was encoded", (id) => `?q=at%20${id}`],
])("an id is found %s", async (_where, dress) => {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant);
  const run = await startRun(ctx, { job: sensors[0]?.id ?? "" });
  const find = createCaller(await staffCtx()).health.find;
  expect(await find({ id: dress(run.id) })).toMatchObject([{ kind: "run", id: run.id }]);
  expect(await find({ id: dress(ctx.request.id) })).toMatchObject([{ kind: "run", id: run.id }, { kind: "audit" }]);
});

test("a client's id is found in quotes, in capitals and before a full stop; an id that is too long is none", async () => {
  const { id } = await makeTenant();
  const find = createCaller(await staffCtx()).health.find;
  for (const typed of [`"${id}"`, `(${id})`, `${id}.`, id.toUpperCase(), ` «${id}» `])
    expect(await find({ id: typed })).toMatchObject([{ id }]);
  const { actor } = await makeUser();
  expect(await find({ id: `${actor.userId}0` })).toEqual([]);
});

test("only the agency's admins look for ids", async () => {
  await expect(findTraces(testCtx(), { id: "acme" })).rejects.toMatchObject({ kind: "unauthenticated" });
  await expect(findTraces(testCtx({ actor: (await makeUser()).actor }), { id: "acme" })).rejects.toMatchObject({ kind: "forbidden" });
});

test("a look-up reads a few rows, however many there are", async () => {
  const tenant = await makeTenant();
  await testEnv.DB.prepare(
    `insert into runs (id, tenant_id, job, slot, "trigger", status, available_at, created_at, request_id)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
     select ?1 || i, ?1, 'free' || i, i, 'manual', 'succeeded', 0, 0, ?1 || 'req' || i from n`,
  )
    .bind(tenant.id)
    .run();
  const seen: number[] = [];
  const counting = new Proxy(testEnv.DB, {
    get(target, key) {
      if (key === "batch")
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements);
          seen.push(...results.map(({ meta }) => meta.rows_read));
          return results;
        };
      const found: unknown = Reflect.get(target, key);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
  const ctx = await staffCtx();
  const found = await findTraces({ ...ctx, directory: openDb(counting), databases: { DB: counting } }, { id: `${tenant.id}req7` });
  expect(found).toMatchObject([{ kind: "run", id: `${tenant.id}7` }]);
  expect(seen).toHaveLength(11);
  expect(Math.max(...seen)).toBeLessThan(10);
});
