import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { actions, policies, policyModeChanges } from "#db/schema/index.ts";
import type { ActionState, PolicyMode } from "#db/words/actions.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import { findAutonomy } from "#server/domain/actions/find-autonomy.ts";
import { rejectAction } from "#server/domain/actions/reject-action.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, makeUser, testEnv, testTenantCtx } from "#test/harness.ts";
import { makeActingRig, proposal } from "./world.ts";

type Rig = Awaited<ReturnType<typeof makeActingRig>>;
/** One that is on the shelf: what people read of it is asked by its name there. */
const automation = "at-risk-customer-flow";

const proposals = (many: number, key = "p") =>
  Array.from({ length: many }, (_, n) => proposal(`${key}${n}`, { subject: `customer:${key}${n}`, customerId: `${key}${n}` }));

/** A rig whose actions are those of an automation on the shelf. */
async function makeTrustRig(input: Parameters<typeof makeActingRig>[0] = {}) {
  const rig = await makeActingRig({ actionsADay: 1000, peopleADay: 1000, ...input });
  const owner = await rig.person("owner");
  const call = async (name: string) => {
    await rig.ctx.db.update(actions).set({ automation: name }).where(inTenant(rig.ctx, actions));
    await rig.ctx.db.update(policies).set({ automation: name }).where(inTenant(rig.ctx, policies));
    await rig.ctx.db.update(policyModeChanges).set({ automation: name }).where(inTenant(rig.ctx, policyModeChanges));
  };
  return {
    ...rig,
    owner,
    /** As whoever reads it by the name on the shelf. */
    async autonomy() {
      await call(automation);
      try {
        return await findAutonomy(owner, { automation });
      } finally {
        await call(rig.automation);
      }
    },
    async setMode(mode: PolicyMode) {
      await call(automation);
      await setPolicy(owner, { automation, mode });
      await call(rig.automation);
    },
  };
}

/** What a person says of each action in turn. */
async function decide(rig: Rig & { owner: Awaited<ReturnType<Rig["person"]>> }, says: (n: number) => boolean): Promise<void> {
  const rows = Object.values(await rig.actions());
  for (const [n, { id, hash }] of rows.entries()) {
    rig.advance(1);
    await (says(n) ? approveAction(rig.owner, { actionId: id, hash }) : rejectAction(rig.owner, { actionId: id, hash, reason: "no" }));
  }
}

/** Ends what was done otherwise, as if the provider had refused it, or a person had taken it back. */
async function endAs(rig: Rig, status: ActionState, many: number): Promise<void> {
  const done = await rig.ctx.db
    .select({ id: actions.id })
    .from(actions)
    .where(inTenant(rig.ctx, actions, eq(actions.status, "done")))
    .limit(many);
  for (const { id } of done)
    await rig.ctx.db
      .update(actions)
      .set({ status })
      .where(inTenant(rig.ctx, actions, eq(actions.id, id)));
}

const modeOf = async (rig: Rig) => (await rig.ctx.db.select().from(policies).where(inTenant(rig.ctx, policies)))[0]?.mode;

test("nobody has decided anything: there is no share, and nothing is offered", async () => {
  const rig = await makeTrustRig();
  expect(await rig.autonomy()).toMatchObject({ decisions: 0, agreed: 0, agreement: null, offered: false, changes: [] });
});

test.each([
  ["34 that agree are too few to be sure of 90 %", 34, 0, false],
  ["35 that agree are enough", 35, 0, true],
  ["one no among 40 is one too many", 40, 1, false],
  ["of 60 one may be no", 60, 1, true],
])("%s, by what was said in shadow", async (_, all, no, offered) => {
  const rig = await makeTrustRig({ mode: "shadow" });
  await rig.propose(...proposals(all));
  await decide(rig, (n) => n >= no);
  expect(await rig.autonomy()).toMatchObject({ decisions: all, agreed: all - no, offered });
});

test("approvals count as they were proposed: what was edited first is not agreed with, and what the policy approved is no word of anybody", async () => {
  const rig = await makeTrustRig({ mode: "approve" });
  await rig.propose(...proposals(5));
  await decide(rig, (n) => n !== 0);
  const [, edited, byPolicy] = Object.values(await rig.actions());
  const set = (id: string | undefined, to: object) =>
    rig.ctx.db
      .update(actions)
      .set(to)
      .where(inTenant(rig.ctx, actions, eq(actions.id, id ?? "")));
  await set(edited?.id, { edited: true });
  await set(byPolicy?.id, { decidedBy: "policy" });
  expect(await rig.autonomy()).toMatchObject({ decisions: 4, agreed: 2 });
});

