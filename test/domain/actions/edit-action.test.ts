import { expect, test } from "vitest";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { editAction } from "#server/domain/actions/edit-action.ts";
import { differInEdits } from "#server/domain/actions/edit-fields.ts";
import { cases } from "#test/catalog/actions/cases.ts";
import { makeActingRig, proposal } from "./world.ts";

const about = (whom: string, what = "a") => ({ what, whom });

test("an edit changes what its kind lets a person change, never whom it is about", async () => {
  const rig = await makeActingRig();
  await rig.propose(proposal("a", { steps: [{ kind: "keyed", payload: about("7") }] }));
  const { a } = await rig.actions();
  if (!a) throw new Error("nothing was proposed");
  const owner = await rig.person();
  const edit = (payload: unknown) => editAction(owner, rig.acting.kinds, { actionId: a.id, hash: a.hash, place: 0, payload });
  for (const payload of [about("8"), about("8", "other"), { what: "other" }])
    await expect(edit(payload)).rejects.toMatchObject({ kind: "invalid", field: "payload" });
  expect((await rig.steps(a.id)).map(({ payload }) => payload)).toEqual([about("7")]);
  await edit(about("7", "other"));
  expect((await rig.steps(a.id)).map(({ payload }) => payload)).toEqual([about("7", "other")]);
});

test("no kind on the shelf lets an edit name another customer, channel, consent or condition", async () => {
  for (const [id, { prepare }] of Object.entries(cases)) {
    const kind = kindOf(id);
    if (!kind) throw new Error(`there is no kind ${id}`);
    const payload = kind.payload.parse((await prepare()).payload) as Record<string, unknown>;
    expect(differInEdits(kind, payload, { ...payload })).toBe(true);
    for (const name of ["customerId", "channel", "onlyIf", "id", "on", "profiles", "code"])
      expect(differInEdits(kind, payload, { ...payload, [name]: "another" }), `${id}: ${name}`).toBe(false);
  }
});

test("a member changes nothing in a chain that has money in it, and what an edit puts at stake is counted", async () => {
  const rig = await makeActingRig({ memberStake: 500 });
  const stake = { minor: 500, currency: "GBP" };
  const steps = [
    { kind: "keyed", payload: { what: "first" } },
    { kind: "looked-up", payload: { what: "four" } },
  ] as const;
  await rig.propose(proposal("a", { stake, steps }));
  const { a } = await rig.actions();
  if (!a) throw new Error("nothing was proposed");
  expect(a.touches).toBe("customer");
  const editAs = async (role: "member" | "owner", hash: string, what: string) =>
    editAction(await rig.person(role), rig.acting.kinds, { actionId: a.id, hash, place: 1, payload: { what } });
  await expect(editAs("member", a.hash, "ten times")).rejects.toMatchObject({ code: "stake_above_yours" });
  const { hash } = await editAs("owner", a.hash, "less");
  expect((await rig.actions()).a?.stake).toEqual(stake);
  await editAs("owner", hash, "ten times");
  expect((await rig.actions()).a?.stake).toEqual({ minor: 900, currency: "GBP" });
});

test("what another step of the chain carries too is not changed in one of them alone", async () => {
  const rig = await makeActingRig();
  const steps = [
    { kind: "keyed", payload: { what: "10 percent" } },
    { kind: "looked-up", payload: { what: "10 percent" } },
    { kind: "natural", payload: { what: "its own" } },
  ] as const;
  await rig.propose(proposal("a", { steps }));
  const { a } = await rig.actions();
  if (!a) throw new Error("nothing was proposed");
  const owner = await rig.person();
  const edit = (place: number, what: string) =>
    editAction(owner, rig.acting.kinds, { actionId: a.id, hash: a.hash, place, payload: { what } });
  for (const place of [0, 1]) await expect(edit(place, "90 percent")).rejects.toMatchObject({ code: "told_elsewhere" });
  await edit(2, "another");
  expect((await rig.steps(a.id)).map(({ payload }) => (payload as { what: string }).what)).toEqual(["10 percent", "10 percent", "another"]);
});
