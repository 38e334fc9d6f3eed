import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { actionSteps, actions } from "#db/schema/index.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import { settleAction } from "#server/domain/actions/settle-action.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeActingRig, proposal } from "./world.ts";

/** A chain whose first step nobody can tell the end of. */
async function unclear() {
  const rig = await makeActingRig();
  const steps = [
    { kind: "looked-up", payload: { what: "first" } },
    { kind: "natural", payload: { what: "second" } },
  ] as const;
  await rig.propose(proposal("a", { steps }));
  const owner = await rig.person();
  const { a } = await rig.actions();
  if (!a) throw new Error("nothing was proposed");
  await approveAction(owner, { actionId: a.id, hash: a.hash });
  await rig.ctx.db.update(actions).set({ status: "unsure", availableAt: null }).where(inTenant(rig.ctx, actions));
  const [first] = await rig.steps(a.id);
  await rig.ctx.db
    .update(actionSteps)
    .set({ status: "begun", begunAt: 1 })
    .where(inTenant(rig.ctx, actionSteps, eq(actionSteps.place, first?.place ?? 0)));
  owner.traces.actions.splice(0);
  const settle = async (done: boolean, as = owner) => {
    await settleAction(as, { actionId: a.id, done });
    rig.ctx.traces.actions.push(...as.traces.actions.splice(0));
    await rig.work({ rounds: 3 });
  };
  return { rig, id: a.id, settle, what: () => rig.world.effects.map(({ what }) => what) };
}

test("what a person says was done is not done again, and what comes after it is", async () => {
  const { rig, settle, what } = await unclear();
  await settle(true);
  expect((await rig.actions()).a?.status).toBe("done");
  expect(what()).toEqual(["second"]);
});

test("what a person says was not done is done once, with all that comes after it", async () => {
  const { rig, settle, what } = await unclear();
  await settle(false);
  expect((await rig.actions()).a?.status).toBe("done");
  expect(what()).toEqual(["first", "second"]);
});

test("it is said once, by who may decide, and not of what is still being looked up", async () => {
  const { rig, id, settle } = await unclear();
  await expect(settleAction(await rig.person("viewer"), { actionId: id, done: true })).rejects.toMatchObject({ kind: "forbidden" });
  const other = await makeActingRig();
  await expect(settleAction(await other.person(), { actionId: id, done: true })).rejects.toMatchObject({ kind: "not_found" });
  await settle(true);
  await expect(settle(false)).rejects.toMatchObject({ code: "action_decided" });
  const looking = await unclear();
  await looking.rig.ctx.db.update(actions).set({ availableAt: 1 }).where(inTenant(looking.rig.ctx, actions));
  await expect(looking.settle(true)).rejects.toMatchObject({ code: "action_decided" });
});
