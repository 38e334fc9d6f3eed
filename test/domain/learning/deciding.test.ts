import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditLog, findings, policies } from "#db/schema/index.ts";
import type { Change } from "#db/words/learning.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import { acceptFinding } from "#server/domain/learning/accept-finding.ts";
import { declineFinding } from "#server/domain/learning/decline-finding.ts";
import { findFinding } from "#server/domain/learning/find-finding.ts";
import { AcceptFinding, DeclineFinding, SnoozeFinding } from "#server/domain/learning/schemas.ts";
import { snoozeFinding } from "#server/domain/learning/snooze-finding.ts";
import { configureJob } from "#server/domain/schedules/configure-job.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeUser, testCtx, testEnv } from "#test/harness.ts";
import { interruptedD1, killedAfterBatch } from "#test/interrupted-d1.ts";
import { automation, dayMs, learningRig } from "./world.ts";

const stricter: Change = { does: "setting", field: "lateBy", from: 1.5, to: 1.75 };
const back: Change = { does: "rule", field: "mode", from: "approve", to: "shadow" };
const rejected = { status: "rejected", note: "no" } as const;

const linesOf = async (rig: Awaited<ReturnType<typeof learningRig>>) =>
  (await rig.ctx.db.select().from(auditLog).where(inTenant(rig.ctx, auditLog)).orderBy(auditLog.at, auditLog.seq)).map(
    ({ action }) => action,
  );
const accept = (rig: Awaited<ReturnType<typeof learningRig>>, findingId: string, { to }: Pick<Change, "to">) =>
  acceptFinding(rig.admin, { findingId, to: String(to) });

test("nobody of the client, no visitor and no job decides of a finding, and nothing changes", async () => {
  const rig = await learningRig();
  const findingId = await rig.open(stricter);
  const { actor } = await makeUser({ roles: [[rig.ctx.tenant, "owner"]] });
  const viewing = { ...(await makeUser({ staff: true })).actor, viewingUntil: rig.now() + 1 };
  for (const who of [actor, { type: "system", job: "x" } as const, { type: "anonymous" } as const, viewing]) {
    const ctx = testCtx({ actor: who, now: rig.now });
    await expect(acceptFinding(ctx, { findingId, to: "1.75" })).rejects.toMatchObject({ kind: expect.stringMatching(/forbidden|unauth/) });
    await expect(declineFinding(ctx, { findingId, reason: "because" })).rejects.toThrow();
    await expect(snoozeFinding(ctx, { findingId, days: 7 })).rejects.toThrow();
  }
  expect(await rig.config()).toBeUndefined();
  expect(await rig.findings()).toMatchObject([{ status: "open", decidedBy: null }]);
});

test("a setting is changed as the form changes it, the rest stays, and both lines are in the log", async () => {
  const rig = await learningRig();
  await configureJob(rig.ctx, { job: automation, config: { discountPercent: 5 } });
  const findingId = await rig.open(stricter);
  await accept(rig, findingId, stricter);
  expect(await rig.config()).toMatchObject({ lateBy: 1.75, discountPercent: 5 });
  expect(await rig.findings()).toMatchObject([{ status: "accepted", accepted: stricter, acceptedAt: rig.now() }]);
  expect((await linesOf(rig)).sort()).toEqual(["finding.accepted", "job.configured", "job.configured"]);
});

test("a rule is changed as the form changes it", async () => {
  const rig = await learningRig();
  await accept(rig, await rig.open(back), back);
  expect((await rig.policy())?.mode).toBe("shadow");
  const more: Change = { does: "rule", field: "actionsADay", from: 20, to: 30 };
  await accept(rig, await rig.open(more), more);
  expect((await rig.policy())?.actionsADay).toBe(30);
  expect((await linesOf(rig)).sort()).toEqual(["finding.accepted", "finding.accepted", "policy.set", "policy.set"]);
});

