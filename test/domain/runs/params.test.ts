import { beforeEach, expect, test } from "vitest";
import type { Sensor } from "#server/catalog/sensor.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import { findRun } from "#server/domain/runs/find-run.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { configureJob } from "#server/domain/schedules/configure-job.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeUser, testCtx } from "#test/harness.ts";
import { clearRuns, makeRig } from "./rig.ts";

beforeEach(clearRuns);

const job = shopifySensor.id;

/** The shop's job, which reads nothing and remembers its settings. */
function makeShop() {
  const seen: unknown[] = [];
  const shop: Sensor = {
    ...shopifySensor,
    needs: [],
    step: async ({ config }) => {
      seen.push(config);
      return { cursor: null, done: true };
    },
  };
  return { seen, rig: makeRig({ jobs: [shop] }) };
}

test("a run has its own parameters, and the next one the client's settings again", async () => {
  const { seen, rig } = makeShop();
  const { ctx } = await rig.tenant();
  const own = { ...ctx, send: rig.ctx.send };
  await configureJob(own, { job, config: { lowStockAt: 7 } });
  const { id } = await startRun(own, { job, params: { lowStockAt: 12 } });
  await rig.work();
  rig.clock.advance(1);
  await startRun(own, { job, params: {} });
  await rig.work();
  expect(seen).toEqual([{ lowStockAt: 12 }, { lowStockAt: 7 }]);
  const [line] = (await findRun(ctx, id)).logs;
  expect(line).toMatchObject({ message: "run.own_params", params: {}, fields: { lowStockAt: 12 } });
});

test("staff start a job with parameters through the API; what does not fit is refused by its name, and a client has no such door", async () => {
  const { rig } = makeShop();
  const { ctx } = await rig.tenant();
  const { actor } = await makeUser({ staff: true });
  const staff = createCaller(testCtx({ actor }));
  const tenant = ctx.tenant.id;
  for (const params of [{ lowStockAt: "12" }, { lowStockAt: 1.5 }, { lowStockAt: 0 }, { lowStockAt: true }]) {
    await expect(staff.scripts.run({ tenant, job, params })).rejects.toMatchObject({ cause: { kind: "invalid", field: "lowStockAt" } });
  }
  await expect(staff.scripts.run({ tenant, job, params: { foreign: 1 } })).rejects.toMatchObject({ cause: { field: "foreign" } });
  const params = { lowStockAt: 12 };
  await expect(staff.scripts.run({ tenant, job: "klaviyo-sensor", params })).rejects.toMatchObject({ cause: { field: "lowStockAt" } });
  expect(await staff.scripts.run({ tenant, job, params: { lowStockAt: 12 } })).toMatchObject({ params: { lowStockAt: 12 } });
  await expect(staff.scripts.run({ tenant, job, params: { lowStockAt: 13 } })).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await staff.scripts.run({ tenant, job })).toMatchObject({ params: { lowStockAt: 12 } });
});
