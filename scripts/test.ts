import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { findChromium } from "./chromium.ts";

/** `--fast` leaves out what starts servers and browsers: `npm run check`. */
const { values } = parseArgs({ options: { fast: { type: "boolean", default: false } } });
const report = ".atrium/test-report.json";
const start = Date.now();

const chromium = values.fast ? null : findChromium({ install: true });
if (!values.fast && !chromium) {
  process.stdout.write("\nNO CHROMIUM: none is installed and apt cannot install one, so the browser tests are SKIPPED.\n\n");
}

const types = await run("types", ["tsc", "--noEmit"]);
const lint = await run("lint", ["biome", "ci", "--error-on-warnings", "."]);
const projects = values.fast ? ["workers", "architecture"] : ["workers", "node", ...(chromium ? ["browser"] : [])];
const vitest = await run("tests", [
  "vitest",
  "run",
  ...projects.flatMap((project) => ["--project", project]),
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
]);
const counted: { numPassedTests: number; numFailedTests: number; numPendingTests: number; success: boolean } = JSON.parse(
  await readFile(report, "utf8"),
);

const checks = [types, lint];
const passed = counted.numPassedTests + checks.filter(Boolean).length;
// A run that failed without a failed test (a file that does not load, an unhandled rejection) is a failure too.
const failed = Math.max(counted.numFailedTests + checks.filter((ok) => !ok).length, vitest && types && lint ? 0 : 1);
process.stdout.write(
  `\n${((Date.now() - start) / 1000).toFixed(0)} s\n${passed} passed, ${failed} failed${counted.numPendingTests ? `, ${counted.numPendingTests} skipped` : ""}\n`,
);
process.exit(failed === 0 ? 0 : 1);

function run(what: string, command: readonly string[]): Promise<boolean> {
  process.stdout.write(`\n${what}: ${command.join(" ")}\n`);
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", ...(chromium && { CHROMIUM: chromium }) };
  const child = spawn("npx", [...command], { stdio: "inherit", env });
  return new Promise((resolve) => child.once("close", (code) => resolve(code === 0)));
}
