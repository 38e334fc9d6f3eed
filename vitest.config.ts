import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { sandboxWorker } from "#sandbox/start.ts";
import { memoryDir } from "./test/memory-dir.ts";
import { testOrigin, testVariables } from "./test/variables.ts";

const inWorkerd = ["test/**/*.test.ts"];
const inNode = ["test/**/*.node.test.ts"];
const inBrowser = ["test/e2e/**/*.e2e.test.ts"];

// Of this process and of all that it starts: workerd, the servers and browsers of the tests.
process.env.TMPDIR = memoryDir();

export default defineConfig(async () => ({
  test: {
    silent: "passed-only" as const,
    // What runs in workerd and Node, by its source: pages are compiled, and the browser tests have no part in this figure.
    coverage: {
      provider: "istanbul" as const,
      include: ["server/**/*.ts", "workers/**/*.ts", "db/**/*.ts", "app/**/*.ts"],
      exclude: ["app/i18n/{en,fr,he}/**", "**/*.d.ts"],
      reporter: ["text-summary", "html"],
      reportOnFailure: true,
      thresholds: { lines: 85 },
    },
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              workers: [await sandboxWorker({ redirectOrigin: testOrigin })],
              outboundService: "sandbox",
              // Places for test/domain/tenancy/places.test.ts; all other tests have one D1, as a deployment begins.
              d1Databases: ["SPARE_2", "SPARE_3", "SPARE_4"],
              bindings: { ...testVariables, TEST_MIGRATIONS: await readD1Migrations("./drizzle") },
            },
          }),
        ],
        resolve: {
          alias: {
            "virtual:remix/server-build": new URL("./build/server/index.js", import.meta.url).pathname,
          },
        },
        test: {
          name: "workers",
          // Starting workerd anew for each file took longer than all of their tests.
          isolate: false,
          maxWorkers: 1,
          include: inWorkerd,
          testTimeout: 60_000,
          exclude: [...inNode, ...inBrowser],
          setupFiles: ["./test/setup.ts"],
          deps: { optimizer: { ssr: { enabled: true, include: ["@remix-run/cloudflare"] } } },
        },
      },
      { test: { name: "architecture", include: ["test/architecture/*.node.test.ts"] } },
      // Two files at a time: most of them wait, for a mail server or for a Worker that was killed.
      { test: { name: "node", include: inNode, maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 } },
      { test: { name: "browser", include: inBrowser, testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false } },
    ],
  },
}));