test("where the client says that the agency does not decide, only what holds back is accepted", async () => {
  const rig = await learningRig({ staffDecides: false });
  const more: Change = { does: "rule", field: "actionsADay", from: 20, to: 30 };
  for (const change of [stricter, more])
    await expect(accept(rig, await rig.open(change), change)).rejects.toMatchObject({ code: "client_decides" });
  expect([await rig.config(), (await rig.policy())?.actionsADay, await linesOf(rig)]).toEqual([undefined, 20, []]);
  await accept(rig, await rig.open(back), back);
  expect((await rig.findings()).map(({ status }) => status).sort()).toEqual(["accepted", "open", "open"]);
});

test("what was set otherwise meanwhile stays, and the finding stands", async () => {
  const rig = await learningRig();
  await configureJob(rig.ctx, { job: automation, config: { lateBy: 3 } });
  await setPolicy(rig.ctx, { automation, mode: "auto" });
  for (const change of [stricter, back])
    await expect(accept(rig, await rig.open(change), change)).rejects.toMatchObject({ code: "settings_changed" });
  expect([(await rig.config())?.lateBy, (await rig.policy())?.mode]).toEqual([3, "auto"]);
  expect((await rig.findings()).map(({ status }) => status)).toEqual(["open", "open"]);
});

test("what changes between reading and writing is not overwritten", async () => {
  const rig = await learningRig();
  await expect(configureJob(rig.ctx, { job: automation, config: { lateBy: 2 } }, { before: { lateBy: 9 } })).resolves.toBeUndefined();
  const stale = configureJob(rig.ctx, { job: automation, config: { lateBy: 4 } }, { before: { lateBy: 3 } });
  await expect(stale).rejects.toMatchObject({ code: "settings_changed" });
  expect((await rig.config())?.lateBy).toBe(2);
  expect(await linesOf(rig)).toEqual(["job.configured"]);
});

test("an automation that is off, or no more on the shelf, is not turned on by an acceptance; it can be declined", async () => {
  const off = await learningRig({ mode: "off" });
  for (const change of [stricter, back])
    await expect(accept(off, await off.open(change), change)).rejects.toMatchObject({ code: "automation_off" });
  expect((await off.policy())?.mode).toBe("off");
  const gone = await learningRig({ name: "gone-from-the-shelf" });
  const findingId = await gone.open(stricter);
  await expect(accept(gone, findingId, stricter)).rejects.toMatchObject({ code: "automation_not_found" });
  await declineFinding(gone.admin, { findingId, reason: "it is gone" });
  expect(await gone.findings()).toMatchObject([{ status: "declined", note: "it is gone" }]);
});

test("another proposal than the one that was shown, none at all, or nonsense is not accepted", async () => {
  const rig = await learningRig();
  const findingId = await rig.open(stricter);
  await expect(acceptFinding(rig.admin, { findingId, to: "2" })).rejects.toMatchObject({ code: "finding_outdated" });
  await expect(accept(rig, await rig.open(null), { to: "null" })).rejects.toMatchObject({ code: "finding_without_proposal" });
  const unfit: Change = { ...stricter, to: 99 };
  await expect(accept(rig, await rig.open(unfit), unfit)).rejects.toMatchObject({ kind: "invalid" });
  const noField: Change = { does: "setting", field: "nothing", from: 1, to: 2 };
  await expect(accept(rig, await rig.open(noField), noField)).rejects.toMatchObject({ code: "settings_changed" });
  expect(await linesOf(rig)).toEqual([]);
  for (const days of [0, 8, "x", null]) expect(SnoozeFinding.safeParse({ findingId, days }).success).toBe(false);
  for (const reason of ["", "  ", "x".repeat(501)]) expect(DeclineFinding.safeParse({ findingId, reason }).success).toBe(false);
  expect(AcceptFinding.safeParse({ findingId }).success).toBe(false);
  await expect(declineFinding(rig.admin, { findingId, reason: "ask jo@example.com" })).rejects.toMatchObject({ kind: "invalid" });
});

