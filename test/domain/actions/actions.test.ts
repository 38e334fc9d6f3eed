import { eq } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { actionSteps, actions, auditLog, budgets, connections, policies } from "#db/schema/index.ts";
import { actionLeaseMs, maxTries, tryMs } from "#server/domain/actions/acting.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import { decideActions } from "#server/domain/actions/decide-actions.ts";
import { editAction } from "#server/domain/actions/edit-action.ts";
import { rejectAction } from "#server/domain/actions/reject-action.ts";
import { resumeActing, stopActing } from "#server/domain/actions/stop-acting.ts";
import { sweepActions } from "#server/domain/actions/sweep-actions.ts";
import { undoAction } from "#server/domain/actions/undo-action.ts";
import { actionShare, workActions } from "#server/domain/actions/work-actions.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { createPlaces } from "#server/domain/turns/places.ts";
import { sweepTurns } from "#server/domain/turns/sweep-turns.ts";
import { makeUser, testTenantCtx } from "#test/harness.ts";
import { makeActingRig, proposal } from "./world.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
type Rig = Awaited<ReturnType<typeof makeActingRig>>;

async function one(rig: Rig, dedupe: string) {
  const row = (await rig.actions())[dedupe];
  if (!row) throw new Error(`nothing was proposed under ${dedupe}`);
  return row;
}
const statusOf = async (rig: Rig, dedupe: string) => (await one(rig, dedupe)).status;

/** Proposed, and approved by the owner. */
async function approved(rig: Rig, ...all: Parameters<typeof proposal>[]) {
  await rig.propose(...all.map((each) => proposal(...each)));
  const owner = await rig.person();
  for (const [dedupe] of all) {
    const { id, hash } = await one(rig, dedupe);
    await approveAction(owner, { actionId: id, hash });
    rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  }
  return owner;
}

test("a run that is repeated proposes nothing twice, and what was decided stays", async () => {
  const rig = await makeActingRig();
  await rig.propose(proposal("a"), proposal("b"));
  const owner = await rig.person();
  const { id, hash } = await one(rig, "a");
  await rejectAction(owner, { actionId: id, hash, reason: "not her" });
  await rig.propose(proposal("a"), proposal("b"), proposal("c"));
  const found = await rig.actions();
  expect(Object.entries(found).map(([key, { status }]) => [key, status])).toEqual([
    ["a", "rejected"],
    ["b", "waiting"],
    ["c", "waiting"],
  ]);
  expect(found.a).toMatchObject({ note: "not her", decidedBy: owner.actor.type === "user" ? owner.actor.userId : "" });
  expect(await rig.steps(id)).toHaveLength(1);
});

test("an automation without a policy, or with one that is off, proposes nothing", async () => {
  const rig = await makeActingRig({ mode: "off" });
  await rig.propose(proposal("a"));
  expect(await rig.actions()).toEqual({});
  await rig.ctx.db.delete(policies).where(inTenant(rig.ctx, policies));
  await rig.propose(proposal("a"));
  expect(await rig.actions()).toEqual({});
});

test("in shadow a person says once whether they agree, and nothing is done whatever they say", async () => {
  const rig = await makeActingRig({ mode: "shadow" });
  await rig.propose(proposal("a"), proposal("b"));
  const [a, b] = [await one(rig, "a"), await one(rig, "b")];
  expect(a.status).toBe("shadowed");
  const owner = await rig.person();
  await expect(approveAction(owner, { actionId: a.id, hash: "0".repeat(64) })).rejects.toMatchObject({ code: "action_changed" });
  await approveAction(owner, { actionId: a.id, hash: a.hash });
  await rejectAction(owner, { actionId: b.id, hash: b.hash, reason: "too soon" });
  await expect(rejectAction(owner, { actionId: a.id, hash: a.hash, reason: "" })).rejects.toMatchObject({ code: "action_decided" });
  await rig.work({ rounds: 2 });
  expect(await one(rig, "a")).toMatchObject({ status: "shadowed", agreed: true, note: null });
  expect(await one(rig, "b")).toMatchObject({ status: "shadowed", agreed: false, note: "too soon" });
  expect(rig.world.effects).toEqual([]);
});

test("what was proposed in shadow is proposed once more when it could be done", async () => {
  const rig = await makeActingRig({ mode: "shadow", holdout: 50 });
  const all = Array.from({ length: 20 }, (_, n) => proposal(`s${n}`, { subject: `customer:${n}`, customerId: String(n) }));
  await rig.propose(...all);
  await rig.ctx.db.update(policies).set({ mode: "approve" }).where(inTenant(rig.ctx, policies));
  await rig.propose(...all);
  await rig.propose(...all);
  const rows = await rig.ctx.db.select().from(actions).where(inTenant(rig.ctx, actions));
  const subjectsOf = (...states: string[]) => rows.flatMap(({ status, subject }) => (states.includes(status) ? [subject] : [])).sort();
  expect(subjectsOf("shadowed")).toHaveLength(20);
  expect(subjectsOf("waiting", "withheld")).toEqual(subjectsOf("shadowed"));
});

