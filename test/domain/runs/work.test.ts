import { count, eq } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { auditLog, connections, measurements, orders, privacyRequests, refunds, runs, schedules } from "#db/schema/index.ts";
import type { Account } from "#server/catalog/account.ts";
import { accountOf } from "#server/domain/connections/account-of.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { afterFailure } from "#server/domain/runs/after-failure.ts";
import { claimRuns } from "#server/domain/runs/claim-runs.ts";
import type { Engine } from "#server/domain/runs/engine.ts";
import { listDeadLetters } from "#server/domain/runs/list-dead-letters.ts";
import { replayDeadLetter } from "#server/domain/runs/replay-dead-letter.ts";
import { sweep } from "#server/domain/runs/sweep.ts";
import { workBatch } from "#server/domain/runs/work-batch.ts";
import { workDead } from "#server/domain/runs/work-dead.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { sweepTurns } from "#server/domain/turns/sweep-turns.ts";
import { ProviderError } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { makeUser, testEnv } from "#test/harness.ts";
import { clearRuns, connectShop, database, delivery, makeRig } from "./rig.ts";
import { type TestReading, type TestStep, testSensor } from "./sensors.ts";

beforeEach(clearRuns);

/** A promise that waits until it is opened. */
function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}
/** A step that never ends, as in a worker that died. */
const forever = () => new Promise<never>(() => undefined);
const one: TestStep = { measurements: [{ metric: "orders", day: "2026-03-01", value: 7 }], cursor: { page: 1 }, done: true };

test("a tick makes a run, its message runs it, and its numbers, log, cursor and outcome are written", async () => {
  const rig = makeRig({
    jobs: [
      testSensor("free", async (reading) => {
        reading.log("info", "counted", { orders: 7 });
        return one;
      }),
    ],
  });
  const tenant = await rig.tenant();
  expect(await rig.tick()).toBe(1);
  const [message] = await rig.work();
  expect(message?.done).toEqual(["ack"]);
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded", attempt: 1, step: 1, errorKind: null, lease: null }]);
  expect(await tenant.measurements()).toMatchObject([{ job: "free", metric: "orders", day: "2026-03-01", dimension: "", value: 7 }]);
  expect((await tenant.logs()).map(({ message, fields }) => [message, fields])).toEqual([
    ["free.counted", { orders: 7 }],
    ["Done.", null],
  ]);
  expect(await tenant.schedule("free")).toMatchObject({ cursor: { page: 1 }, lastSuccessAt: rig.clock.now() });
});

test("two workers with the same message: one effect", async () => {
  let calls = 0;
  const rig = makeRig({
    jobs: [
      testSensor("free", async () => {
        calls++;
        return one;
      }),
    ],
  });
  const tenant = await rig.tenant();
  await rig.tick();
  const messages = [...rig.ctx.traces.runs, ...rig.ctx.traces.runs];
  const deliveries = messages.map(delivery);
  await Promise.all(deliveries.map((each) => workBatch(rig.ctx, rig.engine, [each])));
  await workBatch(rig.ctx, rig.engine, messages.map(delivery));
  expect(calls).toBe(1);
  expect(deliveries.map(({ done }) => done)).toEqual([["ack"], ["ack"]]);
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded", attempt: 1 }]);
});

test("a failing provider is tried again when it asked to be, and not before", async () => {
  const rig = makeRig({
    jobs: [testSensor("free", () => Promise.reject(new ProviderError("shopify", "rate_limited", "Slow down.", { retryAfterS: 90 })))],
  });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  const [run] = await tenant.runs();
  expect(run).toMatchObject({ status: "queued", attempt: 1, errorKind: "rate_limited", errorMessage: "Slow down." });
  expect(run?.availableAt).toBeGreaterThanOrEqual(rig.clock.now() + 90_000);
  expect(run?.availableAt).toBeLessThan(rig.clock.now() + 101_000);
  expect(rig.ctx.traces.runs).toMatchObject([{ tenant: tenant.id }]);
  rig.clock.advance(60_000);
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "queued", attempt: 1 }]);
});