test("of two admins who accept at once one does, and the change is made once", async () => {
  const rig = await learningRig();
  const findingId = await rig.open(stricter);
  const other = await rig.anotherAdmin();
  const answers = await Promise.allSettled([rig.admin, other].map((ctx) => acceptFinding(ctx, { findingId, to: "1.75" })));
  expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const lost = answers.find((each) => each.status === "rejected");
  expect(lost?.reason).toMatchObject({ code: expect.stringMatching(/^(finding_decided|settings_changed)$/) });
  expect((await linesOf(rig)).sort()).toEqual(["finding.accepted", "job.configured"]);
  await expect(acceptFinding(other, { findingId, to: "1.75" })).rejects.toMatchObject({ code: "finding_decided" });
  await expect(declineFinding(other, { findingId, reason: "too late" })).rejects.toMatchObject({ code: "finding_decided" });
});

test("of an admin who declines and one who snoozes at once one does", async () => {
  const rig = await learningRig();
  const findingId = await rig.open(null);
  const other = await rig.anotherAdmin();
  const answers = await Promise.allSettled([
    declineFinding(rig.admin, { findingId, reason: "as it should be" }),
    snoozeFinding(other, { findingId, days: 7 }),
  ]);
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(answers.find((each) => each.status === "rejected")?.reason).toMatchObject({ code: "finding_decided" });
  expect(await linesOf(rig)).toHaveLength(1);
});

test.each([
  ["setting", stricter],
  ["rule", back],
])("a worker that dies right after the change of a %s leaves no finding open: change and decision are one batch", async (_, change) => {
  const rig = await learningRig();
  const findingId = await rig.open(change);
  const isMade = async () => (await rig.config())?.lateBy === 1.75 || (await rig.policy())?.mode === "shadow";
  const dying = { ...rig.admin, databases: { ...rig.admin.databases, DB: killedAfterBatch(testEnv.DB, isMade) } };
  await acceptFinding(dying, { findingId, to: String(change.to) }).catch(() => undefined);
  expect([await isMade(), (await rig.findings())[0]?.status]).toEqual([true, "accepted"]);
  expect((await linesOf(rig)).sort()).toEqual(["finding.accepted", change === back ? "policy.set" : "job.configured"]);
});

test.each([
  ["setting", stricter],
  ["rule", back],
])("a %s is not changed by an acceptance that somebody else's no comes before", async (_, change) => {
  const rig = await learningRig();
  const findingId = await rig.open(change);
  let declined = false;
  const d1 = interruptedD1(testEnv.DB, (call) => {
    if (call.is !== "batch" || declined) return undefined;
    declined = true;
    return rig.ctx.db.update(findings).set({ status: "declined" }).where(inTenant(rig.ctx, findings));
  });
  const late = { ...rig.admin, databases: { ...rig.admin.databases, DB: d1 } };
  await expect(acceptFinding(late, { findingId, to: String(change.to) })).rejects.toMatchObject({ kind: "conflict" });
  expect([declined, (await rig.config())?.lateBy, (await rig.policy())?.mode]).toEqual([true, undefined, "approve"]);
  expect(await linesOf(rig)).toEqual([]);
});

test("what was declined when nobody had decided anything is found again as soon as it is one", async () => {
  const rig = await learningRig();
  await rig.decided(20, rejected);
  await rig.refresh();
  const findingId = (await rig.found("low_agreement"))?.id ?? "";
  rig.advance(40);
  await rig.refresh();
  expect(await rig.found("low_agreement")).toMatchObject({ hits: 0, of: 0 });
  await declineFinding(rig.admin, { findingId, reason: "as it should be" });
  rig.advance(2);
  await rig.decided(20, rejected);
  await rig.refresh();
  expect(await rig.found("low_agreement")).toMatchObject({ status: "open", hits: 0, of: 20 });
});

test("a change that was made and not written down as accepted is accepted at the next try", async () => {
  const rig = await learningRig();
  const findingId = await rig.open(stricter);
  await configureJob(rig.ctx, { job: automation, config: { lateBy: 1.75 } });
  await accept(rig, findingId, stricter);
  expect(await linesOf(rig)).toEqual(["job.configured", "finding.accepted"]);
});