test("a member approves up to the stake that the policy says, and nothing in another currency", async () => {
  const rig = await makeActingRig({ memberStake: 500 });
  const currency = rig.tenant.currency;
  await rig.propose(
    proposal("little", { stake: { minor: 500, currency } }),
    proposal("much", { stake: { minor: 501, currency }, customerId: "8", subject: "customer:8" }),
    proposal("other", { stake: { minor: 1, currency: "JPY" }, customerId: "9", subject: "customer:9" }),
  );
  const member = await rig.person("member");
  const decided = async (dedupe: string) => {
    const { id: actionId, hash } = await one(rig, dedupe);
    return approveAction(member, { actionId, hash });
  };
  await decided("little");
  for (const beyond of ["much", "other"]) await expect(decided(beyond)).rejects.toMatchObject({ code: "stake_above_yours" });
  expect([(await one(rig, "little")).status, (await one(rig, "much")).status]).toEqual(["approved", "waiting"]);
});

test("the agency decides where the policy lets it, and not where it does not", async () => {
  for (const staffDecides of [true, false]) {
    const rig = await makeActingRig({ staffDecides });
    await rig.propose(proposal("a"));
    const { id: actionId, hash } = await one(rig, "a");
    const { actor } = await makeUser({ staff: true });
    const staff = testTenantCtx(rig.tenant, "staff", { actor, now: rig.rig.clock.now });
    const decided = approveAction(staff, { actionId, hash });
    await (staffDecides ? decided : expect(decided).rejects.toMatchObject({ code: "client_decides" }));
    expect((await one(rig, "a")).status).toBe(staffDecides ? "approved" : "waiting");
  }
});

test("of many that are decided at once each has its own hash, and what is refused of one keeps no other back", async () => {
  const rig = await makeActingRig();
  await rig.propose(proposal("a"), proposal("b", { customerId: "8", subject: "customer:8" }));
  const [a, b] = [await one(rig, "a"), await one(rig, "b")];
  const items = [
    { actionId: a.id, hash: b.hash },
    { actionId: b.id, hash: b.hash },
    { actionId: "act_nobody", hash: b.hash },
  ];
  expect(await decideActions(await rig.person(), { decision: "approve", reason: "", items })).toEqual({
    decided: 1,
    refused: [
      { actionId: a.id, code: "action_changed" },
      { actionId: "act_nobody", code: "action_not_found" },
    ],
  });
  expect([(await one(rig, "a")).status, (await one(rig, "b")).status]).toEqual(["waiting", "approved"]);
});

test("nobody is contacted in quiet hours by the client's own clock; what contacts nobody is done", async () => {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", timeStyle: "short" });
  const rig = await makeActingRig();
  const now = rig.rig.clock.now();
  const [quietFrom, quietTo] = [clock.format(now), clock.format(now + 240 * minute)];
  await rig.ctx.db.update(policies).set({ quietFrom, quietTo }).where(inTenant(rig.ctx, policies));
  await approved(rig, ["contact"], ["inner", { steps: [{ kind: "natural", payload: { what: "inner" } }] }]);
  await rig.work({ rounds: 2 });
  expect(rig.world.effects.map(({ what }) => what)).toEqual(["inner"]);
  const { status, attempt, availableAt } = await one(rig, "contact");
  expect([status, attempt]).toEqual(["approved", 0]);
  expect([rig.tenant.timezone, clock.format(availableAt ?? 0)]).toEqual(["Europe/London", quietTo]);
  rig.advance((availableAt ?? 0) + 61_000 - rig.rig.clock.now());
  await sweepTurns(rig.rig.ctx);
  await rig.work();
  expect(rig.world.effects.map(({ what }) => what)).toEqual(["inner", "contact"]);
});

test("what may not have been done yet is not repeated in quiet hours, and neither does a chain go on", async () => {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", timeStyle: "short" });
  const rig = await makeActingRig();
  await approved(rig, ["contact"], ["chain", { steps: chain, subject: "customer:8", customerId: "8" }]);
  rig.world.fates.push("5xx before", "well", "limited");
  await rig.work();
  const now = rig.rig.clock.now();
  const [quietFrom, quietTo] = [clock.format(now), clock.format(now + 240 * minute)];
  await rig.ctx.db.update(policies).set({ quietFrom, quietTo }).where(inTenant(rig.ctx, policies));
  await rig.work({ rounds: 5, pause: minute });
  expect(rig.world.effects.map(({ what }) => what)).toEqual(["first"]);
  rig.advance(241 * minute);
  await sweepTurns(rig.rig.ctx);
  await rig.work();
  expect(rig.world.effects.map(({ what }) => what).sort()).toEqual(["contact", "first", "second", "third"]);
});

