import { expect, test } from "vitest";
import { actionEdits, actions } from "#db/schema/index.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { editAction } from "#server/domain/actions/edit-action.ts";
import { differInEdits, partsFromOthers } from "#server/domain/actions/edit-fields.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
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

test("an edit changes no currency: an amount in another one is held against no limit", async () => {
  const kind = kindOf("shopify-discount");
  const ready = cases["shopify-discount"];
  if (!kind || !ready) throw new Error("there is no such kind");
  const minimum = { minor: 5000, currency: "GBP" };
  const before = { ...((await ready.prepare()).payload as object), off: { minor: 500, currency: "GBP" }, minimum };
  const edited = (more: object) => differInEdits(kind, before, { ...before, ...more });
  expect(edited({ off: { minor: 900, currency: "GBP" } })).toBe(true);
  expect(edited({ off: { minor: 900, currency: "USD" }, minimum: { minor: 5000, currency: "USD" } })).toBe(false);
  expect(edited({ off: { percent: 10 } })).toBe(true);
  const percent = { ...before, off: { percent: 10 } };
  expect(differInEdits(kind, percent, { ...percent, minimum: { minor: 5000, currency: "JPY" } })).toBe(false);
});

test("a shared value that is moved to another place of its step is changed all the same", () => {
  const before = { off: { percent: 10 }, minimum: { minor: 5000 } };
  const others = [{ properties: { percent: 10 } }];
  expect(partsFromOthers(before, { off: { percent: 90 }, minimum: { minor: 10 } }, others)).toBe(true);
  expect(partsFromOthers(before, { off: { percent: 10 }, minimum: { minor: 9000 } }, others)).toBe(false);
});

test("of two edits in one instant one counts, and what is in shadow is not edited", async () => {
  const rig = await makeActingRig();
  await rig.propose(proposal("a"));
  const { a } = await rig.actions();
  if (!a) throw new Error("nothing was proposed");
  const people = [await rig.person(), await rig.person("admin")];
  const edit = (person: (typeof people)[number], what: string) =>
    editAction(person, rig.acting.kinds, { actionId: a.id, hash: a.hash, place: 0, payload: { what } });
  const done = await Promise.allSettled(people.map((person, n) => edit(person, `of ${n}`)));
  expect(done.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const won = done.findIndex(({ status }) => status === "fulfilled");
  expect((await rig.steps(a.id))[0]?.payload).toEqual({ what: `of ${won}` });
  await rig.ctx.db.update(actions).set({ status: "shadowed", hash: a.hash }).where(inTenant(rig.ctx, actions));
  await expect(edit(people[0] as (typeof people)[number], "other")).rejects.toMatchObject({ code: "action_in_shadow" });
});

test("what an edit changed is kept, a row a field: from what was proposed to what it became last; a refused edit leaves none", async () => {
  const rig = await makeActingRig();
  await rig.propose(proposal("a", { steps: [{ kind: "keyed", payload: about("7", "first") }] }));
  const { a } = await rig.actions();
  if (!a) throw new Error("nothing was proposed");
  const owner = await rig.person();
  const edit = (hash: string, payload: unknown) => editAction(owner, rig.acting.kinds, { actionId: a.id, hash, place: 0, payload });
  const kept = () =>
    rig.ctx.db
      .select({ field: actionEdits.field, was: actionEdits.was, becomes: actionEdits.becomes, customerId: actionEdits.customerId })
      .from(actionEdits)
      .where(inTenant(rig.ctx, actionEdits));
  await expect(edit("b".repeat(64), about("7", "stale"))).rejects.toMatchObject({ code: "action_changed" });
  await expect(edit(a.hash, about("8", "another"))).rejects.toMatchObject({ kind: "invalid" });
  expect(await kept()).toEqual([]);
  const second = await edit(a.hash, about("7", "second"));
  await edit(second.hash, about("7", "third"));
  expect(await kept()).toEqual([{ field: "what", was: "first", becomes: "third", customerId: "7" }]);
});
