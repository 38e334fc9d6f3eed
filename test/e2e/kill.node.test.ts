import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { kill } from "#scripts/bench/kill.ts";

const dirs: string[] = [];
afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

// `npm run bench -- kill` is the same with a thousand runs.
test("workerd is killed in the middle of two hundred runs: started again, every run is done, and has its effect exactly once", {
  timeout: 240_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "atrium-kill-"));
  dirs.push(dataDir);
  const figures = await kill({ clients: 200, replyMs: 300, dataDir });
  expect(figures).toMatchObject({ runs: 200, clientsWithRuns: 200, linesOfDone: 200, runsThatSaidDone: 200 });
  expect(figures.measured).toEqual(figures.clients);
  expect(figures.running).toBeGreaterThan(0);
  expect(figures.twice).toBeGreaterThan(0);
});