test("whoever is in the control group is recorded and never acted upon, and it is the same ones each time", async () => {
  const rig = await makeActingRig({ holdout: 50, mode: "auto" });
  const all = Array.from({ length: 40 }, (_, n) => proposal(`s${n}`, { subject: `customer:${n}`, customerId: String(n) }));
  await rig.propose(...all);
  const first = Object.values(await rig.actions());
  const withheld = first.filter(({ status }) => status === "withheld").map(({ subject }) => subject);
  expect(withheld.length).toBeGreaterThan(8);
  expect(withheld.length).toBeLessThan(32);
  await rig.propose(...all.map((each) => ({ ...each, dedupe: `again ${each.dedupe}` })));
  const again = Object.values(await rig.actions()).filter(({ dedupe }) => dedupe.startsWith("again"));
  expect(
    again
      .filter(({ status }) => status === "withheld")
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual(withheld.sort());
  await rig.work({ rounds: 2 });
  expect(rig.world.effects.some(({ what }) => withheld.includes(`customer:${what.replace(/\D/g, "")}`))).toBe(false);
});

test("what does not fit its kind, or has no account to be done with, is not proposed, and the run says so", async () => {
  const rig = await makeActingRig();
  await rig.propose(
    proposal("unfit", { steps: [{ kind: "keyed", payload: { what: 7 } }] }),
    proposal("unknown", { steps: [{ kind: "no-such-kind", payload: {} }] }),
    proposal("good"),
  );
  expect(Object.keys(await rig.actions())).toEqual(["good"]);
});

test("what is approved is done once, and its receipt is kept", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  await rig.work({ rounds: 3 });
  const { id, status, finishedAt } = await one(rig, "a");
  expect({ status, isOver: finishedAt !== null }).toEqual({ status: "done", isOver: true });
  expect(await rig.steps(id)).toMatchObject([{ status: "done", receipt: { id: `${id}-0` } }]);
  expect(rig.world.effects).toHaveLength(1);
});

test("an approval is of what was shown: after an edit the old one is refused, and the new one does the new content", async () => {
  const rig = await makeActingRig();
  await rig.propose(proposal("a"));
  const owner = await rig.person();
  const { id, hash } = await one(rig, "a");
  const kinds = rig.acting.kinds;
  await expect(editAction(owner, kinds, { actionId: id, hash, place: 0, payload: { what: 7 } })).rejects.toMatchObject({ kind: "invalid" });
  const edited = await editAction(owner, kinds, { actionId: id, hash, place: 0, payload: { what: "other" } });
  await expect(approveAction(owner, { actionId: id, hash })).rejects.toMatchObject({ code: "action_changed" });
  await approveAction(owner, { actionId: id, hash: edited.hash });
  await expect(editAction(owner, kinds, { actionId: id, hash: edited.hash, place: 0, payload: { what: "late" } })).rejects.toMatchObject({
    code: "action_decided",
  });
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  await rig.work();
  expect(rig.world.effects.map(({ what }) => what)).toEqual(["other"]);
});

