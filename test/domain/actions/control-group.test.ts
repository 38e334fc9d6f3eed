import { expect, test } from "vitest";
import { actions, policies } from "#db/schema/index.ts";
import { drawOf } from "#server/domain/actions/prepare-actions.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { makeActingRig, proposal } from "./world.ts";

const automation = "review-request-automation";
const people = Array.from({ length: 2_000 }, (_, n) => String(7_000_000_000_000 + n * 37));
const drawsOf = (of: { automation: string; salt: string }) =>
  people.map((customerId) => drawOf(of, { subject: `customer:${customerId}`, customerId }));
const inControl = (of: { automation: string; salt: string }, share: number) => drawsOf(of).map((draw) => draw < share);
const shareOf = (group: readonly boolean[]) => group.filter(Boolean).length / group.length;

test("a customer is in one group for all that an automation proposes of them, whatever order or product it names", () => {
  const of = { automation, salt: "salt" };
  for (const customerId of people.slice(0, 200)) {
    const draws = ["order:1", "order:2", "product:9", `customer:${customerId}`].map((subject) =>
      drawOf(of, { subject: subject as `order:${string}`, customerId }),
    );
    expect(new Set(draws).size).toBe(1);
  }
});

test("of 2,000 customers the share that is asked for is left alone, within four standard errors, under each of five salts; who is stays so in a larger share", () => {
  for (let salt = 0; salt < 5; salt++) {
    const draws = drawsOf({ automation, salt: `salt ${salt}` });
    expect(Math.min(...draws) >= 0 && Math.max(...draws) <= 99).toBe(true);
    for (const share of [1, 10, 50]) {
      const error = 4 * Math.sqrt(((share / 100) * (1 - share / 100)) / people.length);
      expect(Math.abs(shareOf(draws.map((draw) => draw < share)) - share / 100)).toBeLessThan(error);
    }
  }
});

test("two automations, and two beginnings of one, leave customers alone independently of each other", () => {
  const first = inControl({ automation, salt: "s" }, 20);
  for (const other of [
    { automation: "price-drop-alerts", salt: "s" },
    { automation, salt: "t" },
  ]) {
    const second = inControl(other, 20);
    // 4 in 100 are in both by chance alone: four standard errors of that.
    expect(Math.abs(shareOf(first.map((control, index) => control && second[index] === true)) - 0.04)).toBeLessThan(4 * 0.0044);
  }
});

test("what an automation is drawn by is fixed while it is on, and drawn anew when it begins again", async () => {
  let now = 1_000;
  const ctx = testTenantCtx(await makeTenant(), "owner", { now: () => now });
  const row = async () => (await ctx.db.select().from(policies).where(inTenant(ctx, policies)))[0];
  await setPolicy(ctx, { automation, mode: "off", holdout: 30 });
  expect(await row()).toMatchObject({ startedAt: null, holdout: 30 });
  now = 2_000;
  await setPolicy(ctx, { automation, mode: "shadow" });
  const first = await row();
  expect(first).toMatchObject({ startedAt: 2_000, holdout: 30 });
  for (const wish of [{ mode: "approve" }, { mode: "auto", holdout: 0 }, { mode: "shadow", holdout: 50 }, { actionsADay: 3 }] as const) {
    now += 1;
    await setPolicy(ctx, { automation, ...wish });
    const { salt, startedAt, holdout } = (await row()) ?? {};
    expect({ salt, startedAt, holdout }).toEqual({ salt: first?.salt, startedAt: 2_000, holdout: 30 });
  }
  await setPolicy(ctx, { automation, mode: "off" });
  // What it came to until then can still be read.
  expect(await row()).toMatchObject({ startedAt: 2_000, salt: first?.salt });
  now = 3_000;
  await setPolicy(ctx, { automation, mode: "shadow", holdout: 20 });
  const again = await row();
  expect(again).toMatchObject({ startedAt: 3_000, holdout: 20 });
  expect(again?.salt).not.toBe(first?.salt);
});

test("nobody is left out in shadow, and nobody is compared by it; both groups begin when something could be done", async () => {
  const rig = await makeActingRig({ mode: "shadow", holdout: 50 });
  const all = Array.from({ length: 20 }, (_, n) => proposal(`o${n}`, { subject: `order:${n}`, customerId: String(n) }));
  const { customerId: _, ...ofNobody } = proposal("nobody", { subject: "product:1" });
  await rig.propose(...all, ofNobody);
  const read = () => rig.ctx.db.select().from(actions).where(inTenant(rig.ctx, actions));
  expect(new Set((await read()).map(({ status, control }) => `${status} ${control}`))).toEqual(new Set(["shadowed null"]));
  await rig.ctx.db.update(policies).set({ mode: "approve" }).where(inTenant(rig.ctx, policies));
  await rig.propose(...all, ofNobody);
  const rows = (await read()).filter(({ status }) => status !== "shadowed");
  expect(rows).toHaveLength(21);
  for (const { status, control, customerId } of rows)
    if (customerId !== null) expect([status, control]).toEqual(control ? ["withheld", true] : ["waiting", false]);
    else expect(control).toBe(null);
  expect(new Set(rows.filter(({ customerId }) => customerId !== null).map(({ control }) => control))).toEqual(new Set([true, false]));
});

test("what was promised is kept from nobody, and is in no comparison, whoever is in the control group", async () => {
  const rig = await makeActingRig({ mode: "approve", holdout: 50 });
  const of = (n: number) => ({ subject: `customer:${n}` as const, customerId: String(n) });
  const invited = Array.from({ length: 20 }, (_, n) => proposal(`invite${n}`, of(n)));
  const promised = Array.from({ length: 20 }, (_, n) => proposal(`reward${n}`, { ...of(n), owed: true }));
  await rig.propose(...invited, ...promised);
  const rows = await rig.ctx.db.select().from(actions).where(inTenant(rig.ctx, actions));
  const statesOf = (begins: string) =>
    new Set(rows.filter(({ dedupe }) => dedupe.startsWith(begins)).map((row) => `${row.status} ${row.control}`));
  expect(statesOf("invite")).toEqual(new Set(["waiting false", "withheld true"]));
  expect(statesOf("reward")).toEqual(new Set(["waiting null"]));
});

test("what a run drew before the automation began anew is not written", async () => {
  const rig = await makeActingRig();
  let begunAnew: Promise<unknown> | undefined;
  const keyed = rig.world.kinds.find(({ id }) => id === "keyed");
  if (!keyed) throw new Error("the world has no such kind");
  // It is asked between the draw and the writing.
  keyed.chunks = (payload) => {
    begunAnew = rig.ctx.db.update(policies).set({ salt: "another" }).where(inTenant(rig.ctx, policies)).run();
    return [payload];
  };
  await rig.propose(proposal("late"));
  await begunAnew;
  expect(await rig.actions()).toEqual({});
  delete keyed.chunks;
  await rig.propose(proposal("early"));
  expect(Object.keys(await rig.actions())).toEqual(["early"]);
});