test("Retry-After has a ceiling, and an outage backs off longer each time, never beyond a quarter of an hour", () => {
  const verdict = (kind: "rate_limited" | "unavailable", attempt: number, retryAfterS?: number) =>
    afterFailure({ kind, retryAfterS }, { attempt, now: 0, random: () => 1 });
  expect(verdict("rate_limited", 1, 86_400)).toEqual({ status: "queued", availableAt: 3_610_000 });
  expect([1, 2, 3, 4, 5].map((attempt) => verdict("unavailable", attempt))).toEqual(
    [10, 20, 40, 80, 160].map((seconds) => ({ status: "queued", availableAt: seconds * 1000 })),
  );
  expect(verdict("unavailable", 6)).toEqual({ status: "dead" });
});

test.each(["revoked", "missing_scopes", "misconfigured", "rejected"] as const)("%s is not tried again", async (kind) => {
  const rig = makeRig({ jobs: [testSensor("free", () => Promise.reject(new ProviderError("shopify", kind, "No.")))] });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "failed", errorKind: kind, errorMessage: "No.", lease: null }]);
  expect(rig.ctx.traces.runs).toEqual([]);
});

test("a defect of ours goes out as one plain sentence, with its cause in our own log", async () => {
  const rig = makeRig({ jobs: [testSensor("free", () => Promise.reject(new TypeError("x is not a function")))] });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "queued", errorKind: "defect", errorMessage: "Something went wrong on our side." }]);
  expect(JSON.stringify(await tenant.logs())).not.toContain("not a function");
  expect(rig.ctx.traces.lines.join()).toContain("x is not a function");
});

test("a run is dead after six tries, is a dead letter, and a replay gives it all its tries again, once", async () => {
  let broken = true;
  const rig = makeRig({
    jobs: [
      testSensor("free", async () => {
        if (broken) throw new ProviderError("shopify", "unavailable", "Away.");
        return one;
      }),
    ],
  });
  const tenant = await rig.tenant();
  await rig.tick();
  for (let attempt = 1; attempt <= 6; attempt++) {
    await rig.work();
    expect(await tenant.runs()).toMatchObject([{ attempt, status: attempt < 6 ? "queued" : "dead" }]);
    rig.clock.advance(15 * 60_000);
  }
  expect(rig.ctx.traces.runs).toEqual([]);
  expect(rig.ctx.traces.dead).toHaveLength(1);

  const dead = [...rig.ctx.traces.dead, ...rig.ctx.traces.dead].map(delivery);
  await workDead(rig.ctx, dead);
  expect(dead.map(({ done }) => done)).toEqual([["ack"], ["ack"]]);
  const { items } = await listDeadLetters(rig.ctx, { limit: 10, open: true });
  expect(items).toMatchObject([{ queue: "atrium-runs", ofTenant: tenant.id, replayedAt: null }]);

  const { actor } = await makeUser({ staff: true });
  const staff = { ...rig.ctx, actor };
  const letterId = items[0]?.id ?? "";
  broken = false;
  const answers = await Promise.all([replayDeadLetter(staff, { letterId }), replayDeadLetter(staff, { letterId })]);
  expect(answers.filter(({ replayed }) => replayed)).toHaveLength(1);
  expect(rig.ctx.traces.runs).toHaveLength(1);
  const replayedAt = rig.clock.now();
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded", attempt: 1, errorKind: null }]);
  // It lasted from when it began again; and one line says so, in its client's log.
  expect((await tenant.runs())[0]?.startedAt).toBeGreaterThanOrEqual(replayedAt);
  const said = (await rig.ctx.directory.select().from(auditLog)).filter(({ details }) => details.letter === letterId);
  expect(said.map(({ action, tenantId }) => [action, tenantId])).toEqual([["run.replayed", tenant.id]]);
  expect(await replayDeadLetter(staff, { letterId })).toEqual({ replayed: false });
  expect((await listDeadLetters(rig.ctx, { limit: 10, open: false })).items).toMatchObject([{ replayedBy: actor.userId }]);
});