test("a second decision is refused: a double click approves once, and what is approved cannot be rejected", async () => {
  const rig = await makeActingRig();
  await rig.propose(proposal("a"));
  const owner = await rig.person();
  const { id, hash } = await one(rig, "a");
  const clicks = await Promise.allSettled(Array.from({ length: 5 }, () => approveAction(owner, { actionId: id, hash })));
  expect(clicks.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(rejectAction(owner, { actionId: id, hash, reason: "" })).rejects.toMatchObject({ code: "action_decided" });
  const lines = await rig.ctx.db
    .select()
    .from(auditLog)
    .where(inTenant(rig.ctx, auditLog, eq(auditLog.action, "action.approved")));
  expect(lines).toHaveLength(1);
});

test("another client's action is not found, by its very id and hash", async () => {
  const [mine, theirs] = [await makeActingRig(), await makeActingRig()];
  await theirs.propose(proposal("a"));
  const { id, hash } = await one(theirs, "a");
  await expect(approveAction(await mine.person(), { actionId: id, hash })).rejects.toMatchObject({ kind: "not_found" });
  expect(await statusOf(theirs, "a")).toBe("waiting");
});

test("a viewer decides nothing", async () => {
  const rig = await makeActingRig();
  await rig.propose(proposal("a"));
  const { id, hash } = await one(rig, "a");
  for (const role of ["viewer", "billing", "developer"] as const)
    await expect(approveAction(await rig.person(role), { actionId: id, hash })).rejects.toMatchObject({ kind: "forbidden" });
});

test("what expired is neither approved nor done, and the cron says so", async () => {
  const rig = await makeActingRig();
  const soon = rig.rig.clock.now() + 2 * 3_600_000;
  await rig.propose(proposal("late", { expiresAt: soon }), proposal("queued", { expiresAt: soon }));
  const owner = await rig.person();
  const queued = await one(rig, "queued");
  await approveAction(owner, { actionId: queued.id, hash: queued.hash });
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  rig.advance(3 * 3_600_000);
  const late = await one(rig, "late");
  await expect(approveAction(owner, { actionId: late.id, hash: late.hash })).rejects.toMatchObject({ code: "action_expired" });
  await sweepActions(rig.rig.ctx);
  await rig.work();
  expect([await statusOf(rig, "late"), await statusOf(rig, "queued")]).toEqual(["expired", "expired"]);
  expect(rig.world.effects).toEqual([]);
});

test("fifty approvals race for the last place of a day's budget: one is done, and the others may be approved tomorrow", async () => {
  const rig = await makeActingRig({ actionsADay: 1 });
  const all = Array.from({ length: 50 }, (_, n) => proposal(`n${n}`, { subject: `customer:${n}`, customerId: String(n) }));
  await rig.propose(...all);
  const owner = await rig.person();
  const rows = Object.values(await rig.actions());
  const ends = await Promise.allSettled(rows.map(({ id, hash }) => approveAction(owner, { actionId: id, hash })));
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const why = ends.flatMap((end) => (end.status === "rejected" ? [end.reason.code] : []));
  expect(new Set(why)).toEqual(new Set(["budget_spent"]));
  expect(
    await rig.ctx.db
      .select()
      .from(budgets)
      .where(inTenant(rig.ctx, budgets, eq(budgets.kind, "actions"))),
  ).toMatchObject([{ used: 1, most: 1 }]);
  rig.advance(day);
  const [next] = Object.values(await rig.actions()).filter(({ status }) => status === "waiting");
  if (next) await approveAction(owner, { actionId: next.id, hash: next.hash });
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  await rig.work();
  expect(rig.world.effects).toHaveLength(2);
});

test("a customer is contacted twice a week at most, over all automations, however many are approved at once", async () => {
  const rig = await makeActingRig();
  await rig.propose(...Array.from({ length: 6 }, (_, n) => proposal(`n${n}`)));
  const owner = await rig.person();
  const ends = await Promise.allSettled(
    Object.values(await rig.actions()).map(({ id, hash }) => approveAction(owner, { actionId: id, hash })),
  );
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  expect(ends.flatMap((end) => (end.status === "rejected" ? [end.reason.code] : []))).toEqual(Array(4).fill("contacts_spent"));
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  await rig.work();
  rig.advance(8 * day);
  const [next] = Object.values(await rig.actions()).filter(({ status }) => status === "waiting");
  if (!next) throw new Error("none waits");
  await approveAction(owner, { actionId: next.id, hash: next.hash });
});

test("money at stake is counted by the day, and more than is left is refused", async () => {
  const rig = await makeActingRig({ stakeADay: 1000 });
  const stake = (minor: number) => ({ stake: { minor, currency: "GBP" }, steps: [{ kind: "looked-up", payload: { what: "x" } }] as const });
  await rig.propose(proposal("a", stake(700)), proposal("b", stake(400)), proposal("c", stake(300)));
  const owner = await rig.person();
  const approve = async (dedupe: string) => {
    const { id, hash } = await one(rig, dedupe);
    await approveAction(owner, { actionId: id, hash });
  };
  await approve("a");
  await expect(approve("b")).rejects.toMatchObject({ code: "budget_spent" });
  await approve("c");
});

test("when the day is full all the rest waits for a person, however much of it there is", async () => {
  const rig = await makeActingRig({ mode: "auto", actionsADay: 2 });
  await rig.propose(...Array.from({ length: 250 }, (_, n) => proposal(`p${n}`, { subject: `customer:${n}`, customerId: String(n) })));
  await rig.work();
  const all = Object.values(await rig.actions());
  expect(all.filter(({ status }) => status === "waiting").map(({ reason }) => reason)).toEqual(
    Array.from({ length: 248 }, () => "budget_spent"),
  );
  expect(all.filter(({ status }) => status === "approved")).toHaveLength(2);
});

test("a policy that lets it act approves within its budgets, the surest first; the rest waits for a person with the reason", async () => {
  const rig = await makeActingRig({ mode: "auto", actionsADay: 2, largestStake: 500 });
  await rig.propose(
    proposal("sure", { subject: "customer:1", customerId: "1", score: 0.9 }),
    proposal("unsure", { subject: "customer:2", customerId: "2", score: 0.1 }),
    proposal("likely", { subject: "customer:3", customerId: "3", score: 0.5 }),
    proposal("dear", { subject: "customer:4", customerId: "4", score: 1, stake: { minor: 501, currency: "GBP" } }),
    proposal("foreign", { subject: "customer:5", customerId: "5", score: 1, stake: { minor: 1, currency: "USD" } }),
  );
  await rig.work({ rounds: 2 });
  const found = await rig.actions();
  expect(Object.fromEntries(Object.entries(found).map(([key, { status, reason }]) => [key, [status, reason]]))).toEqual({
    sure: ["done", null],
    likely: ["done", null],
    unsure: ["waiting", "budget_spent"],
    dear: ["waiting", "stake_too_large"],
    foreign: ["waiting", "stake_too_large"],
  });
  expect(found.sure?.decidedBy).toBe("policy");
});

test("what nobody let be done until its time was over has expired, also while its automation is off or all is stopped", async () => {
  const rig = await makeActingRig();
  const expiresAt = rig.rig.clock.now() + 3 * 60 * minute;
  await approved(rig, ["off", { expiresAt }]);
  await rig.ctx.db.update(policies).set({ mode: "off" }).where(inTenant(rig.ctx, policies));
  await rig.work();
  expect(await statusOf(rig, "off")).toBe("approved");
  rig.advance(3 * 60 * minute);
  rig.rig.ctx.traces.actions.splice(0);
  await sweepTurns(rig.rig.ctx);
  await rig.work();
  expect(await one(rig, "off")).toMatchObject({ status: "expired", availableAt: null });
  expect(rig.world.effects).toEqual([]);
});

test("what was approved by a person is not done once the automation is off or the client is stopped, and is done when it is resumed", async () => {
  const rig = await makeActingRig();
  const owner = await approved(rig, ["a"]);
  await stopActing(owner);
  await rig.work();
  expect(rig.world.effects).toEqual([]);
  expect(await statusOf(rig, "a")).toBe("approved");
  await resumeActing(owner);
  await rig.ctx.db.update(policies).set({ mode: "off" }).where(inTenant(rig.ctx, policies));
  rig.advance(6 * minute);
  await sweepTurns(rig.rig.ctx);
  await rig.work();
  expect(rig.world.effects).toEqual([]);
  await rig.ctx.db.update(policies).set({ mode: "approve" }).where(inTenant(rig.ctx, policies));
  rig.advance(7 * minute);
  await sweepTurns(rig.rig.ctx);
  await rig.work();
  expect(await statusOf(rig, "a")).toBe("done");
  expect(rig.world.effects).toHaveLength(1);
});

test("what is no longer true when its turn comes is voided with the reason, and not done", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  rig.world.untrue.now = true;
  await rig.work();
  expect(await one(rig, "a")).toMatchObject({ status: "voided", reason: "bought_meanwhile" });
  expect(rig.world.effects).toEqual([]);
});

