import { eq, inArray, sql } from "drizzle-orm";
import { beforeEach, expect, test, vi } from "vitest";
import { actions, runs, turns } from "#db/schema/index.ts";
import { endTurns } from "#server/domain/turns/end-turns.ts";
import { givingTurns } from "#server/domain/turns/give-turns.ts";
import { sendTurns } from "#server/domain/turns/send-turns.ts";
import { shareOf } from "#server/domain/turns/share-of.ts";
import { sweepTurns } from "#server/domain/turns/sweep-turns.ts";
import { testCtx, testEnv } from "#test/harness.ts";
import { testClock } from "../runs/clock.ts";
import { database } from "../runs/rig.ts";

const clients = ["turn-a", "turn-b"];

beforeEach(async () => {
  await database.batch([
    database.delete(turns),
    database.delete(runs).where(inArray(runs.tenantId, clients)),
    database.delete(actions).where(inArray(actions.tenantId, clients)),
  ]);
});

function makeLine() {
  const clock = testClock();
  const ctx = testCtx({ actor: { type: "system", job: "test" }, now: clock.now });
  const give = async (...ids: string[]) => {
    const who = sql`select value as tenant_id from json_each(${JSON.stringify(ids)})`;
    await sendTurns(ctx, "actions", await givingTurns(database, "actions", { who, now: clock.now() }));
  };
  return {
    clock,
    ctx,
    give,
    /** What stands in the queue, and is taken out of it. */
    sent: () => ctx.traces.actions.splice(0).map((message) => (message.type === "turn" ? [message.tenant, message.turn] : message.type)),
    end: (tenant: string, turn: number) => endTurns(ctx, database, "actions", [{ tenant, turn }]),
    at: async (tenant: string) => (await database.select().from(turns).where(eq(turns.tenantId, tenant)))[0]?.at,
    /** An action of the client's that is due then, decided on by a policy or by a person. */
    due: (tenant: string, at: number, by = "policy") =>
      database.insert(actions).values({
        ...{ id: `act-${crypto.randomUUID()}`, tenantId: tenant, automation: "a", runId: "r", dedupe: crypto.randomUUID() },
        ...{ subject: "customer:1", connectionId: "c", touches: "internal", hash: "h", evidence: { line: "l", params: {} } },
        ...{ status: "approved", createdAt: 0, expiresAt: 0, decidedBy: by, availableAt: at },
      }),
  };
}

test("a client stands in a queue once, however often work of theirs becomes due", async () => {
  const line = makeLine();
  await line.give("turn-a", "turn-b", "turn-a");
  await line.give("turn-a");
  expect(line.sent().sort()).toEqual([
    ["turn-a", 1],
    ["turn-b", 1],
  ]);
});

test("a turn that ends is followed by one at once while work is due, else by one when some is, and by none without any", async () => {
  const line = makeLine();
  const now = line.clock.now();
  await line.due("turn-a", now - 1000);
  await line.give("turn-a");
  line.sent();
  await line.end("turn-a", 1);
  expect([line.sent(), await line.at("turn-a")]).toEqual([[["turn-a", 2]], now]);
  await database
    .update(actions)
    .set({ availableAt: now + 90_000 })
    .where(eq(actions.tenantId, "turn-a"));
  await line.due("turn-a", now + 70_000, "usr_1");
  const send = vi.spyOn(line.ctx.send, "actions");
  await line.end("turn-a", 2);
  expect(send.mock.calls.map(([, delayS]) => delayS)).toEqual([70]);
  expect(await line.at("turn-a")).toBe(now + 70_000);
  await database.update(actions).set({ availableAt: null }).where(eq(actions.tenantId, "turn-a"));
  line.sent();
  await line.end("turn-a", 3);
  expect([line.sent(), await line.at("turn-a")]).toEqual([[], null]);
});

test("who waits for a later turn gets one at once where work becomes due before it, and the later one is followed by none", async () => {
  const line = makeLine();
  await line.due("turn-a", line.clock.now() + 60_000);
  await line.give("turn-a");
  await line.end("turn-a", 1);
  expect(line.sent()).toEqual([
    ["turn-a", 1],
    ["turn-a", 2],
  ]);
  await line.give("turn-a");
  expect(line.sent()).toEqual([["turn-a", 3]]);
  await line.end("turn-a", 2);
  expect(line.sent()).toEqual([]);
  await line.end("turn-a", 3);
  expect(line.sent()).toEqual([["turn-a", 4]]);
});

test("a turn that is delivered twice is followed by one", async () => {
  const line = makeLine();
  await line.due("turn-a", 0);
  await line.give("turn-a");
  line.sent();
  await Promise.all([line.end("turn-a", 1), line.end("turn-a", 1)]);
  expect(line.sent()).toEqual([["turn-a", 2]]);
});