test("a word that a run is dead is asked after again while it runs, and dropped when it lives", async () => {
  const rig = makeRig({ jobs: [testSensor("free")] });
  const tenant = await rig.tenant();
  await rig.tick();
  const [run] = await tenant.runs();
  const word = { v: 1, type: "run.dead", tenant: tenant.id, run: run?.id };
  await tenant.ctx.db.update(runs).set({ status: "running" }).where(inTenant(tenant.ctx, runs));
  const early = delivery(word);
  await workDead(rig.ctx, [early]);
  expect(early.done).toEqual(["retry 30"]);
  await tenant.ctx.db.update(runs).set({ status: "succeeded" }).where(inTenant(tenant.ctx, runs));
  const late = delivery(word);
  await workDead(rig.ctx, [late]);
  expect(late.done).toEqual(["ack"]);
  expect((await listDeadLetters(rig.ctx, { limit: 10, open: false })).items).toEqual([]);
});

test("a message that nobody can read is a dead letter without its content, and holds no other back", async () => {
  const rig = makeRig({ jobs: [testSensor("free", async () => one)] });
  const tenant = await rig.tenant();
  await rig.tick();
  const bad = [{ v: 1, type: "run", tenant: "x", run: "y", token: "shpat_secret" }, "free text", null, { v: 2 }].map(delivery);
  const good = rig.ctx.traces.runs.map(delivery);
  await workBatch(rig.ctx, rig.engine, [...bad, ...good]);
  expect([...bad, ...good].map(({ done }) => done)).toEqual(Array(5).fill(["ack"]));
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded" }]);
  const { items } = await listDeadLetters(rig.ctx, { limit: 10, open: true });
  expect(items.map(({ message }) => message)).toEqual(Array(4).fill({ type: "unreadable" }));
});

test("what one step found that D1 refuses fails that run alone; the others of its batch are written", async () => {
  const rig = makeRig({
    jobs: [
      testSensor("good", async () => one),
      testSensor("nan", async () => ({
        measurements: [{ metric: "orders", day: "2026-03-01", value: Number.NaN }],
        cursor: { page: 9 },
        done: true,
      })),
    ],
  });
  const tenants = await Promise.all([rig.tenant(), rig.tenant(), rig.tenant()]);
  await rig.tick();
  await rig.work();
  for (const tenant of tenants) {
    const rows = await tenant.runs();
    expect(rows.find(({ job }) => job === "good")).toMatchObject({ status: "succeeded" });
    expect(rows.find(({ job }) => job === "nan")).toMatchObject({ status: "queued", errorKind: "defect", step: 0 });
    expect(await tenant.measurements()).toHaveLength(1);
    expect((await tenant.schedule("nan"))?.cursor).toBeNull();
  }
});

test("a worker that lost its lease in the middle of a step writes nothing and goes no further", async () => {
  const { passed: released, open: release } = gate();
  let calls = 0;
  const rig = makeRig({
    jobs: [
      testSensor("free", async (reading) => {
        calls++;
        if (calls > 1) return { ...one, cursor: { page: 2 } };
        await released;
        reading.log("info", "too late");
        return { measurements: [{ metric: "orders", day: "2026-03-01", value: 666 }], cursor: { page: 666 }, done: false };
      }),
    ],
  });
  const tenant = await rig.tenant();
  await rig.tick();
  const messages = [...rig.ctx.traces.runs];
  const slow = rig.work();
  await expect.poll(() => calls).toBe(1);
  rig.clock.advance(61_000);
  await workBatch(rig.ctx, rig.engine, messages.map(delivery));
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded", attempt: 2 }]);
  release();
  expect((await slow).map(({ done }) => done)).toEqual([["ack"]]);
  expect(calls).toBe(2);
  expect(rig.ctx.traces.runs).toEqual([]);
  expect((await tenant.measurements()).map(({ value }) => value)).toEqual([7]);
  expect((await tenant.schedule("free"))?.cursor).toEqual({ page: 2 });
  expect((await tenant.logs()).map(({ message }) => message)).toEqual(["Done."]);
});