test.for(["keyed", "natural", "looked-up"])("a reply that is lost after the effect leaves one effect: %s", async (kind) => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { steps: [{ kind, payload: { what: "x" } }] }]);
  rig.world.fates.push("lost after");
  await rig.work();
  expect(await statusOf(rig, "a")).toBe("unsure");
  await rig.work({ rounds: 6, pause: minute });
  expect(await statusOf(rig, "a")).toBe("done");
  expect(rig.world.effects).toHaveLength(1);
});

test.for(["keyed", "natural", "looked-up"])(
  "a 5xx before the effect is tried again, once it is known that nothing happened: %s",
  async (kind) => {
    const rig = await makeActingRig();
    await approved(rig, ["a", { steps: [{ kind, payload: { what: "x" } }] }]);
    rig.world.fates.push("5xx before", "5xx before");
    await rig.work({ rounds: 8, pause: minute });
    expect(await statusOf(rig, "a")).toBe("done");
    expect(rig.world.effects).toHaveLength(1);
  },
);

test("a provider whose reads show a write late is not asked to do it again before it could have shown it", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { steps: [{ kind: "looked-up", payload: { what: "x" } }] }]);
  // What the try wrote left us at its very end, and its provider's reads lag behind that.
  rig.world.hidden.until = rig.rig.clock.now() + tryMs + 25_000;
  rig.world.fates.push("lost after");
  for (let round = 0; round < 30; round++) {
    await rig.work({ pause: 6_000 });
    await sweepTurns(rig.rig.ctx);
  }
  expect(await statusOf(rig, "a")).toBe("done");
  expect(rig.world.effects).toHaveLength(1);
});

