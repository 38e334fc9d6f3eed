import { beforeEach, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { runs, ticks, webhookDeliveries } from "#db/schema/index.ts";
import { lookAround } from "#server/domain/health/look-around.ts";
import { noteTick } from "#server/domain/health/note-tick.ts";
import { sweep } from "#server/domain/runs/sweep.ts";
import { newId } from "#server/ids.ts";
import { testCtx, testEnv } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const minute = 60_000;
const at = (when = now) => testCtx({ actor: { type: "system", job: "healthz" }, now: () => when });
const database = openDb(testEnv.DB);

beforeEach(() => database.batch([database.delete(ticks), database.delete(runs), database.delete(webhookDeliveries)]));

const waiting = (since: number, status: "queued" | "running" | "succeeded" = "queued") => {
  const id = newId("run", since);
  const run = { id, tenantId: "acme", job: id, slot: since, trigger: "schedule", status, availableAt: since, createdAt: since } as const;
  return database.insert(runs).values(run);
};

test("all is well where the cron has just come and nothing waits", async () => {
  await noteTick(at(now - minute), { tookMs: 12, failed: [] });
  await waiting(now + 5 * minute);
  await waiting(now - 60 * minute, "succeeded");
  expect(await lookAround(at())).toEqual({
    ok: true,
    checks: {
      configuration: { ok: true },
      database: { ok: true },
      tick: { ok: true, ageS: 60, failed: 0 },
      runs: { ok: true, ageS: null },
      deliveries: { ok: true, ageS: null },
    },
  });
});

test("before the first tick ever there is none to be late", async () => {
  expect(await lookAround(at())).toMatchObject({ ok: true, checks: { tick: { ok: true, ageS: null } } });
});

test("a cron that stopped coming is told, and the chores of its last tick that failed", async () => {
  await noteTick(at(now - 20 * minute), { tookMs: 12, failed: [] });
  await noteTick(at(now - 6 * minute), { tookMs: 12, failed: ["runs due"] });
  expect(await lookAround(at())).toMatchObject({ ok: false, checks: { tick: { ok: false, ageS: 360, failed: 1 }, runs: { ok: true } } });
});

test("a queue that nobody works off is told by what has waited in it the longest", async () => {
  await waiting(now - 14 * minute);
  expect(await lookAround(at())).toMatchObject({ ok: true, checks: { runs: { ok: true, ageS: 840 } } });
  await waiting(now - 16 * minute);
  expect(await lookAround(at())).toMatchObject({ ok: false, checks: { runs: { ok: false, ageS: 960 } } });
  const id = newId("whk", now);
  const event = { id, tenantId: "acme", provider: "shopify", eventKey: id, topic: "x", status: "received", sentAt: now - minute } as const;
  await database.insert(webhookDeliveries).values({ ...event, receivedAt: now - 30 * minute });
  expect(await lookAround(at())).toMatchObject({ ok: false, checks: { deliveries: { ok: false, ageS: 1800 } } });
  // One that was tried and did not go well says nothing of the queue.
  await database.update(webhookDeliveries).set({ attempts: 3 });
  expect(await lookAround(at())).toMatchObject({ checks: { deliveries: { ok: true, ageS: null } } });
});

test("what is sent again and again, and never begun, is as old as it is; what was begun and waits is not", async () => {
  await waiting(now - 60 * minute);
  for (let ago = 58; ago > 0; ago -= 2) await sweep(at(now - ago * minute));
  expect(await lookAround(at())).toMatchObject({ ok: false, checks: { runs: { ok: false, ageS: 3600 } } });
  await database.update(runs).set({ startedAt: now - 50 * minute });
  expect(await lookAround(at())).toMatchObject({ ok: true, checks: { runs: { ok: true, ageS: null } } });
});

test("a database that does not answer is told, in no words of its own", async () => {
  const away = interruptedD1(testEnv.DB, () => {
    throw new Error("D1_ERROR: away, at acme");
  });
  const ctx = at();
  const found = await lookAround({ ...ctx, directory: openDb(away), databases: { DB: away } });
  expect(found).toMatchObject({ ok: false, checks: { configuration: { ok: true }, database: { ok: false } } });
  expect(JSON.stringify(found)).not.toContain("acme");
  expect(ctx.traces.lines.join()).toContain("D1_ERROR: away");
});
