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