test("a limit waits as long as the provider says, and was no effect", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  rig.world.fates.push("limited");
  await rig.work();
  const { status, availableAt } = await one(rig, "a");
  expect(status).toBe("approved");
  expect((availableAt ?? 0) - rig.rig.clock.now()).toBeGreaterThanOrEqual(7_000);
  await rig.work({ rounds: 2, pause: 10_000 });
  expect(await statusOf(rig, "a")).toBe("done");
});

test("what its provider has taken and works on is looked at again until it is over, which is no try, begins nothing anew and is in no doubt", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  rig.world.fates.push("under way", "under way");
  await rig.work();
  expect(await one(rig, "a")).toMatchObject({ status: "approved", attempt: 0, availableAt: rig.rig.clock.now() + 5_000 });
  // What is under way is not forgotten with the worker, and not looked at for whether it is still true.
  rig.world.untrue.now = true;
  await rig.work({ rounds: 3, pause: 6_000 });
  expect(await statusOf(rig, "a")).toBe("done");
  expect(rig.world.goneOnFrom).toEqual([undefined, "job 1", "job 1"]);
  expect(rig.world.effects).toHaveLength(1);
});

test("of what is under way a refusal is no doubt, and what nobody ends in a day is a person's to look at", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  rig.world.fates.push("under way", "refused");
  await rig.work({ rounds: 3, pause: 6_000 });
  expect(await one(rig, "a")).toMatchObject({ status: "failed", failureMessage: "it was refused" });
  const other = await makeActingRig();
  await approved(other, ["b"]);
  other.world.fates.push("under way", "under way");
  await other.work();
  await other.work({ rounds: 2, pause: 25 * 60 * minute });
  expect(await one(other, "b")).toMatchObject({ status: "unsure", availableAt: null });
});

test("what its provider refuses is failed, and not tried again", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  rig.world.fates.push("refused");
  await rig.work({ rounds: 4, pause: 5 * minute });
  expect(await one(rig, "a")).toMatchObject({ status: "failed", failureKind: "rejected", failureMessage: "it was refused" });
  expect(rig.world.effects).toEqual([]);
});

const chain = [
  { kind: "keyed", payload: { what: "first" } },
  { kind: "looked-up", payload: { what: "second" } },
  { kind: "natural", payload: { what: "third" } },
] as const;

test("a chain is one approval over all of its steps, done in their order, each once", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { steps: chain }]);
  rig.world.fates.push("well", "lost after", "well");
  await rig.work({ rounds: 6, pause: minute });
  expect(await statusOf(rig, "a")).toBe("done");
  expect(rig.world.effects.map(({ what }) => what)).toEqual(["first", "second", "third"]);
});

test("a chain that breaks off does no more, and takes back what it can", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { steps: chain }]);
  rig.world.fates.push("well", "refused");
  await rig.work({ rounds: 3, pause: minute });
  const { id, status } = await one(rig, "a");
  expect(status).toBe("failed");
  expect((await rig.steps(id)).map((step) => step.status)).toEqual(["undone", "failed", "voided"]);
  expect(rig.world.effects).toEqual([]);
});

test("a batch is one proposal whose chunks have receipts of their own", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { subject: "segment:all", steps: [{ kind: "batched", payload: { what: "a,b,c" } }] }]);
  rig.world.fates.push("well", "5xx before");
  await rig.work({ rounds: 5, pause: minute });
  const { id } = await one(rig, "a");
  expect((await rig.steps(id)).map(({ status, receipt }) => [status, receipt?.id])).toEqual([
    ["done", "a"],
    ["done", "b"],
    ["done", "c"],
  ]);
});

test("a worker that dies between the effect and its row leaves an action that is done once", async () => {
  const rig = await makeActingRig();
  await approved(
    rig,
    ["key"],
    ["look", { subject: "customer:8", customerId: "8", steps: [{ kind: "looked-up", payload: { what: "x" } }] }],
  );
  // As a worker leaves them that was killed right after the provider acted.
  for (const row of Object.values(await rig.actions())) {
    await rig.ctx.db
      .update(actions)
      .set({ status: "executing", lease: "dead", availableAt: rig.rig.clock.now() + minute, attempt: 1 })
      .where(inTenant(rig.ctx, actions, eq(actions.id, row.id)));
    rig.world.effects.push({ kind: "x", key: `${row.id}-0`, what: "done before it died" });
  }
  await rig.ctx.db.update(actionSteps).set({ status: "begun", begunAt: rig.rig.clock.now() }).where(inTenant(rig.ctx, actionSteps));
  await rig.work();
  expect(await statusOf(rig, "key")).toBe("executing");
  rig.advance(3 * minute);
  await sweepTurns(rig.rig.ctx);
  await rig.work({ rounds: 4, pause: minute });
  expect([await statusOf(rig, "key"), await statusOf(rig, "look")]).toEqual(["done", "done"]);
  expect(rig.world.effects).toHaveLength(2);
});

