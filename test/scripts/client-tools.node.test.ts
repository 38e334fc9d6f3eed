import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getPlatformProxy } from "wrangler";
import { scriptCtx } from "#scripts/ctx.ts";
import { localVariables } from "#scripts/local-variables.ts";
import { readText } from "#scripts/read-text.ts";
import { readInvitationToken } from "#server/domain/invitations/token.ts";
import { type Env, readConfig } from "#server/env.ts";
import { sandboxVariables } from "#test/sandbox/endpoints.ts";
import { startSandbox } from "#test/sandbox/start.ts";
import { testVariables } from "#test/variables.ts";

const root = resolve(import.meta.dirname, "../..");
let dir = "";
let dataDir = "";
/** A directory in which `npm run dev` was started once: its .dev.vars lies there. Never the checkout, whose own is somebody's. */
let devDir = "";
let devVariables: Record<string, string> = {};
let sandbox: Awaited<ReturnType<typeof startSandbox>>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "atrium-tools-"));
  dataDir = join(dir, "serve");
  devDir = join(dir, "dev");
  sandbox = await startSandbox({ port: 0, redirectOrigin: "http://localhost", shop: null, generatedOrders: 10 });
  await mkdir(devDir);
  const elsewhere = sandboxVariables("http://localhost:1");
  devVariables = { ...(await localVariables(join(devDir, "data"))), APP_ORIGIN: "http://localhost:5173", ...elsewhere };
  const lines = Object.entries(devVariables).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(join(devDir, ".dev.vars"), lines.join(""));
});
afterAll(async () => {
  await sandbox.stop();
  await rm(dir, { recursive: true, force: true });
});

/** What a person would see of one of the scripts, started where a .dev.vars lies, with nothing but this exported and no login. */
function run(exported: Record<string, string>, script: string, ...args: string[]): Promise<{ code: number; out: string }> {
  const unset = Object.keys({ ...devVariables, CLOUDFLARE_API_TOKEN: "", CLOUDFLARE_API_KEY: "" }).map((name) => [name, undefined]);
  const home = { HOME: dir, XDG_CONFIG_HOME: dir, WRANGLER_SEND_METRICS: "false", CI: "true" };
  const env = { ...process.env, ...Object.fromEntries(unset), ...home, ...exported };
  return new Promise((done) => {
    execFile(
      join(root, "node_modules/.bin/tsx"),
      [join(root, `scripts/${script}.ts`), ...args],
      { env, cwd: devDir },
      (error, stdout, stderr) => done({ code: typeof error?.code === "number" ? error.code : 0, out: stdout + stderr }),
    );
  });
}

/** On the local Atrium, with the providers at the sandbox. */
const runLocal = (script: string, ...args: string[]) => run(sandboxVariables(sandbox.url), script, ...args, "--data", dataDir);

interface KnownKey {
  provider: string;
  account: string;
  fields: Record<string, string>;
}

