import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { storm, tellStorm } from "#scripts/bench/storm.ts";

const dirs: string[] = [];
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

// `npm run bench -- storm` is the same with 500 runs of 50 clients.
test("tokens of eight clients expire at once, providers are slow, fail and lose replies, the Worker is killed: every connection still works", {
  timeout: 120_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "atrium-storm-"));
  dirs.push(dataDir);
  const figures = await storm({ tenants: 8, work: 64, dataDir, say: () => undefined });
  process.stdout.write(`\n${tellStorm(figures)}\n`);
  expect(figures).toMatchObject({ connections: 24, renewedOnce: 24, renewedOftener: 0, refused: 0, familiesRevoked: 0, working: 24 });
  expect(figures.successRate).toBeGreaterThanOrEqual(0.999);
  // It was a storm: each of what can go wrong went wrong.
  expect(figures.runs).toBeGreaterThanOrEqual(32);
  expect(figures.lost).toBeGreaterThanOrEqual(2);
  expect(figures.failed5xx).toBeGreaterThanOrEqual(4);
  expect(figures.killedAt).toBeLessThan(24);
  // Each token that was given out and not kept was lost on its way to us.
  expect(figures.rotatedBeyond).toBeGreaterThanOrEqual(figures.lost);
  expect(figures.rotatedBeyond).toBeLessThanOrEqual(figures.connections);
});