test("what was done is taken back once, also where the reply to that is lost; what cannot be is refused", async () => {
  const rig = await makeActingRig();
  const owner = await approved(
    rig,
    ["a"],
    ["lasting", { subject: "customer:8", customerId: "8", steps: [{ kind: "natural", payload: { what: "x" } }] }],
  );
  await rig.work();
  const kinds = rig.acting.kinds;
  await expect(undoAction(owner, kinds, { actionId: (await one(rig, "lasting")).id })).rejects.toMatchObject({ code: "action_lasting" });
  const { id } = await one(rig, "a");
  await undoAction(owner, kinds, { actionId: id });
  await expect(undoAction(owner, kinds, { actionId: id })).rejects.toMatchObject({ code: "action_decided" });
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  rig.world.fates.push("lost after");
  await rig.work({ rounds: 4, pause: minute });
  expect(await statusOf(rig, "a")).toBe("undone");
  expect(rig.world.effects.map(({ what }) => what)).toEqual(["x"]);
});

test("a kind is told when its first try began, at every later one, and at no first one", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  rig.world.fates.push("5xx before", "5xx before");
  const begunAt = rig.rig.clock.now();
  await rig.work();
  await rig.work({ rounds: 4, pause: minute });
  expect(rig.world.triedAt).toEqual([undefined, begunAt, begunAt]);
});

test("a repeat that is limited says nothing of the try before it: what that did is not taken for somebody else's", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  rig.world.fates.push("lost after", "limited");
  await rig.work();
  rig.world.untrue.now = true;
  await rig.work({ rounds: 4, pause: minute });
  expect(await statusOf(rig, "a")).toBe("done");
  expect(rig.world.effects).toHaveLength(1);
});

test("a repeat that is refused says nothing of the try before it: a person has to look, and reads what was said", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  rig.world.fates.push("lost after", "refused");
  await rig.work({ rounds: 4, pause: minute });
  expect(await one(rig, "a")).toMatchObject({ status: "unsure", availableAt: null, failureMessage: "it was refused" });
});

test.for(["keyed", "natural", "looked-up"])(
  "what a stopped client's action may not have done is neither done nor repeated, until it is resumed: %s",
  async (kind) => {
    const rig = await makeActingRig();
    const owner = await approved(rig, ["a", { steps: [{ kind, payload: { what: "x" } }] }]);
    rig.world.fates.push("5xx before");
    await rig.work();
    await stopActing(owner);
    for (let round = 0; round < 12; round++) {
      await rig.work({ pause: minute });
      await sweepTurns(rig.rig.ctx);
    }
    expect(rig.world.effects).toEqual([]);
    await resumeActing(owner);
    for (let round = 0; round < 12; round++) {
      await rig.work({ pause: minute });
      await sweepTurns(rig.rig.ctx);
    }
    expect(await statusOf(rig, "a")).toBe("done");
    expect(rig.world.effects).toHaveLength(1);
  },
);

test("what a stopped client's action did is looked up all the same", async () => {
  const rig = await makeActingRig();
  const owner = await approved(rig, ["a", { steps: [{ kind: "looked-up", payload: { what: "x" } }] }]);
  rig.world.fates.push("lost after");
  await rig.work();
  await stopActing(owner);
  await rig.work({ rounds: 4, pause: minute });
  expect(await statusOf(rig, "a")).toBe("done");
});

test("what is found not to have been done after its time is over is not done any more", async () => {
  const rig = await makeActingRig();
  const expiresAt = rig.rig.clock.now() + 2 * 3_600_000;
  await approved(rig, ["a", { expiresAt, steps: [{ kind: "looked-up", payload: { what: "x" } }] }]);
  rig.world.fates.push("5xx before");
  await rig.work();
  await rig.work({ rounds: 4, pause: 3_600_000 });
  expect(await statusOf(rig, "a")).toBe("expired");
  expect(rig.world.effects).toEqual([]);
});

test("a chain whose later step may not even be read for takes back what it did", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { steps: [chain[1], chain[0], chain[2]] }]);
  rig.world.fates.push("well", "a read is refused");
  await rig.work({ rounds: 3, pause: minute });
  const { id, status, failureKind } = await one(rig, "a");
  expect({ status, failureKind }).toEqual({ status: "failed", failureKind: "revoked" });
  expect((await rig.steps(id)).map((step) => step.status)).toEqual(["undone", "failed", "voided"]);
  expect(rig.world.effects).toEqual([]);
});