test("from the command line a client is created, given today's keys and checked, and no value of a key is ever printed", async () => {
  const created = await runLocal("create-client", "--id", "acme", "--name", "Acme Gifts", "--contact-email", "owner@acme.example");
  expect(created).toMatchObject({ code: 0, out: expect.stringContaining("Acme Gifts is taken in as acme.") });

  const keys = (await (await fetch(`${sandbox.url}/__sandbox/keys`)).json()) as KnownKey[];
  const own = keys.filter(({ account }) => account === "Acme Gifts");
  const variables = own.flatMap(({ provider, fields }) =>
    Object.entries(fields).map(([field, value]) => [`ACME_${provider}_${field}`.toUpperCase(), value] as const),
  );
  const file = join(dir, ".env");
  const lines = [...variables, ["ACME_WEATHER_API_KEY", "sk-something"], ["OTHER_VAPI_API_KEY", "not-of-this-client"]];
  await writeFile(file, lines.map(([name, value]) => `${name}="${value}"`).join("\n"));
  const secrets = [...variables.map(([, value]) => value), "sk-something"].filter((value) => /sbx|sk-/.test(value));
  expect(secrets.length).toBeGreaterThan(5);

  const dry = await runLocal("import-secrets", "acme", "--file", file, "--prefix", "ACME_", "--dry-run");
  expect(dry.code).toBe(0);
  expect(dry.out).toContain("would connect Twilio: ACME_TWILIO_ACCOUNT_SID, ACME_TWILIO_AUTH_TOKEN, ACME_TWILIO_PHONE_NUMBER");
  expect(dry.out).toContain("unknown  ACME_WEATHER_API_KEY");
  expect(dry.out).not.toContain("OTHER_VAPI_API_KEY");

  const imported = await runLocal("import-secrets", "acme", "--file", file, "--prefix", "ACME_");
  expect(imported.out.match(/^connected/gm)).toHaveLength(new Set(own.map(({ provider }) => provider)).size);
  for (const value of secrets) expect(dry.out + imported.out).not.toContain(value);
  expect(imported.code).toBe(0);

  const checked = await runLocal("validate-client", "acme", "--json");
  expect(JSON.parse(checked.out.split("\n").find((line) => line.startsWith("[")) ?? "null")).toContainEqual({
    severity: "error",
    code: "no_owner",
    message: "Nobody owns this workspace, and no owner is invited.",
  });
  expect(checked.code).toBe(1);
  expect((await runLocal("validate-client", "nobody")).code).toBe(2);

  // The D1 as it lies on the disk: nothing of the keys is in it in clear.
  const files = (await readdir(join(dataDir, "d1"), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const entry of files) {
    const bytes = await readFile(join(entry.parentPath, entry.name), "latin1");
    for (const value of secrets) expect(bytes).not.toContain(value);
  }
}, 90_000);

test("a file of keys is read with a byte order mark as without one; one in another encoding is refused with words", async () => {
  const lines = "ACME_KLAVIYO_PRIVATE_KEY=pk_0123456789abcdef0123456789\r\nACME_KLAVIYO_PUBLIC_KEY=AbC123\r\n";
  const marked = join(devDir, "marked.env");
  await writeFile(marked, `\uFEFF${lines}`);
  await runLocal("create-client", "--id", "marked", "--name", "Marked");
  const dry = (file: string) => runLocal("import-secrets", "marked", "--file", file, "--prefix", "ACME_", "--dry-run");
  expect((await dry(marked)).out).toContain("would connect Klaviyo: ACME_KLAVIYO_PRIVATE_KEY, ACME_KLAVIYO_PUBLIC_KEY");
  const wide = join(devDir, "wide.env");
  for (const bytes of [Buffer.from(`\uFEFF${lines}`, "utf16le"), Buffer.from(lines, "utf16le")]) {
    await writeFile(wide, bytes);
    await expect(readText(wide)).rejects.toThrow(/is UTF-16, not UTF-8\. Save it as UTF-8/);
  }
  expect(await dry(wide)).toMatchObject({ code: 2, out: expect.stringContaining("is UTF-16") });
  await writeFile(wide, Buffer.concat([Buffer.from("NAME=caf"), Buffer.from([0xe9, 0x0a])]));
  await expect(readText(wide)).rejects.toThrow(/is not UTF-8/);
}, 90_000);

test("a client is taken in with the keys of the Atrium whose data it is, whatever .dev.vars says", async () => {
  const created = await runLocal("create-client", "--id", "beta", "--name", "Beta Gifts", "--owner", "owner@beta.example");
  expect(created.code).toBe(0);
  const [, origin, token = ""] = /"(http[^"]+)\/invitation\/([^"]+)"/.exec(created.out) ?? [];
  expect(origin).toBe("http://localhost:8787");
  const ofServe = await localVariables(dataDir);
  const config = readConfig({ APP_ORIGIN: origin, ...ofServe } as Partial<Env> as Env);
  expect(readInvitationToken(config, token)).toMatch(/^inv_/);

  const keys = (await (await fetch(`${sandbox.url}/__sandbox/keys`)).json()) as KnownKey[];
  const { fields = {} } = keys.find(({ provider }) => provider === "vapi") ?? {};
  const file = join(dir, ".env.beta");
  const lines = Object.entries(fields).map(([field, value]) => `VAPI_${field.toUpperCase()}='${value}'`);
  await writeFile(file, lines.join("\n"));
  expect((await runLocal("import-secrets", "beta", "--file", file)).out).toContain("connected     Vapi");
  const checked = await run({ ...sandboxVariables(sandbox.url), ...ofServe }, "validate-client", "beta", "--data", dataDir);
  expect(checked.out).not.toContain("does not open");
  expect(checked.code).toBe(0);
}, 90_000);

test("the deployed Atrium is not reached for with keys that nobody exported: they are missing by name, though .dev.vars has them", async () => {
  const { code, out } = await run({}, "validate-client", "nobody", "--remote");
  expect(out).toMatch(/The configuration is incomplete\..*VAULT_KEYS: .*SIGNING_KEY: /);
  expect(code).toBe(1);
});

test("the deployed Atrium is production unless the environment says otherwise: endpoints of a sandbox are refused", async () => {
  const { ENVIRONMENT: _, ...others } = devVariables;
  const exported = { ...others, APP_ORIGIN: "https://atrium.example", MAIL_TRANSPORT: "resend", RESEND_API_KEY: "re_1" };
  const { code, out } = await run(exported, "validate-client", "nobody", "--remote");
  expect(out).toContain("PROVIDER_ENDPOINTS: not accepted in production");
  expect(code).toBe(1);
});

test("of what wrangler binds a script takes the database and the queues, and none of the variables that it read by itself", async () => {
  const configPath = join(devDir, "wrangler.toml");
  const database = '[[d1_databases]]\nbinding = "DB"\ndatabase_name = "atrium"\ndatabase_id = "local"\n';
  await writeFile(configPath, `name = "atrium"\ncompatibility_date = "2026-04-01"\n${database}`);
  const platform = await getPlatformProxy<Env>({ configPath, remoteBindings: false, persist: false });
  try {
    expect(platform.env).toMatchObject(devVariables);
    const { VAULT_KEYS: _, ...others } = testVariables;
    expect(() => scriptCtx(platform.env, others, "test")).toThrow("VAULT_KEYS");
    const { PROVIDER_ENDPOINTS: __, ...atProviders } = testVariables;
    expect(scriptCtx(platform.env, atProviders, "test").config.PROVIDER_ENDPOINTS).toBeUndefined();
  } finally {
    await platform.dispose();
  }
});
