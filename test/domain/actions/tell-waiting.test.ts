import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { notices, policies, tenants } from "#db/schema/index.ts";
import { dayOf, nextTime } from "#server/catalog/days.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { decideByPolicy } from "#server/domain/actions/decide-by-policy.ts";
import { rejectAction } from "#server/domain/actions/reject-action.ts";
import { claimDigests } from "#server/domain/actions/tell-waiting.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeActingRig, proposal } from "./world.ts";

const hour = 3_600_000;
const zone = "Asia/Jerusalem";

/** A client in Jerusalem, whose cron ticks when it is told to. */
async function makeDigestRig(policy: Parameters<typeof makeActingRig>[0] = {}) {
  const rig = await makeActingRig(policy);
  await rig.rig.ctx.directory.update(tenants).set({ timezone: zone }).where(eq(tenants.id, rig.tenant.id));
  rig.ctx.tenant.timezone = zone;
  const { clock, ctx } = rig.rig;
  const owner = await rig.person("owner");
  const morning = () => nextTime("07:30", zone, clock.now());
  return {
    ...rig,
    owner,
    now: () => clock.now(),
    morning,
    /** Lets the clock come there, and the cron tick once. */
    async tickAt(instant: number) {
      rig.advance(instant - clock.now());
      await claimDigests(ctx);
      await rig.work();
      return ctx.traces.mails.splice(0).filter((mail) => mail.type === "mail.approvals" && mail.tenant === rig.tenant.id);
    },
    /** What anybody was told: whom, and which event. */
    async told() {
      const rows = await rig.ctx.db.select().from(notices).where(inTenant(rig.ctx, notices));
      return rows.map(({ userId, subject, event, resolvedAt }) => ({ userId, subject, event, open: resolvedAt === null }));
    },
    async planned() {
      const [policy] = await rig.ctx.db.select().from(policies).where(inTenant(rig.ctx, policies));
      return policy?.digestAt;
    },
  };
}

const idOf = ({ actor }: TenantCtx) => (actor.type === "user" ? actor.userId : "");

async function reject(rig: Awaited<ReturnType<typeof makeDigestRig>>, dedupe: string): Promise<void> {
  const action = (await rig.actions())[dedupe];
  await rejectAction(rig.owner, { actionId: action?.id ?? "", hash: action?.hash ?? "", reason: "" });
}

