import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { findChromium } from "./chromium.ts";

type Project = "workers" | "architecture" | "node" | "browser";
/** What of Vitest's report is counted and told; durations are in milliseconds. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { name: string; assertionResults: { fullName: string; duration?: number | null }[] }[];
}
interface Done {
  what: string;
  ok: boolean;
  seconds: number;
}

interface Tested extends Done {
  report: Report;
}

/** `--fast` leaves out what starts servers and browsers: `npm run check`. */
const { values } = parseArgs({ options: { fast: { type: "boolean", default: false } } });
const start = Date.now();

const chromium = values.fast ? null : findChromium({ install: true });
if (!values.fast && !chromium) {
  process.stdout.write("\nNO CHROMIUM: none is installed and apt cannot install one, so the browser tests are SKIPPED.\n\n");
}

const suites: Tested[] = [];
const checks: Done[] = [];
const suite = (project: Project) => async () => void suites.push(await test(project));
const check = (what: string, command: readonly string[]) => async () => void checks.push(await run(what, command));
// Two at a time, the longest first, so that two cores have work all the while.
const waiting = [
  suite("workers"),
  suite(values.fast ? "architecture" : "node"),
  ...(chromium ? [suite("browser")] : []),
  check("types", ["tsc", "--noEmit"]),
  check("lint", ["biome", "ci", "--error-on-warnings", "."]),
];
await Promise.all([workOff(waiting), workOff(waiting)]);

const sum = (name: "numPassedTests" | "numFailedTests" | "numPendingTests") =>
  suites.reduce((total, { report }) => total + report[name], 0);
const passed = sum("numPassedTests") + checks.filter(({ ok }) => ok).length;
// A run that failed without a failed test (a file that does not load, an unhandled rejection) is a failure too.
const failed =
  sum("numFailedTests") +
  checks.filter(({ ok }) => !ok).length +
  suites.filter(({ ok, report }) => !ok && report.numFailedTests === 0).length;
const skipped = sum("numPendingTests");
tellSlowest();
const parts = [...checks, ...suites].map(({ what, seconds }) => `${what} ${seconds.toFixed(0)} s`);
process.stdout.write(
  `\n${parts.join(", ")}; all of it ${secondsSince(start).toFixed(0)} s\n` +
    `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`,
);
process.exit(failed === 0 ? 0 : 1);

async function workOff(waiting: (() => Promise<void>)[]): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) await next();
}

/** The ten tests that took longest, each with its file. */
function tellSlowest(): void {
  const tests = suites.flatMap(({ report }) =>
    report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, duration }) => ({ file: relative(".", name), fullName, ms: duration ?? 0 })),
    ),
  );
  const slowest = tests.sort((a, b) => b.ms - a.ms).slice(0, 10);
  const lines = slowest.map(({ file, fullName, ms }) => `${(ms / 1000).toFixed(1).padStart(6)} s  ${file}: ${fullName}`);
  process.stdout.write(`\nThe slowest ten:\n${lines.join("\n")}\n`);
}

/** Runs the tests of one project. A run that dies before it reports has passed nothing. */
async function test(project: Project): Promise<Tested> {
  const file = `.atrium/test-report-${project}.json`;
  await rm(file, { force: true });
  const args = ["vitest", "run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const done = await run(project, args);
  try {
    return { ...done, report: JSON.parse(await readFile(file, "utf8")) as Report };
  } catch (error) {
    process.stdout.write(`${project}: there is no report: ${String(error)}\n`);
    return { ...done, ok: false, report: { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [] } };
  }
}

function run(what: string, command: readonly string[]): Promise<Done> {
  const begun = Date.now();
  process.stdout.write(`\n${what}: ${command.join(" ")}\n`);
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", ...(chromium && { CHROMIUM: chromium }) };
  const child = spawn("npx", [...command], { stdio: "inherit", env });
  return new Promise((resolve) => child.once("close", (code) => resolve({ what, ok: code === 0, seconds: secondsSince(begun) })));
}

function secondsSince(begun: number): number {
  return (Date.now() - begun) / 1000;
}
