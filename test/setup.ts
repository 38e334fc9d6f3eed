import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach } from "vitest";
import type { TestEnv } from "./harness.ts";
import { sandboxOrigin } from "./variables.ts";

// All files share one workerd, since a start of it costs seconds; each begins with empty databases and a sandbox that knows nobody.
const { DB, TEST_MIGRATIONS } = env as TestEnv;
// A database that is at work as it is deleted goes on with what it has, so it is looked at, and deleted again.
for (let tries = 1; ; tries++) {
  await reset();
  const left = await DB.prepare("select count(*) as tables from sqlite_master where name = 'tenants'").first("tables");
  if (left === 0) break;
  if (tries === 100) throw new Error("the database did not begin anew");
  await scheduler.wait(10);
}
// As one, in a single batch: one by one they took a third of a second for each file.
await applyD1Migrations(DB, [{ name: "all of them", queries: TEST_MIGRATIONS.flatMap(({ queries }) => queries) }]);
const forgotten = await fetch(`${sandboxOrigin}/__sandbox/state`, { method: "DELETE" });
if (!forgotten.ok) throw new Error(`the sandbox did not begin anew: ${await forgotten.text()}`);

// A line that the Worker prints belongs to its request, and Vitest sends it from another one: a call of its own for each of
// thousands of lines, and the run stands still where one is never answered. So lines are kept here, and printed of a failed test.
const printed: string[] = [];
const { log } = console;
for (const level of ["log", "warn", "error"] as const)
  console[level] = (...words: unknown[]) => void printed.push(words.map(String).join(" "));
afterEach(({ task }) => {
  if (task.result?.state === "fail" && printed.length > 0) log(printed.join("\n"));
  printed.length = 0;
});