test("what is proposed is told at half past seven of the client's next morning, once, to those who may decide", async () => {
  const rig = await makeDigestRig();
  const member = await rig.person("member");
  await rig.person("viewer");
  await rig.propose(proposal("a"));
  await rig.work();
  const morning = rig.morning();
  expect(await rig.tickAt(morning - 1)).toEqual([]);
  expect(await rig.told()).toEqual([]);
  const day = dayOf(morning, zone);
  expect(await rig.tickAt(morning)).toEqual([
    { v: 1, type: "mail.approvals", tenant: rig.tenant.id, day, news: "waiting", automation: null },
  ]);
  expect(await rig.tickAt(morning + hour)).toEqual([]);
  const open = { subject: "", event: day, open: true };
  expect((await rig.told()).sort((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual(
    [idOf(rig.owner), idOf(member)].sort().map((userId) => ({ userId, ...open })),
  );
});

test("what waits since yesterday is told again each morning, without anything new being proposed, until it is decided", async () => {
  const rig = await makeDigestRig();
  await rig.propose(proposal("a"));
  await rig.work();
  expect(await rig.tickAt(rig.morning())).toHaveLength(1);
  expect(await rig.tickAt(rig.morning())).toHaveLength(1);
  await reject(rig, "a");
  expect(await rig.tickAt(rig.morning())).toEqual([]);
  expect((await rig.told()).filter(({ open }) => open)).toEqual([]);
  expect(await rig.planned()).toBeNull();
  await rig.propose(proposal("b"));
  await rig.work();
  expect(await rig.tickAt(rig.morning())).toHaveLength(1);
});

test("what is decided, or over, before the morning is not told", async () => {
  const rig = await makeDigestRig();
  await rig.propose(proposal("a"), proposal("b", { subject: "customer:8", customerId: "8", expiresAt: rig.now() + 2 * hour }));
  await rig.work();
  await reject(rig, "a");
  rig.advance(3 * hour);
  expect(await rig.tickAt(rig.morning())).toEqual([]);
  expect(await rig.told()).toEqual([]);
});

test("a message that is lost is sent again in an hour, and one that comes twice tells nobody twice", async () => {
  const rig = await makeDigestRig();
  await rig.propose(proposal("a"));
  await rig.work();
  const morning = rig.morning();
  rig.advance(morning - rig.now());
  await claimDigests(rig.rig.ctx);
  const lost = rig.rig.ctx.traces.actions.splice(0).filter(({ tenant, type }) => tenant === rig.tenant.id && type === "action.digest");
  expect(lost).toEqual([{ v: 1, type: "action.digest", tenant: rig.tenant.id }]);
  expect(await rig.tickAt(morning + hour - 1)).toEqual([]);
  expect(await rig.tickAt(morning + hour)).toHaveLength(1);
  rig.rig.ctx.traces.actions.push(...lost);
  expect(await rig.tickAt(morning + hour + 1)).toEqual([]);
  expect(await rig.planned()).toBe(rig.morning());
});

test("where the day's budget is spent people are told at once, and of the rest in the morning", async () => {
  const rig = await makeDigestRig({ mode: "auto", actionsADay: 1 });
  await rig.propose(proposal("a"), proposal("b", { subject: "customer:8", customerId: "8" }));
  await rig.work();
  const day = dayOf(rig.now(), zone);
  expect(rig.rig.ctx.traces.mails.splice(0)).toMatchObject([{ type: "mail.approvals", day, news: "full", automation: rig.automation }]);
  expect(await rig.told()).toEqual([{ userId: idOf(rig.owner), subject: rig.automation, event: `${day} full`, open: true }]);
  expect(await rig.tickAt(rig.morning())).toMatchObject([{ news: "waiting" }]);
});

test("where the worker died before people were told that the day's budget is spent they are told when its message comes again, once", async () => {
  const rig = await makeDigestRig({ mode: "auto", actionsADay: 1 });
  await rig.propose(proposal("a"), proposal("b", { subject: "customer:8", customerId: "8" }));
  const { mail } = rig.rig.ctx.send;
  rig.rig.ctx.send.mail = () => Promise.reject(new Error("killed"));
  await expect(rig.work()).rejects.toThrow("killed");
  // As if it had died before the notice was written, too.
  await rig.ctx.db.delete(notices).where(inTenant(rig.ctx, notices));
  rig.rig.ctx.send.mail = mail;
  const decides = { v: 1, type: "action.decide", tenant: rig.tenant.id, automation: rig.automation } as const;
  for (const _ of [1, 2]) await decideByPolicy(rig.rig.ctx, decides);
  expect(rig.rig.ctx.traces.mails.splice(0)).toMatchObject([{ type: "mail.approvals", news: "full" }]);
  // What was kept back yesterday says nothing of today.
  rig.advance(rig.morning() + 24 * hour - rig.now());
  await rig.propose(proposal("c", { subject: "customer:9", customerId: "9" }));
  await rig.work();
  expect(rig.rig.ctx.traces.mails.splice(0).filter((each) => each.type === "mail.approvals" && each.news === "full")).toEqual([]);
});

test("nobody is told of what is proposed in shadow, or of what is done without them", async () => {
  for (const mode of ["shadow", "auto"] as const) {
    const rig = await makeDigestRig({ mode });
    await rig.propose(proposal("a"));
    await rig.work();
    expect(await rig.tickAt(rig.morning())).toEqual([]);
    expect(await rig.told()).toEqual([]);
  }
});
