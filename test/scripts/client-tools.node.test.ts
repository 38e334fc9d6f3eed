import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sandboxVariables } from "#test/sandbox/endpoints.ts";
import { startSandbox } from "#test/sandbox/start.ts";

let dataDir = "";
let sandbox: Awaited<ReturnType<typeof startSandbox>>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "atrium-tools-"));
  sandbox = await startSandbox({ port: 0, redirectOrigin: "http://localhost", shop: null, generatedOrders: 10 });
});
afterAll(async () => {
  await sandbox.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** What a person would see of one of the scripts. */
function run(script: string, ...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((done) => {
    const env = { ...process.env, ...sandboxVariables(sandbox.url), WRANGLER_SEND_METRICS: "false" };
    execFile("npx", ["tsx", `scripts/${script}.ts`, ...args, "--data", dataDir], { env }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === "number" ? error.code : 0, out: stdout + stderr }),
    );
  });
}

interface KnownKey {
  provider: string;
  account: string;
  fields: Record<string, string>;
}

test("from the command line a client is created, given today's keys and checked, and no value of a key is ever printed", async () => {
  const created = await run("create-client", "--id", "acme", "--name", "Acme Gifts", "--contact-email", "owner@acme.example");
  expect(created).toMatchObject({ code: 0, out: expect.stringContaining("Acme Gifts is taken in as acme.") });

  const keys = (await (await fetch(`${sandbox.url}/__sandbox/keys`)).json()) as KnownKey[];
  const own = keys.filter(({ account }) => account === "Acme Gifts");
  const variables = own.flatMap(({ provider, fields }) =>
    Object.entries(fields).map(([field, value]) => [`ACME_${provider}_${field}`.toUpperCase(), value] as const),
  );
  const file = join(dataDir, ".env");
  const lines = [...variables, ["ACME_WEATHER_API_KEY", "sk-something"], ["OTHER_VAPI_API_KEY", "not-of-this-client"]];
  await writeFile(file, lines.map(([name, value]) => `${name}="${value}"`).join("\n"));
  const secrets = [...variables.map(([, value]) => value), "sk-something"].filter((value) => /sbx|sk-/.test(value));
  expect(secrets.length).toBeGreaterThan(5);

  const dry = await run("import-secrets", "acme", "--file", file, "--prefix", "ACME_", "--dry-run");
  expect(dry.code).toBe(0);
  expect(dry.out).toContain("would connect Twilio: ACME_TWILIO_ACCOUNT_SID, ACME_TWILIO_AUTH_TOKEN, ACME_TWILIO_PHONE_NUMBER");
  expect(dry.out).toContain("unknown  ACME_WEATHER_API_KEY");
  expect(dry.out).not.toContain("OTHER_VAPI_API_KEY");

  const imported = await run("import-secrets", "acme", "--file", file, "--prefix", "ACME_");
  expect(imported.out.match(/^connected/gm)).toHaveLength(new Set(own.map(({ provider }) => provider)).size);
  for (const value of secrets) expect(dry.out + imported.out).not.toContain(value);
  expect(imported.code).toBe(0);

  const checked = await run("validate-client", "acme", "--json");
  expect(JSON.parse(checked.out.split("\n").find((line) => line.startsWith("[")) ?? "null")).toContainEqual({
    severity: "error",
    code: "no_owner",
    message: "Nobody owns this workspace, and no owner is invited.",
  });
  expect(checked.code).toBe(1);
  expect((await run("validate-client", "nobody")).code).toBe(2);

  // The D1 as it lies on the disk: nothing of the keys is in it in clear.
  const files = (await readdir(join(dataDir, "d1"), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const entry of files) {
    const bytes = await readFile(join(entry.parentPath, entry.name), "latin1");
    for (const value of secrets) expect(bytes).not.toContain(value);
  }
}, 90_000);