test("each step of a slow chain is held for its whole try: nobody else takes the chain meanwhile", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { steps: chain }]);
  const heldFor: number[] = [];
  rig.world.meanwhile.now = async () => {
    heldFor.push(((await one(rig, "a")).availableAt ?? 0) - rig.rig.clock.now());
    rig.advance(tryMs - 1000);
    await workActions(rig.rig.ctx, rig.acting, { tenant: rig.tenant.id, turn: 0, places: createPlaces(1, actionShare) });
  };
  await rig.work();
  expect(heldFor).toEqual([actionLeaseMs, actionLeaseMs, actionLeaseMs]);
  expect(await statusOf(rig, "a")).toBe("done");
  expect(rig.world.effects).toHaveLength(3);
});

test("what a try writes leaves us before its lease ends, or never", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  const timed = vi.spyOn(AbortSignal, "timeout");
  await rig.work();
  expect(timed.mock.calls).toEqual([[tryMs]]);
  expect(rig.signals.at(-1)).toBe(timed.mock.results[0]?.value);
  expect(tryMs).toBeLessThan(actionLeaseMs);
  timed.mockRestore();
});

test("a lookup that takes several turns goes on where it was, from the moment when everything can be seen", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { steps: [{ kind: "looked-up", payload: { what: "x" } }] }]);
  rig.world.fates.push("lost after");
  rig.world.lookups.push({ looked: "early" }, { looked: "first" }, { looked: "second" });
  await rig.work();
  for (let round = 0; round < 12; round++) {
    await rig.work({ pause: minute });
    await sweepTurns(rig.rig.ctx);
  }
  expect(rig.world.lookedFrom).toEqual([undefined, undefined, "first", "second"]);
  expect(await statusOf(rig, "a")).toBe("done");
  expect(rig.world.effects).toHaveLength(1);
});

test("what nobody answers to being taken back stays done in the end, for a person to ask again", async () => {
  const rig = await makeActingRig();
  const owner = await approved(rig, ["a"]);
  await rig.work();
  await undoAction(owner, rig.acting.kinds, { actionId: (await one(rig, "a")).id });
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  rig.world.fates.push(...Array<"lost after">(maxTries).fill("lost after"));
  await rig.work({ rounds: maxTries, pause: 11 * minute });
  expect(await one(rig, "a")).toMatchObject({ status: "done", availableAt: null, failureMessage: "no reply" });
});

test("what a broken chain did is taken back later where its provider says nothing now, and it ends as what broke it", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { steps: chain }]);
  rig.world.fates.push("well", "refused", "limited", "lost after");
  await rig.work();
  expect((await rig.steps((await one(rig, "a")).id)).map((step) => step.status)).toEqual(["done", "failed", "voided"]);
  await rig.work({ rounds: 4, pause: minute });
  const { id, status, failureMessage } = await one(rig, "a");
  expect({ status, failureMessage }).toEqual({ status: "failed", failureMessage: "it was refused" });
  expect((await rig.steps(id)).map((step) => step.status)).toEqual(["undone", "failed", "voided"]);
  expect(rig.world.effects).toEqual([]);
});

test("a step is told from when on reads show what was written before it, at every try and when that is taken back", async () => {
  const rig = await makeActingRig();
  const begunAt = rig.rig.clock.now() + 3_600_000;
  await approved(rig, ["a", { steps: [chain[1], chain[0]] }], ["alone", { subject: "customer:8", customerId: "8" }]);
  rig.world.fates.push("well", "well", "limited", "refused");
  await rig.work();
  await rig.work({ rounds: 3, pause: minute });
  const shown = begunAt + tryMs + 30_000;
  expect(rig.world.shownAt).toEqual([undefined, shown, shown, shown]);
  expect(await statusOf(rig, "a")).toBe("failed");
});

test("a chain that is no longer true says so also after what it did was taken back later", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a", { steps: [chain[1], chain[0]] }]);
  rig.world.untrue.now = true;
  rig.world.fates.push("well", "limited");
  await rig.work({ rounds: 4, pause: minute });
  expect(await one(rig, "a")).toMatchObject({ status: "voided", reason: "bought_meanwhile" });
  expect(rig.world.effects).toEqual([]);
});

test("an action whose account is connected no more has failed, and says so", async () => {
  const rig = await makeActingRig();
  await approved(rig, ["a"]);
  await rig.ctx.db.delete(connections).where(inTenant(rig.ctx, connections));
  await rig.work();
  expect(await one(rig, "a")).toMatchObject({ status: "failed", failureKind: "revoked" });
});

test("what may not even be read for stays done when it is to be taken back, with the reason", async () => {
  const rig = await makeActingRig();
  const owner = await approved(rig, ["a"]);
  await rig.work();
  await undoAction(owner, rig.acting.kinds, { actionId: (await one(rig, "a")).id });
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
  rig.world.fates.push("a read is refused");
  await rig.work();
  expect(await one(rig, "a")).toMatchObject({ status: "done", failureKind: "revoked", availableAt: null });
});