test("a tenant whose jobs all hang delays nobody else in its batch, and each of its runs ends at its own deadline", async () => {
  const ends: string[] = [];
  const hang = (id: string) => testSensor(id, () => forever());
  const quick = testSensor("quick", async () => one);
  const slowRig = makeRig({ jobs: ["a", "b", "c"].map(hang), limits: { deadlineMs: 300, startWithinMs: -1 } });
  const slow = await slowRig.tenant();
  const rig = makeRig({ jobs: ["a", "b", "c"].map(hang).concat(quick), limits: { deadlineMs: 300 } });
  const fast = await rig.tenant({ features: { a: false, b: false, c: false } });
  await rig.tick();
  const deliveries = rig.ctx.traces.runs.splice(0).map((message) => {
    const own = delivery(message);
    return { ...own, done: own.done, ack: () => void ends.push(message.tenant) };
  });
  await workBatch(rig.ctx, rig.engine, deliveries);
  expect(ends).toEqual([fast.id, slow.id]);
  expect(await fast.runs()).toMatchObject([{ status: "succeeded" }]);
  expect((await slow.runs()).map(({ status, errorKind }) => [status, errorKind])).toEqual(Array(3).fill(["queued", "deadline"]));
});

test("runs of one tenant that do not get their turn in time are given back, and that is no try", async () => {
  const rig = makeRig({ jobs: [testSensor("free", async () => one)], limits: { startWithinMs: -1 } });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "queued", attempt: 0, startedAt: rig.clock.now() }]);
  expect(rig.ctx.traces.runs).toHaveLength(1);
});

test("a long job commits each step with its cursor and goes on in a next message, after a crash from the last commit", async () => {
  const seen: (number | null)[] = [];
  let crash = true;
  const rig = makeRig({
    limits: { budgetMs: 1000 },
    jobs: [
      testSensor("long", async ({ cursor }) => {
        const page = (cursor?.page ?? 0) + 1;
        seen.push(cursor?.page ?? null);
        rig.clock.advance(600);
        if (page === 4 && crash) {
          crash = false;
          await forever();
        }
        return { measurements: [{ metric: "orders", day: `2026-03-0${page}`, value: page }], cursor: { page }, done: page === 5 };
      }),
    ],
  });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "queued", step: 2, attempt: 0 }]);
  expect(await tenant.schedule("long")).toMatchObject({ cursor: { page: 2 }, lastSuccessAt: null });
  // The worker dies in its fourth step: its promise never ends.
  void rig.work();
  await expect.poll(() => seen.length).toBe(4);
  expect(await tenant.runs()).toMatchObject([{ status: "running", step: 3, attempt: 1 }]);
  rig.clock.advance(61_000);
  expect(await sweep(rig.ctx)).toEqual({ requeued: 1, died: 0 });
  await sweepTurns(rig.ctx);
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded", step: 5, errorKind: null }]);
  expect(seen).toEqual([null, 1, 2, 3, 3, 4]);
  expect((await tenant.measurements()).map(({ value }) => value).sort()).toEqual([1, 2, 3, 4, 5]);
});

test("a message that was lost is sent again by the sweep, once, and not before its time", async () => {
  const rig = makeRig({ jobs: [testSensor("free", async () => one)] });
  const tenant = await rig.tenant();
  await rig.tick();
  rig.ctx.traces.runs.length = 0;
  rig.clock.advance(59_000);
  expect(await sweepTurns(rig.ctx)).toBe(0);
  rig.clock.advance(2_000);
  expect(await sweepTurns(rig.ctx)).toBe(1);
  expect(await sweepTurns(rig.ctx)).toBe(0);
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "succeeded", attempt: 1 }]);
});

