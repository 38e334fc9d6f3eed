import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { findChromium } from "./chromium.ts";

type Project = "workers" | "architecture" | "node" | "browser";
/** What of Vitest's report is counted. */
interface Counted {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
}

/** `--fast` leaves out what starts servers and browsers: `npm run check`. */
const { values } = parseArgs({ options: { fast: { type: "boolean", default: false } } });
const start = Date.now();

const chromium = values.fast ? null : findChromium({ install: true });
if (!values.fast && !chromium) {
  process.stdout.write("\nNO CHROMIUM: none is installed and apt cannot install one, so the browser tests are SKIPPED.\n\n");
}

const checks = [await run("types", ["tsc", "--noEmit"]), await run("lint", ["biome", "ci", "--error-on-warnings", "."])];
// Each is a process of its own, so that both cores have work; browsers have them to themselves, since their tests look at the clock.
const results = await Promise.all([test("workers"), test(values.fast ? "architecture" : "node")]);
if (chromium) results.push(await test("browser"));

const sum = (name: keyof Counted) => results.reduce((total, { counted }) => total + counted[name], 0);
const passed = sum("numPassedTests") + checks.filter(Boolean).length;
// A run that failed without a failed test (a file that does not load, an unhandled rejection) is a failure too.
const failed =
  sum("numFailedTests") +
  checks.filter((ok) => !ok).length +
  results.filter(({ ok, counted }) => !ok && counted.numFailedTests === 0).length;
const skipped = sum("numPendingTests");
process.stdout.write(
  `\n${((Date.now() - start) / 1000).toFixed(0)} s\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`,
);
process.exit(failed === 0 ? 0 : 1);

/** Runs the tests of one project. A run that dies before it reports has passed nothing. */
async function test(project: Project): Promise<{ ok: boolean; counted: Counted }> {
  const report = `.atrium/test-report-${project}.json`;
  await rm(report, { force: true });
  const args = ["vitest", "run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const ok = await run(`tests, ${project}`, args);
  try {
    return { ok, counted: JSON.parse(await readFile(report, "utf8")) as Counted };
  } catch (error) {
    process.stdout.write(`${project}: there is no report: ${String(error)}\n`);
    return { ok: false, counted: { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 } };
  }
}

function run(what: string, command: readonly string[]): Promise<boolean> {
  process.stdout.write(`\n${what}: ${command.join(" ")}\n`);
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", ...(chromium && { CHROMIUM: chromium }) };
  const child = spawn("npx", [...command], { stdio: "inherit", env });
  return new Promise((resolve) => child.once("close", (code) => resolve(code === 0)));
}