test("a turn that is ended early is followed by one beside it, and by no other at its end but where something is due before that one", async () => {
  const line = makeLine();
  const now = line.clock.now();
  await line.due("turn-a", now);
  await line.give("turn-a");
  await endTurns(line.ctx, database, "actions", [{ tenant: "turn-a", turn: 1 }], 1);
  expect(line.ctx.traces.actions.splice(0)).toEqual([
    { v: 1, type: "turn", tenant: "turn-a", turn: 1 },
    { v: 1, type: "turn", tenant: "turn-a", turn: 2, beside: 1 },
  ]);
  // The one beside it stands in the queue.
  await line.end("turn-a", 1);
  expect(line.sent()).toEqual([]);
  // It found nothing due before a minute; then what the first one took on is to be tried again sooner.
  await database
    .update(actions)
    .set({ availableAt: now + 60_000 })
    .where(eq(actions.tenantId, "turn-a"));
  await line.end("turn-a", 2);
  expect([line.sent(), await line.at("turn-a")]).toEqual([[["turn-a", 3]], now + 60_000]);
  await line.due("turn-a", now + 5_000);
  await line.end("turn-a", 1);
  expect([line.sent(), await line.at("turn-a")]).toEqual([[["turn-a", 4]], now + 5_000]);
  // Also where the one beside it found nothing at all.
  await database.update(actions).set({ availableAt: null }).where(eq(actions.tenantId, "turn-a"));
  await line.end("turn-a", 4);
  await line.due("turn-a", now + 9_000);
  await line.end("turn-a", 1);
  expect([line.sent(), await line.at("turn-a")]).toEqual([[["turn-a", 6]], now + 9_000]);
});

test("a turn whose message or worker is lost is given anew by the sweep after a minute, once; one that is to come is not", async () => {
  const line = makeLine();
  await line.due("turn-b", line.clock.now() + 3_600_000);
  await line.give("turn-a", "turn-b");
  await line.end("turn-b", 1);
  line.sent();
  line.clock.advance(59_999);
  expect(await sweepTurns(line.ctx)).toBe(0);
  line.clock.advance(1);
  expect(await sweepTurns(line.ctx)).toBe(1);
  expect(line.sent()).toEqual([["turn-a", 2]]);
  expect(await sweepTurns(line.ctx)).toBe(0);
});

test("a queue that takes no message loses no turn", async () => {
  const line = makeLine();
  const send = line.ctx.send.actions;
  line.ctx.send.actions = () => Promise.reject(new Error("the queue is away"));
  await line.give("turn-a");
  line.ctx.send.actions = send;
  line.clock.advance(60_000);
  await sweepTurns(line.ctx);
  expect(line.sent()).toEqual([["turn-a", 2]]);
});

test("the turns of one queue say nothing of those of the other", async () => {
  const line = makeLine();
  await line.due("turn-a", line.clock.now() - 1);
  await line.give("turn-a");
  const who = sql`select 'turn-a' as tenant_id`;
  await sendTurns(line.ctx, "runs", await givingTurns(database, "runs", { who, now: line.clock.now() }));
  expect(line.ctx.traces.runs).toHaveLength(1);
  await endTurns(line.ctx, database, "runs", [{ tenant: "turn-a", turn: 1 }]);
  expect(line.ctx.traces.runs).toHaveLength(1);
  await line.end("turn-a", 1);
  expect(line.sent()).toEqual([
    ["turn-a", 1],
    ["turn-a", 2],
  ]);
});

test("who is alone in a batch has all of it, many share it, and nobody has less than the floor", () => {
  const share = { atOnce: 100, floor: 2 };
  expect([1, 3, 50, 80].map((count) => shareOf(count, share))).toEqual([100, 33, 2, 2]);
});

test("the end of a turn reads a handful of rows, however much of its client's work waits", async () => {
  const line = makeLine();
  await testEnv.DB.prepare(
    `insert into actions (id, tenant_id, automation, run_id, dedupe, subject, connection_id, touches, hash, evidence, status, created_at, expires_at, decided_by, available_at)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
     select 'act-many-' || i, 'turn-a', 'a', 'r', i, 'customer:1', 'c', 'internal', 'h', '{}', 'approved', 0, 0, 'policy', i from n`,
  ).run();
  await line.give("turn-a");
  const prepare = vi.spyOn(testEnv.DB, "prepare");
  await line.end("turn-a", 1);
  const [query] = prepare.mock.calls.map(([text]) => text).filter((text) => text.includes("turns"));
  prepare.mockRestore();
  const { results } = await testEnv.DB.prepare(`explain query plan ${query}`)
    .bind(...Array.from((query ?? "").matchAll(/\?/g), () => "[]"))
    .all<{ detail: string }>();
  expect(results.map(({ detail }) => detail).join("; ")).not.toMatch(/SCAN a\b|TEMP B-TREE FOR ORDER/);
  expect(line.sent()).toHaveLength(2);
});
