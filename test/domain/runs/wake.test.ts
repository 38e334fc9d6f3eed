import { expect, test } from "vitest";
import { clearRuns, makeRig } from "./rig.ts";
import { testSensor } from "./sensors.ts";

test("what a step wakes is due at once, for its own tenant alone", async () => {
  await clearRuns();
  const wakes = testSensor("first", async () => ({ cursor: null, done: true, wake: ["second"] }));
  const rig = makeRig({ jobs: [wakes, testSensor("second", undefined, { everyS: 86_400 })] });
  // Of the other one nothing wakes, so that what it has of the second job is its slot of the day alone.
  const [mine, other] = [await rig.tenant(), await rig.tenant({ features: { first: false } })];
  const count = async (tenant: typeof mine) => (await tenant.runs()).filter(({ job }) => job === "second").length;
  await rig.tick();
  rig.clock.advance(1_000);
  await rig.work();
  expect([await count(mine), await count(other)]).toEqual([1, 1]);
  rig.clock.advance(60_000);
  await rig.tick();
  await rig.work();
  expect([await count(mine), await count(other)]).toEqual([2, 1]);
});

test("an automation is due when what it reads is stored whole for the first time, and then by its own pace alone", async () => {
  await clearRuns();
  const halves = { left: 1 };
  const feeding = testSensor("shopify-details-sensor", async () => ({ cursor: { page: halves.left }, done: halves.left-- <= 0 }), {
    everyS: 600,
  });
  const rig = makeRig({ jobs: [feeding, testSensor("at-risk-customer-flow", undefined, { everyS: 43_200 })] });
  const tenant = await rig.tenant();
  const count = async () => (await tenant.runs()).filter(({ job }) => job === "at-risk-customer-flow").length;
  const pass = async (ms: number) => {
    rig.clock.advance(ms);
    await rig.tick();
    rig.clock.advance(1_000);
    await rig.work();
    await rig.work();
  };
  await pass(0);
  expect(await count()).toBe(1);
  await pass(60_000);
  expect(await count()).toBe(2);
  await pass(700_000);
  await pass(60_000);
  expect((await tenant.runs()).filter(({ job }) => job === "shopify-details-sensor").length).toBeGreaterThan(1);
  expect(await count()).toBe(2);
});
