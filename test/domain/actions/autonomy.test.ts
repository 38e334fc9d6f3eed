import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { actions, notices, policies, policyModeChanges } from "#db/schema/index.ts";
import type { ActionState, PolicyMode } from "#db/words/actions.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import { decideByPolicy } from "#server/domain/actions/decide-by-policy.ts";
import { fallBack } from "#server/domain/actions/fall-back.ts";
import { findAutonomy } from "#server/domain/actions/find-autonomy.ts";
import { rejectAction } from "#server/domain/actions/reject-action.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import { tellFallen } from "#server/domain/actions/tell-fallen.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, makeUser, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1, killedAfterBatch } from "#test/interrupted-d1.ts";
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

test.each([
  [3, false],
  [4, true],
  [29, true],
])("of fewer than thirty too, %d that failed: it asks first again: %s, as of thirty no fewer can have", async (many, falls) => {
  const rig = await makeTrustRig({ mode: "auto" });
  await rig.propose(...proposals(29));
  await rig.work({ rounds: 2 });
  await endAs(rig, "failed", many);
  await rig.propose(...proposals(1, "next"));
  await rig.work();
  expect(await modeOf(rig)).toBe(falls ? "approve" : "auto");
});

/** One that is about to fall back. */
async function makeFallingRig() {
  const rig = await makeTrustRig({ mode: "auto" });
  await rig.propose(...proposals(6));
  await rig.work({ rounds: 2 });
  await endAs(rig, "failed", 5);
  rig.rig.ctx.traces.mails.splice(0);
  rig.advance(1000);
  return { ...rig, decides: { v: 1, type: "action.decide", tenant: rig.tenant.id, automation: rig.automation } as const };
}

const toldOf = (rig: Rig) =>
  rig.rig.ctx.traces.mails.splice(0).filter((mail) => mail.type === "mail.approvals" && mail.news === "fell_back");
const minute = 60_000;

test("people are told of a fall-back whose worker died right after it, once, and for the day on which it was", async () => {
  const rig = await makeFallingRig();
  const d1 = killedAfterBatch(testEnv.DB, async () => (await modeOf(rig)) === "approve");
  const dying = { ...rig.rig.ctx, databases: { ...rig.rig.ctx.databases, DB: d1 } };
  dying.send = { ...dying.send, mail: () => Promise.reject(new Error("killed")) };
  await expect(decideByPolicy(dying, rig.decides)).rejects.toThrow("killed");
  expect(await modeOf(rig)).toBe("approve");
  // The queue brings its message once more.
  await decideByPolicy(rig.rig.ctx, rig.decides);
  await tellFallen(rig.rig.ctx);
  expect(toldOf(rig)).toEqual([]);
  const day = new Date(rig.rig.clock.now()).toISOString().slice(0, 10);
  rig.advance(26 * 60 * minute);
  await tellFallen(rig.rig.ctx);
  expect(toldOf(rig)).toMatchObject([{ automation: rig.automation, tenant: rig.tenant.id, day }]);
  rig.advance(60 * minute);
  await tellFallen(rig.rig.ctx);
  expect(toldOf(rig)).toEqual([]);
});

test("whom a queue that took no mail kept from being told is told later; who was told is not told once more", async () => {
  for (const [works, told] of [
    [false, 1],
    [true, 0],
  ] as const) {
    const rig = await makeFallingRig();
    const { mail } = rig.rig.ctx.send;
    if (!works)
      rig.rig.ctx.send.mail = async () => {
        throw new Error("no queue");
      };
    const decided = decideByPolicy(rig.rig.ctx, rig.decides);
    await (works ? decided : expect(decided).rejects.toThrow("no queue"));
    rig.rig.ctx.send.mail = mail;
    expect(toldOf(rig)).toHaveLength(works ? 1 : 0);
    for (const _ of [1, 2]) {
      rig.advance(20 * minute);
      await tellFallen(rig.rig.ctx);
    }
    expect(toldOf(rig)).toHaveLength(told);
  }
});

