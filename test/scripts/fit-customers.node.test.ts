import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "#sandbox/seed.ts";
import { shopFile } from "#sandbox/shop/load.ts";
import { simulateCustomers } from "#scripts/bench/simulate-customers.ts";
import { dayOf, type OrderFile, readOrders, UnreadableFile } from "#scripts/fit-customers/read-orders.ts";

const root = resolve(import.meta.dirname, "../..");
const bundled = join(root, ".atrium/fit-customers-under-test");
const cdnow = resolve(root, "../shared/data/cdnow-summary.csv");
let dir = "";

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "atrium-fit-"));
  await build({
    entryPoints: [join(root, "scripts/fit-customers.ts")],
    ...{ bundle: true, splitting: true, platform: "node", format: "esm", packages: "external", outdir: bundled, absWorkingDir: root },
    define: { "import.meta.dirname": JSON.stringify(join(root, "scripts")) },
  });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function fileOf(text: string, name = "orders.csv"): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return path;
}

const fitCustomers = (...words: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((done) => {
    execFile(process.execPath, [join(bundled, "fit-customers.js"), ...words], { maxBuffer: 1e8 }, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

async function read(text: string, options: Partial<OrderFile> = {}, name?: string) {
  return readOrders({ path: await fileOf(text, name), columns: {}, until: null, cancelledPrefix: null, ...options });
}

describe("a file that cannot be read is refused by name:", () => {
  test.each([
    ["", "The file is empty."],
    ["date,amount\n2026-01-01,3\n", "Which column is the customer?"],
    ["customer,amount\nana,3\n", "Which column is the date?"],
    ["customer,date\nana,31/01/2026\n", "Row 1: 31/01/2026 is no date"],
    ["customer,date\nana,2026-02-01\nana,2026-13-01\n", "Row 2: 2026-13-01 is no date"],
    ["customer,date,amount\nana,2026-01-01,much\n", "Row 1: much is no number."],
    ["frequency,recency,T\n1,,30\n", "Row 1:  is no number."],
    ["frequency,recency,T\n1,31,30\n", "The file has a history that cannot be"],
  ])("%j", async (text, words) => {
    const failure = await read(text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnreadableFile);
    expect((failure as Error).message).toContain(words);
  });

  test("a column that it does not have", async () => {
    await expect(read("customer,date\nana,2026-01-01\n", { columns: { amount: "sum" } })).rejects.toThrow("The file has no column sum.");
  });
});

describe("of orders", () => {
  const day = (text: string) => dayOf(text) ?? Number.NaN;
  const lines = `Customer ID,Invoice,InvoiceDate,Quantity,Price
ana,1,2026-01-01 08:00:00,2,5.00
ana,1,2026-01-01 08:00:00,1,"1.50"
ana,2,2026-01-01 21:00:00,1,3
,3,2026-01-02 10:00:00,1,3
ana,C4,2026-01-03 10:00:00,1,3
ana,5,2026-01-03 10:00:00,-1,3
ana,6,2026-01-05 10:00:00,1,4
ben,7,2026-01-09 10:00:00,1,4
`;

  test("those of one day are one, guests and cancelled ones are left out and counted, and so is what came later", async () => {
    const options = { cancelledPrefix: "C", until: dayOf("2026-01-06") };
    for (const name of ["orders.csv", "orders.csv.gz"]) {
      expect(await read(lines, options, name)).toEqual({
        kind: "orders",
        rows: { read: 8, withoutCustomer: 1, cancelled: 2, later: 1 },
        book: {
          customers: [
            [
              { day: day("2026-01-01"), amount: 14.5 },
              { day: day("2026-01-05"), amount: 4 },
            ],
          ],
          until: day("2026-01-06"),
          hasAmounts: true,
        },
      });
    }
  });

  test("without a last day it is that of the last order, and an id that begins with C is one like any other", async () => {
    expect(await read(lines)).toMatchObject({ rows: { cancelled: 1, later: 0 }, book: { until: day("2026-01-09") } });
  });

  test("columns may have names of their own, and dates no hyphens", async () => {
    const named = await read("who,when,sum\nana,20260101,3\n", { columns: { customer: "WHO", date: "when", amount: "sum" } });
    expect(named).toMatchObject({ book: { customers: [[{ day: day("2026-01-01"), amount: 3 }]], hasAmounts: true } });
  });
});

describe("npm run fit-customers", () => {
  test("says what is wrong with its call, and ends with 2", async () => {
    const path = await fileOf("customer,date\nana,2026-01-01\n");
    for (const [words, said] of [
      [[], "Which file?"],
      [["/no/where.csv"], "There is no file /no/where.csv."],
      [[path, "--until", "soon"], "--until is a date"],
      [[path, "--unit", "year"], "--unit is day or week"],
      [[path, "--within", "0"], "--within is a number of days"],
      [[path, "--until", "2025-01-01"], "No row of the file"],
      [[path, "--sum", "x"], "--sum"],
    ] as const) {
      const { code, err } = await fitCustomers(...words);
      expect(err).toContain(said);
      expect(code).toBe(2);
    }
  });

  test("fits orders in weeks as in days, tells how it did on the last days, and prints a table without --json", async () => {
    const shop = simulateCustomers({
      params: { r: 0.5, alpha: 30, a: 0.8, b: 2.5 },
      customers: 1500,
      until: 600,
      random: seededRandom("file"),
    });
    const text = shop.flatMap(({ days }, i) =>
      days.map((day) => `c${i},${new Date(day * 86_400_000).toISOString()},${5 + ((i * 7) % 20)}`),
    );
    const path = await fileOf(`customer,date,amount\n${text.join("\n")}\n`);
    const answers = await Promise.all([fitCustomers(path, "--json"), fitCustomers(path, "--unit", "week", "--json"), fitCustomers(path)]);
    const [days, weeks] = answers.slice(0, 2).map(({ out }) => JSON.parse(out));
    expect(days).toMatchObject({
      unit: "day",
      until: "1971-08-23",
      bgNbd: { customers: 1500, dropout: "identified", starts: { agree: true } },
    });
    expect(days.occasions).toBe(text.length);
    expect(days.bgNbd.params.alpha / 7).toBeCloseTo(weeks.bgNbd.params.alpha, 4);
    expect(days.gammaGamma.params.p).toBeGreaterThan(0);
    expect(days.holdout.calibration.error).toBeLessThan(0.05);
    expect(days.holdout.orders.expected).toBeCloseTo(weeks.holdout.orders.expected, 3);
    expect(["model", "rfm"]).toContain(days.choice.step);
    expect(answers[2]?.out).toContain("Dropout is identified");
    expect(answers[2]?.out).toContain("Ranked by rfm");
  });

  test.skipIf(!existsSync(cdnow))("fits CDNOW's summary as the paper does (skipped where ../shared/data is not there)", async () => {
    const { out } = await fitCustomers(cdnow, "--json");
    const { bgNbd, holdout, gammaGamma } = JSON.parse(out);
    expect(bgNbd.params.r).toBeCloseTo(0.243, 3);
    expect(bgNbd.params.a).toBeCloseTo(0.793, 3);
    expect(bgNbd.logLikelihood).toBeCloseTo(-9582.4, 1);
    expect([holdout, gammaGamma]).toEqual([null, null]);
  });

  const retail = shopFile();
  test.skipIf(retail === null)(
    "says of a year of a wholesale shop that dropout is not identified (skipped where its file is not there)",
    async () => {
      const { out } = await fitCustomers(retail ?? "", "--until", "2011-12-09", "--json");
      const answer = JSON.parse(out);
      expect(answer.rows).toEqual({ read: 541_909, withoutCustomer: 135_080, cancelled: 8905, later: 0 });
      expect(answer.bgNbd).toMatchObject({ customers: 4339, repeatCustomers: 2790, dropout: "not_identified" });
      expect(answer.choice).toEqual({ step: "rfm", reason: "dropout_not_identified" });
    },
  );
});
