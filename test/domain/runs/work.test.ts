import { beforeEach, expect, test } from "vitest";
import { runMessage } from "#server/domain/runs/engine.ts";
import { workBatch } from "#server/domain/runs/work-batch.ts";
import { ProviderError } from "#server/errors.ts";
import { clearRuns, delivery, makeRig } from "./rig.ts";
import { type TestStep, testSensor } from "./sensors.ts";

beforeEach(clearRuns);

const one: TestStep = { measurements: [{ metric: "orders", day: "2026-03-01", value: 7 }], cursor: { page: 1 }, done: true };

test("a tick makes a run, its message runs it, and its numbers, log, cursor and outcome are written", async () => {
  const rig = makeRig({
    jobs: [
      testSensor("free", async (reading) => {
        reading.log("info", "counted", { orders: 7 });
        return one;
      }),
    ],
  });
  const tenant = await rig.tenant();
  expect(await rig.tick()).toBe(1);
  const [message] = await rig.work();
  expect(message?.done).toEqual(["ack"]);
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded", attempt: 1, step: 1, errorKind: null, lease: null }]);
  expect(await tenant.measurements()).toMatchObject([{ sensor: "free", metric: "orders", day: "2026-03-01", dimension: "", value: 7 }]);
  expect((await tenant.logs()).map(({ message, fields }) => [message, fields])).toEqual([
    ["counted", { orders: 7 }],
    ["Done.", null],
  ]);
  expect(await tenant.schedule("free")).toMatchObject({ cursor: { page: 1 }, lastSuccessAt: rig.clock.now() });
});

test("two workers with the same message: one effect", async () => {
  let calls = 0;
  const rig = makeRig({
    jobs: [
      testSensor("free", async () => {
        calls++;
        return one;
      }),
    ],
  });
  const tenant = await rig.tenant();
  await rig.tick();
  const messages = [...rig.ctx.traces.runs, ...rig.ctx.traces.runs];
  const deliveries = messages.map(delivery);
  await Promise.all(deliveries.map((each) => workBatch(rig.ctx, rig.engine, [each])));
  await workBatch(rig.ctx, rig.engine, messages.map(delivery));
  expect(calls).toBe(1);
  expect(deliveries.map(({ done }) => done)).toEqual([["ack"], ["ack"]]);
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded", attempt: 1 }]);
});

test("a failing provider is tried again when it asked to be, and not before", async () => {
  const rig = makeRig({
    jobs: [testSensor("free", () => Promise.reject(new ProviderError("shopify", "rate_limited", "Slow down.", { retryAfterS: 90 })))],
  });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  const [run] = await tenant.runs();
  expect(run).toMatchObject({ status: "queued", attempt: 1, errorKind: "rate_limited", errorMessage: "Slow down." });
  expect(run?.availableAt).toBeGreaterThanOrEqual(rig.clock.now() + 90_000);
  expect(run?.availableAt).toBeLessThan(rig.clock.now() + 101_000);
  expect(rig.ctx.traces.runs).toEqual(run ? [runMessage(run)] : []);
  rig.clock.advance(60_000);
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "queued", attempt: 1 }]);
});