test("a run whose worker dies at every try is dead in the end", async () => {
  const rig = makeRig({ jobs: [testSensor("fatal", () => forever())] });
  const tenant = await rig.tenant();
  await rig.tick();
  for (let attempt = 1; attempt <= 6; attempt++) {
    void rig.work();
    await expect.poll(async () => (await tenant.runs())[0]).toMatchObject({ status: "running", attempt });
    rig.clock.advance(61_000);
    await sweep(rig.ctx);
    await sweepTurns(rig.ctx);
  }
  expect(await tenant.runs()).toMatchObject([{ status: "dead", errorKind: "lost", attempt: 6 }]);
  expect(rig.ctx.traces.dead).toHaveLength(1);
});

test("a call that failed and was passed over in silence fails the step, unless the step says that it can do without", async () => {
  const account = { provider: "shopify" } as Account;
  const openAccount = () => ({ ...account, json: () => Promise.reject(new ProviderError("shopify", "rejected", "No such field.")) });
  const needs = [{ provider: "shopify", scopes: [] }];
  const swallow = async (reading: TestReading) => {
    await reading
      .account("shopify")
      .json({ path: "/" }, z.unknown())
      .catch(() => null);
    return one;
  };
  const rig = makeRig({
    openAccount,
    jobs: [
      testSensor("silent", swallow, { needs }),
      testSensor("outspoken", async (reading) => ({ ...(await swallow(reading)), despite: ["rejected"] }), { needs }),
    ],
  });
  const tenant = await rig.tenant();
  await connectShop(tenant.ctx, rig.engine);
  await rig.tick();
  await rig.work();
  const rows = await tenant.runs();
  expect(rows.find(({ job }) => job === "silent")).toMatchObject({ status: "failed", errorKind: "rejected" });
  expect(rows.find(({ job }) => job === "outspoken")).toMatchObject({ status: "succeeded" });
});

test("a step whose last call was held back makes its calls anew when there is enough for all, and that is a try; without any before, none", async () => {
  const account = { provider: "shopify" } as Account;
  const spent = new ProviderError("shopify", "rate_limited", "spent", { retryAfterS: 30, unsent: true });
  let left = 0;
  const openAccount = () => ({ ...account, json: () => (left-- > 0 ? Promise.resolve({}) : Promise.reject(spent)) }) as Account;
  const twice = async (reading: TestReading) => {
    for (let call = 0; call < 2; call++) await reading.account("shopify").json({ path: "/" }, z.unknown());
    return one;
  };
  const rig = makeRig({ openAccount, jobs: [testSensor("twice", twice, { needs: [{ provider: "shopify", scopes: [] }] })] });
  const tenant = await rig.tenant();
  await connectShop(tenant.ctx, rig.engine);
  await rig.tick();
  const untilAgain = async () => {
    await rig.work();
    const [run] = await tenant.runs();
    return [run?.status, run?.attempt, Math.round(((run?.availableAt ?? 0) - rig.clock.now()) / 1000)];
  };
  expect(await untilAgain()).toEqual(["queued", 0, 34]);
  rig.clock.advance(35_000);
  left = 1;
  expect(await untilAgain()).toEqual(["queued", 1, 63]);
  rig.clock.advance(64_000);
  left = 2;
  expect((await untilAgain()).slice(0, 2)).toEqual(["succeeded", 2]);
});

