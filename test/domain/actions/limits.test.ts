import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, budgets, policies, privacyRequests, tenants } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import { findPolicy } from "#server/domain/actions/find-policy.ts";
import { listPolicies } from "#server/domain/actions/list-policies.ts";
import type { SetPolicy } from "#server/domain/actions/schemas.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import { resumeActing, stopActing } from "#server/domain/actions/stop-acting.ts";
import { configureJob } from "#server/domain/schedules/configure-job.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { sweepTurns } from "#server/domain/turns/sweep-turns.ts";
import { newId } from "#server/ids.ts";
import { makeUser, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";
import { makeActingRig, proposal } from "./world.ts";

const hour = 3_600_000;
const day = 24 * hour;
type Rig = Awaited<ReturnType<typeof makeActingRig>>;

const of = (customer: number, dedupe: string) => proposal(dedupe, { subject: `customer:${customer}`, customerId: String(customer) });

async function approve(rig: Rig, dedupe: string) {
  const action = (await rig.actions())[dedupe];
  if (!action) throw new Error(`nothing was proposed under ${dedupe}`);
  const owner = await rig.person();
  await approveAction(owner, { actionId: action.id, hash: action.hash });
  rig.ctx.traces.actions.push(...owner.traces.actions.splice(0));
}
const used = async (rig: Rig, kind: "customers" | "stake") =>
  (
    await rig.ctx.db
      .select()
      .from(budgets)
      .where(inTenant(rig.ctx, budgets, eq(budgets.kind, kind)))
      .orderBy(budgets.day)
  ).map((row) => row.used);

test("a contact that was stopped counts from when it was made: a week begins then", async () => {
  const rig = await makeActingRig();
  const owner = await rig.person();
  await rig.propose(of(7, "a"), of(7, "b"), of(7, "c"));
  await stopActing(owner);
  await approve(rig, "a");
  await approve(rig, "b");
  rig.advance(8 * day);
  await expect(approve(rig, "c")).rejects.toMatchObject({ code: "contacts_spent" });
  await resumeActing(owner);
  rig.advance(2 * 60_000);
  await sweepTurns(rig.rig.ctx);
  await rig.work();
  expect(rig.world.effects).toHaveLength(2);
  await expect(approve(rig, "c")).rejects.toMatchObject({ code: "contacts_spent" });
  rig.advance(8 * day);
  await approve(rig, "c");
});

test("who was decided on last evening is one of today's customers", async () => {
  const rig = await makeActingRig({ peopleADay: 1 });
  const hourNow = Number(
    new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", hour: "2-digit", hourCycle: "h23" }).format(rig.rig.clock.now()),
  );
  await rig.propose(of(7, "a"), of(7, "b"), of(8, "c"));
  // Proposing took an hour; then it is the last hour of the day.
  rig.advance(((22 - hourNow + 24) % 24) * hour);
  await approve(rig, "a");
  rig.advance(3 * hour);
  await approve(rig, "b");
  await expect(approve(rig, "c")).rejects.toMatchObject({ code: "budget_spent" });
  expect(await used(rig, "customers")).toEqual([1, 1]);
});

test("money in another currency takes nothing of the client's own budget", async () => {
  const rig = await makeActingRig({ stakeADay: 1000 });
  await rig.propose(proposal("yen", { stake: { minor: 5000, currency: "JPY" } }), {
    ...of(8, "own"),
    stake: { minor: 900, currency: "GBP" },
  });
  await approve(rig, "yen");
  await approve(rig, "own");
  expect(await used(rig, "stake")).toEqual([900]);
});

test("what a person approved is not done while its automation is in shadow again", async () => {
  const rig = await makeActingRig();
  await rig.propose(of(7, "a"));
  await approve(rig, "a");
  await rig.ctx.db.update(policies).set({ mode: "shadow" }).where(inTenant(rig.ctx, policies));
  await rig.work({ rounds: 2 });
  expect([rig.world.effects, (await rig.actions()).a?.status]).toEqual([[], "approved"]);
});

test("while a client is stopped its automations approve nothing by themselves", async () => {
  const rig = await makeActingRig({ mode: "auto", actionsADay: 1 });
  const owner = await rig.person();
  await stopActing(owner);
  for (const n of [1, 2, 3]) {
    await rig.propose(of(n, `n${n}`));
    await rig.work();
    rig.advance(day);
  }
  expect(Object.values(await rig.actions()).map(({ status }) => status)).toEqual(["waiting", "waiting", "waiting"]);
  await resumeActing(owner);
  await rig.propose(of(4, "n4"));
  await rig.work({ rounds: 2 });
  expect(rig.world.effects).toHaveLength(1);
});

test("nothing is proposed of a customer who was forgotten while the run that had read them was under way", async () => {
  for (const [doneAfter, proposed] of [
    [2 * hour, []],
    [-day, ["a"]],
  ] as const) {
    const rig = await makeActingRig();
    const now = rig.rig.clock.now();
    await rig.ctx.db.insert(privacyRequests).values({
      ...{ id: newId("prv", now), tenantId: rig.tenant.id, provider: "shopify", connectionId: "", deliveryId: newId("req", now) },
      ...{ kind: "redact_customer", subject: "7", receivedAt: now - 2 * day, doneAt: now + doneAfter },
    });
    await rig.propose(of(7, "a"));
    expect(Object.keys(await rig.actions())).toEqual(proposed);
  }
});

test("where the agency does not decide it holds an automation back, and lets it go no further", async () => {
  const rig = await makeActingRig();
  const automation = "at-risk-customer-flow";
  const owner = await rig.person();
  for (const more of [{ mode: "shadow" }, { mode: "approve", staffDecides: false }] as const)
    await setPolicy(owner, { automation, ...more });
  const { actor } = await makeUser({ staff: true });
  const staff = testTenantCtx(rig.tenant, "staff", { actor, now: rig.rig.clock.now });
  for (const more of [{ mode: "auto" }, { actionsADay: 1000 }, { memberStake: 1 }, { quietFrom: "00:00", quietTo: "00:00" }] as const)
    await expect(setPolicy(staff, { automation, ...more })).rejects.toMatchObject({ code: "client_decides" });
  expect(await setPolicy(staff, { automation, actionsADay: 1, mode: "shadow" })).toMatchObject({ actionsADay: 1, mode: "shadow" });
});

test("an automation that is set back while its proposals are gone through approves no more of them", async () => {
  for (const [change, by] of [
    [{ mode: "approve" }, 1],
    [{ mode: "shadow" }, 1],
    [{ largestStake: 100 }, 1],
    [{ actionsADay: 1 }, 1],
    ["stop", 1],
  ] as const) {
    const rig = await makeActingRig({ mode: "auto" });
    const owner = await rig.person();
    const all = [1, 2, 3, 4].map((n) => ({ ...of(n, `n${n}`), stake: { minor: 500, currency: "GBP" } }));
    // Somebody changes it right after the first was approved, whose message says so.
    const sent = rig.rig.ctx.send.actions;
    const once = { done: false };
    rig.rig.ctx.send.actions = async (messages, delayS) => {
      await sent(messages, delayS);
      if (once.done || !messages.some(({ type, tenant }) => type === "turn" && tenant === rig.tenant.id)) return;
      once.done = true;
      if (change === "stop") await stopActing(owner);
      else await rig.ctx.db.update(policies).set(change).where(inTenant(rig.ctx, policies));
    };
    await rig.propose(...all);
    await rig.work();
    const approved = Object.values(await rig.actions()).filter(({ status }) => status !== "waiting");
    expect([once.done, approved.length], JSON.stringify(change)).toEqual([true, by]);
  }
});

test("an approval of the agency's holds what the client says in the same instant", async () => {
  const rig = await makeActingRig({ memberStake: 1000 });
  await rig.propose({ ...of(7, "a"), stake: { minor: 500, currency: "GBP" } }, { ...of(8, "b"), stake: { minor: 500, currency: "GBP" } });
  const { actor } = await makeUser({ staff: true });
  const staff = testTenantCtx(rig.tenant, "staff", { actor, now: rig.rig.clock.now });
  const member = await rig.person("member");
  const { a, b } = await rig.actions();
  for (const [person, action, set, code] of [
    [staff, a, { staffDecides: false }, "client_decides"],
    [member, b, { memberStake: 100 }, "stake_above_yours"],
  ] as const) {
    if (!action) throw new Error("nothing was proposed");
    // Said after it was asked whether they may, before it is written.
    const batch = person.db.batch.bind(person.db);
    Object.assign(person.db, {
      async batch(statements: Parameters<typeof batch>[0]) {
        await rig.ctx.db.update(policies).set(set).where(inTenant(rig.ctx, policies));
        return batch(statements);
      },
    });
    await expect(approveAction(person, { actionId: action.id, hash: action.hash })).rejects.toMatchObject({ code });
  }
  expect(Object.values(await rig.actions()).map(({ status }) => status)).toEqual(["waiting", "waiting"]);
});

test("the agency lets an automation go no further in the instant in which the client says that it does not decide", async () => {
  const automation = "at-risk-customer-flow";
  const rig = await makeActingRig();
  const owner = await rig.person();
  for (const mode of ["shadow", "approve"] as const) await setPolicy(owner, { automation, mode });
  const { actor } = await makeUser({ staff: true });
  const staff = testTenantCtx(rig.tenant, "staff", { actor, now: rig.rig.clock.now });
  await Promise.allSettled([setPolicy(owner, { automation, staffDecides: false }), setPolicy(staff, { automation, mode: "auto" })]);
  const after = await findPolicy(owner, { automation });
  expect([after.staffDecides, after.mode]).toEqual([false, "approve"]);
});

/** Somebody for whom something happens right before their first batch. */
function meanwhile(ctx: TenantCtx, before: () => Promise<unknown>): TenantCtx {
  let once = false;
  const d1 = interruptedD1(testEnv.DB, (call) => {
    if (call.is !== "batch" || once) return undefined;
    once = true;
    return before();
  });
  return { ...ctx, db: openDb(d1) };
}

test.each<[string, Omit<SetPolicy, "automation">, Omit<SetPolicy, "automation">]>([
  ["turned off does not act by itself", { mode: "off" }, { mode: "auto" }],
  ["set back to shadow does not act by itself", { mode: "shadow" }, { mode: "auto" }],
  ["held to less keeps that", { actionsADay: 3, quietFrom: "18:00" }, { actionsADay: 40, largestStake: 5000 }],
])("an automation that somebody %s, where another one wished otherwise at the same moment, who is told", async (_, first, second) => {
  const automation = "at-risk-customer-flow";
  const rig = await makeActingRig();
  const owner = await rig.person();
  for (const mode of ["shadow", "approve"] as const) await setPolicy(owner, { automation, mode });
  const { actor } = await makeUser({ staff: true });
  const staff = testTenantCtx(rig.tenant, "staff", { actor, now: rig.rig.clock.now });
  for (const ctx of [staff, await rig.person("admin")]) {
    const other = meanwhile(ctx, () => setPolicy(owner, { automation, ...first }));
    await expect(setPolicy(other, { automation, ...second })).rejects.toMatchObject({ code: "settings_changed" });
    expect(await findPolicy(owner, { automation })).toMatchObject({ mode: "approve", actionsADay: 20, largestStake: 2000, ...first });
    // What runs follows what is there.
    const [{ on } = { on: "" }] = await owner.directory
      .select({ on: tenants.automations })
      .from(tenants)
      .where(eq(tenants.id, rig.tenant.id));
    expect(on.includes(automation)).toBe(first.mode !== "off");
    for (const mode of ["shadow", "approve"] as const) await setPolicy(owner, { automation, mode, actionsADay: 20, quietFrom: "21:00" });
  }
  const lines = await rig.ctx.db.select().from(auditLog).where(inTenant(rig.ctx, auditLog));
  expect(JSON.stringify(lines)).not.toMatch(/"auto"|5000/);
});

test("what was read and is otherwise by now is not written over; the same wish twice is fulfilled once", async () => {
  const automation = "at-risk-customer-flow";
  const rig = await makeActingRig();
  const owner = await rig.person();
  const was = await findPolicy(owner, { automation });
  await setPolicy(owner, { automation, mode: "shadow", was });
  const read = await findPolicy(owner, { automation });
  await setPolicy(owner, { automation, actionsADay: 2 });
  const { actor } = await makeUser({ staff: true });
  const staff = testTenantCtx(rig.tenant, "staff", { actor, now: rig.rig.clock.now });
  for (const ctx of [staff, owner])
    await expect(setPolicy(ctx, { ...read, peopleADay: 7, was: read })).rejects.toMatchObject({ code: "settings_changed" });
  expect(await findPolicy(owner, { automation })).toMatchObject({ actionsADay: 2, peopleADay: 20 });
  const twice = { automation, mode: "approve", was: { mode: "shadow" } } as const;
  const answers = await Promise.all([setPolicy(owner, twice), setPolicy(owner, twice)]);
  answers.push(await setPolicy(owner, twice));
  expect(answers.map(({ mode }) => mode)).toEqual(["approve", "approve", "approve"]);
  const lines = await rig.ctx.db
    .select()
    .from(auditLog)
    .where(inTenant(rig.ctx, auditLog, eq(auditLog.action, "policy.set")));
  expect(lines).toHaveLength(3);
});

test("where the agency does not decide it changes no settings of the automation either", async () => {
  const automation = "at-risk-customer-flow";
  const rig = await makeActingRig();
  const owner = await rig.person();
  const { actor } = await makeUser({ staff: true });
  const staff = testTenantCtx(rig.tenant, "staff", { actor, now: rig.rig.clock.now });
  await setPolicy(owner, { automation, mode: "shadow" });
  await configureJob(staff, { job: automation, config: {} });
  await setPolicy(owner, { automation, staffDecides: false });
  await expect(configureJob(staff, { job: automation, config: {} })).rejects.toMatchObject({ code: "client_decides" });
  await configureJob(owner, { job: automation, config: {} });
});

test("what the client's own people stopped the agency does not let go on, what it stopped itself it does", async () => {
  const rig = await makeActingRig();
  const owner = await rig.person();
  const { actor } = await makeUser({ staff: true });
  const staff = testTenantCtx(rig.tenant, "staff", { actor, now: rig.rig.clock.now });
  await stopActing(staff);
  await resumeActing(staff);
  expect(await listPolicies(staff)).toMatchObject({ stopped: false, stoppedByClient: false });
  await stopActing(staff);
  // The client's stop counts though it was stopped already.
  await stopActing(await rig.person("member"));
  expect(await listPolicies(staff)).toMatchObject({ stopped: true, stoppedByClient: true });
  await stopActing(staff);
  await expect(resumeActing(staff)).rejects.toMatchObject({ code: "client_stopped" });
  expect(await listPolicies(staff)).toMatchObject({ stopped: true });
  await resumeActing(owner);
  expect(await listPolicies(staff)).toMatchObject({ stopped: false });
});

test("a budget that keeps something back says so, since when; one that has room for it does not", async () => {
  const rig = await makeActingRig({ actionsADay: 100, peopleADay: 1 });
  await rig.propose(of(7, "a"), of(8, "b"));
  await approve(rig, "a");
  const full = async () => (await rig.ctx.db.select().from(budgets).where(inTenant(rig.ctx, budgets))).filter(({ fullAt }) => fullAt);
  expect(await full()).toEqual([]);
  await expect(approve(rig, "b")).rejects.toMatchObject({ code: "budget_spent" });
  const [first, ...others] = await full();
  expect([first?.kind, others]).toEqual(["customers", []]);
  rig.advance(60_000);
  await expect(approve(rig, "b")).rejects.toMatchObject({ code: "budget_spent" });
  expect((await full()).map(({ fullAt }) => fullAt)).toEqual([first?.fullAt]);
});

test("a day's budget is not had twice by a client whose time zone is changed to and fro; the next day has its own", async () => {
  const rig = await makeActingRig({ actionsADay: 1 });
  // Noon in London: the same day and the next one somewhere else, and the day before.
  const { clock } = rig.rig;
  rig.advance(day - ((clock.now() - 12 * hour) % day));
  const zones = ["Europe/London", "Pacific/Kiritimati", "Pacific/Midway", "Asia/Tokyo", "Europe/London"];
  rig.tenant.timezone = "Europe/London";
  const said: string[] = [];
  const owner = await rig.person();
  const approveIn = async (timezone: string, dedupe: string) => {
    await rig.ctx.directory.update(tenants).set({ timezone }).where(eq(tenants.id, rig.tenant.id));
    const action = (await rig.actions())[dedupe];
    const asked = { ...owner, tenant: { ...owner.tenant, timezone } };
    await approveAction(asked, { actionId: action?.id ?? "", hash: action?.hash ?? "" }).then(
      () => said.push("approved"),
      (error) => said.push(error.code),
    );
  };
  await rig.propose(...zones.map((_, n) => of(n, `n${n}`)), of(8, "later"), of(9, "last"));
  for (const [n, zone] of zones.entries()) {
    rig.advance(10 * 60_000);
    await approveIn(zone, `n${n}`);
  }
  expect(said.splice(0)).toEqual(["approved", ...Array.from({ length: 4 }, () => "budget_spent")]);
  expect(
    await rig.ctx.db
      .select()
      .from(budgets)
      .where(inTenant(rig.ctx, budgets, eq(budgets.kind, "actions"))),
  ).toMatchObject([{ used: 1, fullAt: expect.any(Number) }]);
  // London's midnight has passed: in Tokyo the next day has begun long since.
  rig.advance(12 * hour);
  await approveIn("Asia/Tokyo", "later");
  // Where it is still the day before, no budget of that one is left.
  await approveIn("Pacific/Midway", "last");
  expect(said).toEqual(["approved", "budget_spent"]);
});
