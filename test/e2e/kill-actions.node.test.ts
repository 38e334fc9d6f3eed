import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { killActions, tellKillActions } from "#scripts/bench/kill-actions.ts";

const dirs: string[] = [];
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

// `npm run bench -- kill-actions` is the same with five hundred actions, three kills and a milder weather.
test("workerd is killed in the middle of forty approved actions, while providers lose replies, fail and limit: each has its effect once, and none ends with a person", {
  timeout: 240_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "atrium-kill-actions-"));
  dirs.push(dataDir);
  const odds = { lost: 12, failed: 12, limited: 6 };
  const [clients, actionsEach, killAt] = [2, 20, [0.5]];
  const figures = await killActions({ clients, actionsEach, killAt, replyMs: 200, odds, seed: "1", dataDir, say: () => undefined });
  process.stdout.write(`\n${tellKillActions(figures)}\n`);
  expect(figures).toMatchObject({ expected: 44, effects: 44, lost: [], tooMany: [], notDone: [], ended: { done: 40 } });
  // Nobody but us keeps these from being done twice.
  for (const kind of ["discount_created", "message_posted"]) expect(figures.acted[kind]?.raw).toBe(figures.acted[kind]?.effects);
  // It was a weather: each of what can go wrong went wrong.
  expect(figures.kills[0]?.begun).toBeGreaterThan(0);
  expect(figures.weather.lost).toBeGreaterThanOrEqual(3);
  expect(figures.weather.failed5xx).toBeGreaterThanOrEqual(3);
  expect(figures.weather.limited).toBeGreaterThanOrEqual(1);
});