test("a job is handed the accounts that it declares, with their secrets and keys, and no others", async () => {
  const held: HeldConnection[] = [];
  const handed: [string, string][] = [];
  const openAccount: Engine["openAccount"] = (ctx, own) => {
    handed.push([ctx.tenant.id, own.connection.tenantId]);
    held.push(own);
    return { provider: own.connection.provider } as Account;
  };
  const needs = [{ provider: "shopify", scopes: [] }];
  const rig = makeRig({
    openAccount,
    jobs: [
      testSensor(
        "nosy",
        async (reading) => {
          reading.account("shopify");
          reading.account("klaviyo");
          return one;
        },
        { needs },
      ),
    ],
  });
  const [tenant, other] = [await rig.tenant(), await rig.tenant()];
  for (const { ctx } of [tenant, other]) await connectShop(ctx, rig.engine);
  await rig.tick();
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "queued", errorKind: "defect" }]);
  expect(rig.ctx.traces.lines.join()).toContain("does not declare that it needs klaviyo");
  expect(handed.sort()).toEqual([tenant.id, other.id].sort().map((id) => [id, id]));
  const own = held.find(({ connection }) => connection.tenantId === tenant.id);
  expect(own?.secrets.map(({ tenantId, field }) => [tenantId, field])).toEqual([[tenant.id, "access_token"]]);
  expect(own?.dataKeys.map(({ tenantId }) => tenantId)).toEqual([tenant.id]);
});

test("an account that was taken away after the run was made fails it with the reason", async () => {
  const rig = makeRig({ jobs: [testSensor("shop", async () => one, { needs: [{ provider: "shopify", scopes: [] }] })] });
  const tenant = await rig.tenant();
  await connectShop(tenant.ctx, rig.engine);
  await rig.tick();
  await tenant.ctx.db.update(connections).set({ status: "reconnect_needed" }).where(inTenant(tenant.ctx, connections));
  await rig.work();
  expect(await tenant.runs()).toMatchObject([{ status: "failed", errorKind: "revoked" }]);
});

test("orders and refunds are written under the connection they came from, and an older reading never wins", async () => {
  const order = {
    externalId: "o1",
    customerId: null,
    placedAt: 1,
    day: "2026-03-01",
    grossMinor: 500,
    currency: "GBP",
    updatedAt: 10,
  };
  const refund = { externalId: "r1", orderExternalId: "o1", refundedAt: 2, day: "2026-03-02", amountMinor: 100, currency: "GBP" };
  const found = [
    { orders: [order], refunds: [refund], cursor: { page: 1 }, done: false },
    { orders: [{ ...order, grossMinor: 700, updatedAt: 11 }], refunds: [refund], cursor: { page: 2 }, done: false },
    { orders: [{ ...order, grossMinor: 1, updatedAt: 9 }], cursor: { page: 3 }, done: true },
  ];
  const rig = makeRig({
    jobs: [testSensor("shop", async ({ cursor }) => found[cursor?.page ?? 0] ?? one, { needs: [{ provider: "shopify", scopes: [] }] })],
  });
  const tenant = await rig.tenant();
  const connection = await connectShop(tenant.ctx, rig.engine);
  await rig.tick();
  await rig.work();
  expect(await tenant.ctx.db.select().from(orders).where(inTenant(tenant.ctx, orders))).toEqual([
    { ...order, grossMinor: 700, updatedAt: 11, cancelledAt: null, tenantId: tenant.id, connectionId: connection },
  ]);
  expect(await tenant.ctx.db.select().from(refunds).where(inTenant(tenant.ctx, refunds))).toHaveLength(1);
  // It called nobody: that says nothing of the shop's connection.
  expect(await tenant.ctx.db.select().from(connections).where(inTenant(tenant.ctx, connections))).toMatchObject([{ lastSuccessAt: null }]);
});

test("a customer who was forgotten does not come back with a page of orders that is read later, but with a later order", async () => {
  const order = { placedAt: 1, day: "2026-03-01", grossMinor: 500, currency: "GBP", customerId: "7" };
  const found = [
    { ...order, externalId: "o1", updatedAt: 10 },
    { ...order, externalId: "o2", updatedAt: 30 },
    { ...order, externalId: "o3", updatedAt: 10, customerId: "8" },
  ];
  const step = async () => ({ orders: found, cursor: { page: 1 }, done: true });
  const rig = makeRig({ jobs: [testSensor("shop", step, { needs: [{ provider: "shopify", scopes: [] }] })] });
  const tenant = await rig.tenant();
  const connectionId = await connectShop(tenant.ctx, rig.engine);
  const request = { id: newId("prv", 20), tenantId: tenant.id, connectionId, provider: "shopify", deliveryId: newId("whk", 20) };
  await tenant.ctx.db.insert(privacyRequests).values({ ...request, kind: "redact_customer", subject: "7", receivedAt: 20 });
  await rig.tick();
  await rig.work();
  const kept = await tenant.ctx.db.select().from(orders).where(inTenant(tenant.ctx, orders)).orderBy(orders.externalId);
  expect(kept.map(({ externalId, customerId }) => [externalId, customerId])).toEqual([
    ["o1", null],
    ["o2", "7"],
    ["o3", "8"],
  ]);
});

