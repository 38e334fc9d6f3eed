import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { actionSteps, actions } from "#db/schema/index.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import { settleAction } from "#server/domain/actions/settle-action.ts";
import { undoAction } from "#server/domain/actions/undo-action.ts";
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
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  await rig.work();
  const settle = async (done: boolean, place = 0) => {
    await settleAction(owner, { actionId: a.id, place, done });
    rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
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
  await expect(settleAction(await rig.person("viewer"), { actionId: id, place: 0, done: true })).rejects.toMatchObject({
    kind: "forbidden",
  });
  const other = await makeActingRig();
  await expect(settleAction(await other.person(), { actionId: id, place: 0, done: true })).rejects.toMatchObject({ kind: "not_found" });
  await settle(true);
  await expect(settle(false)).rejects.toMatchObject({ code: "action_decided" });
  const looking = await unclear();
  await looking.rig.ctx.db.update(actions).set({ availableAt: 1 }).where(inTenant(looking.rig.ctx, actions));
  await expect(looking.settle(true)).rejects.toMatchObject({ code: "action_decided" });
});

test("what is said of one step is not taken for what became unclear after it", async () => {
  const { rig, id, settle, what } = await unclear();
  const person = await rig.person();
  await settleAction(person, { actionId: id, place: 0, done: true });
  await rig.ctx.db.update(actions).set({ status: "unsure", availableAt: null }).where(inTenant(rig.ctx, actions));
  await rig.ctx.db
    .update(actionSteps)
    .set({ status: "begun", begunAt: 1 })
    .where(inTenant(rig.ctx, actionSteps, eq(actionSteps.place, 1)));
  rig.rig.ctx.traces.actions.push(...person.traces.actions.splice(0));
  await rig.work();
  await expect(settle(true)).rejects.toMatchObject({ code: "action_changed" });
  await settle(false, 1);
  expect(what()).toEqual(["second"]);
});

test("of two answers in one instant one counts", async () => {
  const { rig, id, what } = await unclear();
  const people = [await rig.person(), await rig.person("admin")];
  const said = await Promise.allSettled(people.map((person, n) => settleAction(person, { actionId: id, place: 0, done: n === 0 })));
  expect(said.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  for (const person of people) rig.ctx.traces.actions.push(...person.traces.actions.splice(0));
  await rig.work({ rounds: 3 });
  expect(what()).toEqual(said[0]?.status === "fulfilled" ? ["second"] : ["first", "second"]);
});

test("a step that no try reached, and of which a person says that it was done, is not done", async () => {
  const { rig, settle, what } = await unclear();
  await rig.ctx.db
    .update(actionSteps)
    .set({ status: "pending", begunAt: null })
    .where(inTenant(rig.ctx, actionSteps, eq(actionSteps.place, 0)));
  await settle(true);
  expect(what()).toEqual(["second"]);
});

test("what is said to be done now counts for how often a customer is contacted, as any other", async () => {
  const { rig, settle } = await unclear();
  await rig.ctx.db.update(actions).set({ touches: "customer", decidedAt: 1 }).where(inTenant(rig.ctx, actions));
  await rig.propose(proposal("b"), proposal("c"));
  const owner = await rig.person();
  const { b, c } = await rig.actions();
  for (const each of [b, c]) if (each) await approveAction(owner, { actionId: each.id, hash: each.hash });
  await expect(settle(false)).rejects.toMatchObject({ code: "contacts_spent" });
  rig.advance(8 * 86_400_000);
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  await rig.work({ rounds: 2 });
  await expect(settle(false)).rejects.toMatchObject({ code: "contacts_spent" });
  rig.advance(8 * 86_400_000);
  await settle(false);
  expect((await rig.actions()).a?.status).toBe("done");
});

test.each(["limited", "5xx before"] as const)(
  "what nobody knows to be taken back stays done, so that a person asks for it again: %s",
  async (fate) => {
    const rig = await makeActingRig();
    await rig.propose(proposal("a"));
    const owner = await rig.person();
    const { a } = await rig.actions();
    if (!a) throw new Error("nothing was proposed");
    await approveAction(owner, { actionId: a.id, hash: a.hash });
    const work = async () => {
      rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
      await rig.work({ rounds: 2 });
    };
    await work();
    await undoAction(owner, rig.acting.kinds, { actionId: a.id });
    await rig.ctx.db.update(actions).set({ attempt: 59 }).where(inTenant(rig.ctx, actions));
    rig.world.fates.push(fate === "limited" ? "limited" : "lost after");
    await work();
    expect((await rig.actions()).a).toMatchObject({ status: "done", availableAt: null, failureMessage: expect.any(String) });
    await expect(settleAction(owner, { actionId: a.id, place: 0, done: false })).rejects.toMatchObject({ code: "action_decided" });
    await undoAction(owner, rig.acting.kinds, { actionId: a.id });
    await work();
    expect([(await rig.actions()).a?.status, rig.world.effects]).toEqual(["undone", []]);
  },
);