test("snoozed it sleeps with its figures kept up to date, and wakes on its day; it can be accepted before", async () => {
  const rig = await learningRig();
  await rig.decided(10, rejected);
  await rig.refresh();
  const findingId = (await rig.found("rejections"))?.id ?? "";
  await snoozeFinding(rig.admin, { findingId, days: 7 });
  await rig.decided(2, rejected);
  rig.advance(1);
  await rig.refresh();
  expect(await rig.found("rejections")).toMatchObject({ status: "snoozed", hits: 12, until: rig.now() + 6 * dayMs });
  rig.advance(6);
  await rig.refresh();
  expect(await rig.found("rejections")).toMatchObject({ status: "open", until: null });
  await snoozeFinding(rig.admin, { findingId, days: 30 });
  await accept(rig, findingId, stricter);
  expect(await rig.found("rejections")).toMatchObject({ status: "accepted", until: null });
});

test("declined it stays away while it is as it was, also by what was known then, and comes back once it is surely worse", async () => {
  const rig = await learningRig();
  await rig.decided(14);
  await rig.decided(6, rejected);
  await rig.refresh();
  const findingId = (await rig.found("rejections"))?.id ?? "";
  await declineFinding(rig.admin, { findingId, reason: "as it should be" });
  expect(await rig.found("rejections")).toMatchObject({ status: "declined", declinedShare: 0.3 });
  rig.advance(2);
  await rig.decided(14);
  await rig.decided(6, rejected);
  await rig.refresh();
  expect(await rig.found("rejections")).toMatchObject({ status: "declined" });
  await rig.decided(20, rejected);
  rig.advance(1);
  await rig.refresh();
  expect(await rig.found("rejections")).toMatchObject({ status: "open", hits: 26, of: 40, foundAt: rig.now() });
});

test("accepted it is left alone for 28 days, and found anew where it did not help; the page keeps what was accepted", async () => {
  const rig = await learningRig();
  await rig.decided(10, rejected);
  await rig.refresh();
  const findingId = (await rig.found("rejections"))?.id ?? "";
  await accept(rig, findingId, stricter);
  rig.advance(20);
  await rig.decided(10, rejected);
  await rig.refresh();
  expect(await rig.found("rejections")).toMatchObject({ status: "accepted" });
  rig.advance(9);
  await rig.decided(2, rejected);
  await rig.refresh();
  expect(await rig.found("rejections")).toMatchObject({
    ...{ status: "open", hits: 12, accepted: stricter },
    proposal: { field: "lateBy", from: 1.75, to: 2 },
  });
});

test("before and since stand side by side, each with its interval: of what was proposed since alone, and too early of few", async () => {
  const rig = await learningRig();
  await rig.decided(10);
  await rig.decided(10, rejected);
  await rig.refresh();
  const findingId = (await rig.found("rejections"))?.id ?? "";
  await accept(rig, findingId, stricter);
  const effect = async () => (await findFinding(rig.admin, { findingId })).effect;
  expect(await effect()).toMatchObject({ before: { hits: 10, of: 20 }, since: { hits: 0, of: 0, share: null }, early: true });
  rig.advance(3);
  // Proposed before, decided since: it says nothing of the new setting.
  await rig.decided(5, { ...rejected, createdAt: rig.now() - 10 * dayMs });
  await rig.decided(9);
  expect(await effect()).toMatchObject({ since: { hits: 0, of: 9 }, early: true });
  await rig.decided(3, rejected);
  expect(await effect()).toMatchObject({
    ...{ before: { hits: 10, of: 20 }, since: { hits: 3, of: 12, share: { estimate: 0.25 } }, early: false },
  });
});

test("a policy that the client changes in the same instant is not changed by an acceptance", async () => {
  const rig = await learningRig();
  await rig.ctx.db
    .update(policies)
    .set({ mode: "off" })
    .where(inTenant(rig.ctx, policies, eq(policies.automation, automation)));
  await expect(setPolicy(rig.ctx, { automation, mode: "shadow", was: { mode: "approve" } })).rejects.toMatchObject({
    code: "settings_changed",
  });
  expect((await rig.policy())?.mode).toBe("off");
});