test("secrets are taken out of a run's log, whenever they were opened, and lines are bounded in size and number", async () => {
  const secret = "shpat_0123456789abcdef";
  const rig = makeRig({
    jobs: [
      testSensor("chatty", async (reading) => {
        reading.log("warn", `early ${secret}`, { nested: { url: `https://x?t=${secret}` }, access_token: "abc", big: "x".repeat(5000) });
        const circular: Record<string, unknown> = {};
        circular.self = circular;
        reading.log("info", "y".repeat(5000), circular);
        for (let line = 0; line < 300; line++) reading.log("debug", `line ${line}`);
        rig.ctx.log.conceal(secret);
        throw new ProviderError("shopify", "rejected", `refused ${secret}`);
      }),
    ],
  });
  const tenant = await rig.tenant();
  await rig.tick();
  await rig.work();
  const lines = await tenant.logs();
  const all = JSON.stringify([lines, await tenant.runs(), rig.ctx.traces.lines]);
  expect(all).not.toContain(secret);
  expect(all).not.toContain("shpat_");
  expect(lines[0]).toMatchObject({ level: "warn", message: "chatty.early [redacted]" });
  expect(Math.max(...lines.map(({ message, fields }) => message.length + JSON.stringify(fields).length))).toBeLessThan(3000);
  expect(lines).toHaveLength(202);
  expect(
    lines
      .slice(-2)
      .map(({ message }) => message)
      .sort(),
  ).toEqual(["102 more lines not shown.", "refused [redacted]"]);
});

test("a hundred runs cost a handful of round trips to D1, and their claim reads their own rows only", async () => {
  const rig = makeRig({ jobs: [testSensor("free", async () => one)] });
  await Promise.all(Array.from({ length: 100 }, () => rig.tenant()));
  await rig.tick();
  const batches = vi.spyOn(testEnv.DB, "batch");
  await rig.work();
  const results = (await Promise.all(batches.mock.results.map(({ value }) => value as Promise<D1Result[]>))).flat();
  const roundTrips = batches.mock.calls.length;
  batches.mockRestore();
  expect(roundTrips).toBeLessThan(10);
  // Ten of them are what the run costs its client: four kinds, added in the same batch.
  expect(results.reduce((sum, { meta }) => sum + meta.rows_read, 0)).toBeLessThan(100 * 34);
  const done = await database.select({ status: runs.status, count: count() }).from(runs).groupBy(runs.status);
  expect(done).toEqual([{ status: "succeeded", count: 100 }]);
});