test("one that is let act anew and falls back again on the same day: people are told of that one too, each of it once", async () => {
  const rig = await makeFallingRig();
  await decideByPolicy(rig.rig.ctx, rig.decides);
  expect(toldOf(rig)).toHaveLength(1);
  rig.advance(1000);
  await rig.setMode("auto");
  rig.advance(1000);
  // As much went wrong since.
  await rig.ctx.db.update(actions).set({ decidedAt: rig.rig.clock.now() }).where(inTenant(rig.ctx, actions));
  rig.advance(1000);
  await decideByPolicy(rig.rig.ctx, rig.decides);
  expect(await modeOf(rig)).toBe("approve");
  expect(toldOf(rig)).toMatchObject([{ automation: rig.automation, at: rig.rig.clock.now() }]);
  rig.advance(20 * minute);
  await tellFallen(rig.rig.ctx);
  expect(toldOf(rig)).toEqual([]);
});

test("one client's fall-back that nobody can be told of keeps no other's people from being told", async () => {
  const rigs = [await makeFallingRig(), await makeFallingRig()];
  for (const rig of rigs) {
    await decideByPolicy(rig.rig.ctx, rig.decides);
    rig.rig.ctx.traces.mails.splice(0);
    await rig.ctx.db.update(policyModeChanges).set({ tellAt: 1 }).where(inTenant(rig.ctx, policyModeChanges));
    // As if nobody had been told.
    await rig.ctx.db.delete(notices).where(inTenant(rig.ctx, notices));
  }
  const [bad, good] = rigs as [(typeof rigs)[0], (typeof rigs)[0]];
  const { mail } = good.rig.ctx.send;
  good.rig.ctx.send.mail = async (message) => {
    if ("tenant" in message && message.tenant === bad.tenant.id) throw new Error("no queue");
    return mail(message);
  };
  await expect(tellFallen(good.rig.ctx)).rejects.toThrow();
  expect(toldOf(good).filter((each) => "tenant" in each && each.tenant === good.tenant.id)).toHaveLength(1);
});

test("what a person has decided since is not undone by a fall-back that judged what was before", async () => {
  const rig = await makeFallingRig();
  let once = false;
  const d1 = interruptedD1(testEnv.DB, (call) => {
    if (call.is !== "batch" || once) return undefined;
    once = true;
    // Somebody set it back, and lets it act anew.
    return (async () => {
      await rig.setMode("approve");
      rig.advance(1);
      await rig.setMode("auto");
    })();
  });
  const judging = { ...rig.ctx, now: rig.rig.clock.now, db: openDb(d1) };
  expect(await fallBack(judging, { automation: rig.automation })).toBe(false);
  expect([once, await modeOf(rig)]).toEqual([true, "auto"]);
  expect(toldOf(rig)).toEqual([]);
  expect((await rig.autonomy()).changes.map(({ mode }) => mode)).toEqual(["auto", "approve"]);
});

test("why it last fell back counts for as long as nobody let it act anew, however often its mode was changed since", async () => {
  const rig = await makeTrustRig({ mode: "approve" });
  await rig.propose(...proposals(40));
  await decide(rig, () => true);
  const { tenantId, at } = { tenantId: rig.tenant.id, at: rig.rig.clock.now() + 1 };
  const fell = {
    tenantId,
    automation: rig.automation,
    at,
    mode: "approve" as const,
    lately: { of: 30, undone: 0, rejected: 0, failed: 4 },
  };
  await rig.ctx.db.insert(policyModeChanges).values(fell);
  for (let n = 1; n <= 12; n++)
    await rig.ctx.db
      .insert(policyModeChanges)
      .values({ tenantId, automation: rig.automation, at: at + n, mode: n % 2 === 0 ? "approve" : "shadow", changedBy: "usr_x" });
  const autonomy = await rig.autonomy();
  expect(autonomy).toMatchObject({ decisions: 0, offered: false });
  expect(autonomy.changes).toHaveLength(11);
  expect(autonomy.changes.at(-1)).toMatchObject({ at, lately: { failed: 4 } });
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