test("it is offered and never taken: the mode is as it was, and one that acts is offered nothing", async () => {
  const rig = await makeTrustRig({ mode: "shadow" });
  await rig.propose(...proposals(35));
  await decide(rig, () => true);
  expect((await rig.autonomy()).offered).toBe(true);
  expect(await modeOf(rig)).toBe("shadow");
  await rig.setMode("auto");
  expect((await rig.autonomy()).offered).toBe(false);
});

test.each<[ActionState, number, boolean]>([
  ["failed", 3, false],
  ["failed", 4, true],
  ["undone", 4, true],
  ["rejected", 4, true],
])("of its last thirty actions %s: %d; it asks first again: %s", async (status, many, falls) => {
  const rig = await makeTrustRig({ mode: "auto" });
  await rig.propose(...proposals(30));
  await rig.work({ rounds: 2 });
  expect(Object.values(await rig.actions()).filter((each) => each.status === "done")).toHaveLength(30);
  await endAs(rig, status, many);
  rig.rig.ctx.traces.mails.splice(0);
  await rig.propose(...proposals(1, "next"));
  await rig.work();
  expect(await modeOf(rig)).toBe(falls ? "approve" : "auto");
  expect((await rig.actions()).next0?.status).toBe(falls ? "waiting" : "approved");
  const told = rig.rig.ctx.traces.mails.filter((mail) => mail.type === "mail.approvals");
  expect(told).toMatchObject(falls ? [{ news: "fell_back", automation: rig.automation }] : []);
  if (falls) {
    const [change] = (await rig.autonomy()).changes;
    expect(change).toMatchObject({ mode: "approve", by: null, lately: { of: 30, undone: 0, rejected: 0, failed: 0, [status]: many } });
  }
});

test("fewer than thirty say nothing yet, however they ended", async () => {
  const rig = await makeTrustRig({ mode: "auto" });
  await rig.propose(...proposals(29));
  await rig.work({ rounds: 2 });
  await endAs(rig, "failed", 29);
  await rig.propose(...proposals(1, "next"));
  await rig.work();
  expect(await modeOf(rig)).toBe("auto");
});

test("whoever lets it act once more begins anew: what was before is not counted against it, nor for it", async () => {
  const rig = await makeTrustRig({ mode: "auto" });
  await rig.propose(...proposals(30));
  await rig.work({ rounds: 2 });
  await endAs(rig, "failed", 10);
  await rig.propose(...proposals(1, "next"));
  await rig.work();
  const after = await rig.autonomy();
  expect(after).toMatchObject({ decisions: 0, agreed: 0, lately: { of: 0 }, offered: false });
  rig.advance(1000);
  await rig.setMode("auto");
  expect((await rig.autonomy()).changes.map(({ mode }) => mode)).toEqual(["auto", "approve"]);
  await rig.propose(...proposals(1, "later"));
  await rig.work();
  expect(await modeOf(rig)).toBe("auto");
});

test("each change of its mode is kept with who made it; what changes something else is no such change", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  let now = 1_000_000;
  const owner = testTenantCtx(tenant, "owner", { actor, now: () => now });
  for (const change of [{ mode: "shadow" }, { actionsADay: 5 }, { mode: "approve" }, { mode: "approve" }, { mode: "off" }] as const) {
    now += 1000;
    await setPolicy(owner, { automation, ...change });
  }
  const { changes } = await findAutonomy(owner, { automation });
  expect(changes.map(({ at, mode, by }) => [at, mode, by])).toEqual([
    [1_005_000, "off", expect.any(String)],
    [1_003_000, "approve", expect.any(String)],
    [1_001_000, "shadow", expect.any(String)],
  ]);
});

test("another client's decisions are not among them", async () => {
  const rig = await makeTrustRig({ mode: "shadow" });
  await rig.propose(...proposals(3));
  await decide(rig, () => true);
  await rig.autonomy();
  const other = testTenantCtx(await makeTenant());
  expect(await findAutonomy(other, { automation })).toMatchObject({ decisions: 0, changes: [] });
  await expect(findAutonomy(other, { automation: "nothing" })).rejects.toMatchObject({ code: "automation_not_found" });
});

test("the decisions are read by an index of their own, however many the policy made", async () => {
  const plan = await testEnv.DB.prepare(
    `explain query plan select status from actions where tenant_id = ? and automation = ? and decided_by <> 'policy' and decided_at > ?
       order by decided_at desc limit 100`,
  )
    .bind("t", "a", 0)
    .all<{ detail: string }>();
  expect(plan.results.map(({ detail }) => detail).join(" ")).toContain("actions_judged");
});