test("claiming reads the runs of the clients whose turn it is, and the sweep those whose worker is lost, not the many others", async () => {
  const rig = makeRig({ jobs: [testSensor("free")] });
  const now = rig.clock.now();
  const fill = (status: string, count: number, availableAt: number) =>
    testEnv.DB.prepare(
      `insert into runs (id, tenant_id, job, slot, "trigger", status, available_at, created_at)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1)
       select 'run_' || ?2 || i, ?2 || i, 'free', 0, 'schedule', ?2, ?3, 0 from n`,
    )
      .bind(count, status, availableAt)
      .run();
  await fill("succeeded", 3_000, 0);
  await fill("queued", 3_000, now);
  const prepare = vi.spyOn(testEnv.DB, "prepare");
  expect(await claimRuns(database, { tenantIds: ["queued1", "queued2"], share: 5, lease: "mine", now })).toHaveLength(2);
  rig.clock.advance(61_000);
  await sweep(rig.ctx);
  const asked = prepare.mock.calls.map(([query]) => query).filter((query) => /runs/.test(query));
  prepare.mockRestore();
  for (const query of asked) {
    const plan = await testEnv.DB.prepare(`explain query plan ${query}`)
      .bind(...Array.from(query.matchAll(/\?/g), () => "[]"))
      .all<{ detail: string }>();
    expect(plan.results.map(({ detail }) => detail).join("; ")).not.toMatch(/SCAN runs/);
  }
  expect(asked).toHaveLength(5);
  expect(rig.ctx.traces.runs.map(({ tenant }) => tenant).sort()).toEqual(["queued1", "queued2"]);
});

test("what a step measures of a metric on a day takes the place of what stood there; what it says nothing of stays", async () => {
  const measured = [
    [
      { metric: "sales", day: "2026-03-01", currency: "EUR", value: 5 },
      { metric: "sales", day: "2026-03-02", currency: "EUR", value: 6 },
      { metric: "parts", day: "2026-03-01", dimension: "a", value: 1 },
      { metric: "parts", day: "2026-03-01", dimension: "b", value: 2 },
      { metric: "rate", day: "2026-03-01", value: 0.5 },
      { metric: "other", day: "2026-03-01", value: 9 },
    ],
    [
      { metric: "sales", day: "2026-03-01", currency: "GBP", value: 7 },
      { metric: "parts", day: "2026-03-01", dimension: "b", value: 3 },
      { metric: "rate", day: "2026-03-01", value: null },
    ],
  ];
  const rig = makeRig({ jobs: [testSensor("free", async () => ({ measurements: measured.shift() ?? [], cursor: null, done: true }))] });
  const [tenant, stranger] = [await rig.tenant(), await rig.tenant()];
  await database
    .insert(measurements)
    .values({ tenantId: stranger.id, job: "free", metric: "sales", day: "2026-03-01", currency: "EUR", value: 1, measuredAt: 0 });
  await database.update(schedules).set({ enabled: false }).where(eq(schedules.tenantId, stranger.id));
  for (let run = 0; run < 2; run++) {
    await rig.tick();
    await rig.work();
    rig.clock.advance(3_600_000);
  }
  const rows = (await tenant.measurements()).map(({ metric, day, dimension, currency, value }) =>
    [metric, day, dimension, currency, value].join(" "),
  );
  expect(rows.sort()).toEqual(["other 2026-03-01   9", "parts 2026-03-01 b  3", "sales 2026-03-01  GBP 7", "sales 2026-03-02  EUR 6"]);
  expect(await stranger.measurements()).toHaveLength(1);
});

test("a job sees what its account's provider granted, and the history of its own shop alone", async () => {
  const seen: unknown[] = [];
  const job = testSensor(
    "shop",
    async ({ account, shop }) => {
      seen.push({ scopes: account("shopify").scopes, orders: (await shop.summary()).orders });
      return { cursor: null, done: true };
    },
    { needs: [{ provider: "shopify", scopes: [] }] },
  );
  const rig = makeRig({
    jobs: [job],
    openAccount: (_ctx, { connection }) =>
      accountOf({ ...connection, connectionId: connection.id, scopesGranted: ["read_orders"] }, forever),
  });
  const { ctx } = await rig.tenant();
  const shop = await connectShop(ctx, rig.engine);
  for (const connectionId of [shop, "con-earlier"]) {
    const order = { externalId: "1", placedAt: 1, day: "2026-03-01", grossMinor: 100, currency: "GBP", updatedAt: 1 };
    await ctx.db.insert(orders).values({ tenantId: ctx.tenant.id, connectionId, ...order });
  }
  await rig.tick();
  await rig.work();
  expect(seen).toEqual([{ scopes: ["read_orders"], orders: 1 }]);
});
