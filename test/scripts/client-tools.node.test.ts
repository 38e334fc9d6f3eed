import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { eq } from "drizzle-orm";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getPlatformProxy } from "wrangler";
import { connections, runs, schedules } from "#db/schema/index.ts";
import { sandboxVariables } from "#sandbox/endpoints.ts";
import { startSandbox } from "#sandbox/start.ts";
import { scriptCtx } from "#scripts/ctx.ts";
import { localVariables } from "#scripts/local-variables.ts";
import { openAtrium } from "#scripts/open-atrium.ts";
import { readText } from "#scripts/read-text.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { createClient } from "#server/domain/clients/create-client.ts";
import { CreateClient } from "#server/domain/clients/schemas.ts";
import { readInvitationToken } from "#server/domain/people/invitation-token.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { slugOf } from "#server/domain/tenancy/slug-of.ts";
import { type Env, readConfig } from "#server/env.ts";
import { testVariables } from "#test/variables.ts";

const root = resolve(import.meta.dirname, "../..");
const scripts = ["create-client", "validate-client", "import-secrets", "schedules", "run-job", "token-refresh"] as const;
/** Bundled once: tsx needs seconds for each start. Inside of the checkout, where the packages are found. */
const bundled = join(root, ".atrium/scripts-under-test");
let dir = "";
let dataDir = "";
/** A directory in which `npm run dev` was started once: its .dev.vars lies there. Never the checkout, whose own is somebody's. */
let devDir = "";
let devVariables: Record<string, string> = {};
let sandbox: Awaited<ReturnType<typeof startSandbox>>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "atrium-tools-"));
  await build({
    entryPoints: scripts.map((name) => join(root, `scripts/${name}.ts`)),
    ...{ bundle: true, splitting: true, platform: "node", format: "esm", packages: "external", outdir: bundled, absWorkingDir: root },
    define: { "import.meta.dirname": JSON.stringify(join(root, "scripts")) },
  });
  dataDir = join(dir, "serve");
  devDir = join(dir, "dev");
  sandbox = await startSandbox({ port: 0, redirectOrigin: "http://localhost", shop: null, generatedOrders: 10 });
  await mkdir(devDir);
  const elsewhere = sandboxVariables("http://localhost:1");
  devVariables = { ...(await localVariables(join(devDir, "data"))), APP_ORIGIN: "http://localhost:5173", ...elsewhere };
  const lines = Object.entries(devVariables).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(join(devDir, ".dev.vars"), lines.join(""));
  await inAtrium(async (ctx) => {
    for (const [id, name] of Object.entries(clients)) {
      await createClient(ctx, CreateClient.parse({ id, name, vertical: "shopify", plan: "growth" }));
    }
  });
});
afterAll(async () => {
  await sandbox.stop();
  await rm(dir, { recursive: true, force: true });
  await rm(bundled, { recursive: true, force: true });
});

/** What a person would see of one of the scripts, started where a .dev.vars lies, with nothing but this exported and no login. */
function run(
  exported: Record<string, string>,
  script: (typeof scripts)[number],
  ...args: string[]
): Promise<{ code: number; out: string }> {
  const unset = Object.keys({ ...devVariables, CLOUDFLARE_API_TOKEN: "", CLOUDFLARE_API_KEY: "" }).map((name) => [name, undefined]);
  const home = { HOME: dir, XDG_CONFIG_HOME: dir, WRANGLER_SEND_METRICS: "false", CI: "true" };
  const env = { ...process.env, ...Object.fromEntries(unset), ...home, ...exported };
  return new Promise((done) => {
    execFile(process.execPath, [join(bundled, `${script}.js`), ...args], { env, cwd: devDir }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === "number" ? error.code : 0, out: stdout + stderr }),
    );
  });
}

/** On the local Atrium, with the providers at the sandbox. */
const runLocal = (script: (typeof scripts)[number], ...args: string[]) =>
  run(sandboxVariables(sandbox.url), script, ...args, "--data", dataDir);

/** The Atrium that the scripts work on, from within: each start of a script takes seconds. */
async function inAtrium<T>(look: (ctx: Ctx) => Promise<T>): Promise<T> {
  const { ctx, close } = await openAtrium("test", { remote: false, dataDir });
  try {
    return await look(ctx);
  } finally {
    await close();
  }
}

/** What the scripts left behind of a client, or shall find. */
const inClient = <T>(id: string, look: (client: TenantCtx) => Promise<T>): Promise<T> =>
  inAtrium(async (ctx) => look(enterTenant(ctx, await findTenant(ctx, id), "system")));

/** Clients that are there from the start, by id. */
const clients = { named: "Named", scheduled: "Scheduled", running: "Running", renewed: "Renewed", bystander: "Bystander" };

interface KnownKey {
  provider: string;
  account: string;
  fields: Record<string, string>;
}

test("from the command line a client is created, given today's keys and checked, and no value of a key is ever printed", async () => {
  const created = await runLocal("create-client", "--id", "acme", "--name", "Acme Gifts", "--contact-email", "owner@acme.example");
  expect(created).toMatchObject({ code: 0, out: expect.stringContaining("Acme Gifts created as acme.") });

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
    message: "No owner, and none is invited.",
  });
  expect(checked.code).toBe(1);
  expect(await runLocal("validate-client", "nobody")).toMatchObject({ code: 2, out: expect.stringContaining("Client not found.") });

  // The D1 as it lies on the disk: nothing of the keys is in it in clear.
  const files = (await readdir(join(dataDir, "d1"), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
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

test.each([
  ["two files put together, each with its mark", "\uFEFFA=1\n\uFEFFB=2\n"],
  ["two marks", "\uFEFF\uFEFFA=1\r\n\uFEFFB=2"],
  ["a zero-width space before a name", "\u200BA=1\n\u200BB=2"],
  ["no-break spaces before a name, and a mark among them", "\u00A0\u00A0A=1\n\u00A0\uFEFF\u200BB=2"],
])("a file of keys names all its variables: %s", async (_what, text) => {
  const file = join(devDir, "pasted.env");
  await writeFile(file, text);
  expect(parseEnv(await readText(file))).toEqual({ A: "1", B: "2" });
});

test("a client is created with the keys of the Atrium whose data it is, whatever .dev.vars says", async () => {
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
  expect(checked.out).not.toContain("can’t be decrypted");
  expect(checked.code).toBe(0);
}, 90_000);

test.each([
  ["Acme Gifts", "acme-gifts"],
  ["Café Ångström & Søn", "cafe-angstrom-son"],
  ["L’Œuvre — Straße 7", "l-oeuvre-strasse-7"],
  ["  …Łódź!  ", "lodz"],
  ["A shop with quite a long name of its own", "a-shop-with-quite-a-long-name-of-i"],
  ["מתנות אקמה", null],
])("of %s the id is %s", (name, id) => {
  expect(slugOf(name)).toBe(id);
});

test("a client's id is made of its name, and what cannot be a client is refused with words before anything is kept", async () => {
  const email = "owner@angstrom.example";
  const made = await runLocal("create-client", "--name", "Café Ångström", "--vertical", "custom", "--email", email);
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringContaining(`Café Ångström created as cafe-angstrom. Invitation sent to ${email}.`),
  });
  expect(made.out).toMatch(/"http[^"]+\/invitation\/[^"]+"/);
  expect(await inClient("cafe-angstrom", async ({ tenant }) => tenant)).toMatchObject({ vertical: "custom", source: "script" });

  const again = await runLocal("create-client", "--name", "Cafe Angstrom");
  expect(again).toMatchObject({ code: 1, out: expect.stringContaining("It is cafe-angstrom: give another with --id.") });
  const refused: [string[], RegExp][] = [
    [[], /--name NAME/],
    [["--name", "מתנות"], /No id can be made of this name.*--id/],
    [["--name", "Left", "--vertical", "shops"], /vertical: Choose one of: shopify/],
    [["--name", "Left", "--email", "nobody"], /ownerEmail: /],
    [["--name", "Left", "--email", email, "--owner", email], /mean the same/],
    [["--name", "Left", "--colour", "red"], /'--colour'/],
  ];
  await Promise.all(
    refused.map(async ([args, words]) => {
      const { code, out } = await runLocal("create-client", ...args);
      expect(out).toMatch(words);
      expect(code).toBe(2);
    }),
  );
  await expect(inClient("left", async () => null)).rejects.toMatchObject({ kind: "not_found" });
}, 240_000);

test("the client is named by --tenant or by the first word, and is one", async () => {
  expect(await runLocal("validate-client", "--tenant", "named")).toMatchObject({
    code: 1,
    out: expect.stringContaining("No owner, and none is invited"),
  });
  expect(await runLocal("validate-client")).toMatchObject({ code: 2, out: expect.stringContaining("--tenant ID") });
  expect(await runLocal("validate-client", "named", "--tenant", "acme")).toMatchObject({
    code: 2,
    out: expect.stringContaining("One client at a time"),
  });
}, 240_000);

test("a client's schedules are listed, each with when it runs next or what it waits for", async () => {
  await inClient("scheduled", (client) =>
    client.db
      .update(schedules)
      .set({ blocked: null, nextAt: Date.UTC(2030, 0, 1) })
      .where(inTenant(client, schedules, eq(schedules.job, "klaviyo-sensor"))),
  );
  const { code, out } = await runLocal("schedules", "--list", "--tenant", "scheduled");
  expect(out).toMatch(/^shopify-sensor +every 15 min {2}paused: connect its account; never done yet$/m);
  expect(out).toMatch(/^klaviyo-sensor .* next 2030-01-01T00:00:00\.000Z; never done yet$/m);
  expect(code).toBe(0);
  const json = await runLocal("schedules", "--list", "--tenant", "scheduled", "--json");
  expect(JSON.parse(json.out.split("\n").find((line) => line.startsWith("[")) ?? "null")).toContainEqual(
    expect.objectContaining({ job: "shopify-sensor", everyS: 900, blocked: "not_connected" }),
  );
  expect(await runLocal("schedules", "--tenant", "scheduled")).toMatchObject({ code: 2, out: expect.stringContaining("--list") });
  expect(await runLocal("schedules", "--list")).toMatchObject({ code: 2, out: expect.stringContaining("--tenant ID") });
}, 240_000);

test("a job is started with the parameters that its own schema names; any other, or one of another type, is refused by name", async () => {
  const start = (...args: string[]) => runLocal("run-job", ...args, "--tenant", "running");
  const refused: [string[], RegExp][] = [
    [["shopify-sensor", "--param", "lowStock=12"], /lowStock: This job doesn’t have that parameter\. It has: lowStockAt\./],
    [["shopify-sensor", "--param", "lowStockAt=many"], /lowStockAt: .*number/],
    [["shopify-sensor", "--param", "lowStockAt=1", "--param", "lowStockAt=2"], /lowStockAt is given twice/],
    [["shopify-sensor", "--param", "lowStockAt"], /NAME=VALUE/],
    [["no-such-job"], /Job not found\./],
    [["shopify-sensor", "klaviyo-sensor"], /Which job\?/],
    [[], /Which job\?/],
  ];
  for (const [args, words] of refused) {
    const { code, out } = await start(...args);
    expect(out).toMatch(words);
    expect(code).toBe(2);
  }
  expect(await runLocal("run-job", "shopify-sensor")).toMatchObject({ code: 2, out: expect.stringContaining("--tenant ID") });
  expect(await inClient("running", ({ db }) => db.select().from(runs).where(eq(runs.tenantId, "running")))).toEqual([]);

  const started = await start("shopify-sensor", "--param", "lowStockAt=12");
  const [, id] = /shopify-sensor of Running: (run_\S+) is queued\./.exec(started.out) ?? [];
  expect(started.code).toBe(0);
  expect((await start("shopify-sensor")).out).toContain(`${id} is queued.`);
  expect(await start("shopify-sensor", "--param", "lowStockAt=13")).toMatchObject({
    code: 2,
    out: expect.stringContaining("other parameters"),
  });
  const [made, ...others] = await inClient("running", ({ db }) => db.select().from(runs).where(eq(runs.tenantId, "running")));
  expect(made).toMatchObject({ id, trigger: "manual", params: { lowStockAt: 12 } });
  expect(others).toEqual([]);
}, 240_000);

test("what is to be renewed is said by connection and without a token; then it is renewed, and what is not says why", async () => {
  const minted = await fetch(`${sandbox.url}/__sandbox/keys`, {
    method: "POST",
    body: JSON.stringify([{ provider: "cj", account: "Renewed Supplies" }]),
  });
  const [{ fields } = { fields: {} }] = (await minted.json()) as { fields: Record<string, string> }[];
  const file = join(dir, ".env.renewed");
  await writeFile(file, `CJ_API_KEY=${fields.api_key}\n`);
  expect((await runLocal("import-secrets", "--tenant", "renewed", "--file", file)).out).toContain("connected     CJ Dropshipping");

  const refresh = (...args: string[]) => runLocal("token-refresh", ...args);
  const own = () => inClient("renewed", ({ db }) => db.select().from(connections).where(eq(connections.tenantId, "renewed")));
  const makeDue = () =>
    inClient("renewed", ({ db, now }) =>
      db
        .update(connections)
        // Of a day that ends in half a minute: a token that lives for half a minute in all is not yet due.
        .set({ renewAt: now() - 1000, lastRefreshAt: now() - 86_400_000, accessExpiresAt: now() + 30_000, coolUntil: null })
        .where(eq(connections.tenantId, "renewed")),
    );
  await makeDue();
  const before = await own();
  const name = `renewed CJ Dropshipping Renewed Supplies (${before[0]?.id})`;
  const dry = await refresh("--dry-run");
  expect(dry.out).toContain(`would renew ${name}: access expires within a minute, `);
  expect(dry.out).not.toContain(fields.api_key);
  expect(dry.code).toBe(0);
  expect((await refresh("--tenant", "bystander")).out).toContain("Nothing to renew.");
  expect(await own()).toEqual(before);

  const done = await refresh("--tenant", "renewed");
  expect(done.out).toContain(`renewed     ${name}\n1 sent for renewal.`);
  expect(done.out).not.toContain(fields.api_key);
  expect(done.code).toBe(0);
  const [renewed] = await own();
  expect(renewed?.accessExpiresAt).toBeGreaterThan(Date.now() + 86_400_000);

  await makeDue();
  await fetch(`${sandbox.url}/__sandbox/control`, {
    method: "POST",
    body: JSON.stringify({ revoke: [{ provider: "cj", account: "Renewed Supplies" }] }),
  });
  const failed = await refresh();
  expect(failed.out).toMatch(/^not renewed renewed CJ Dropshipping Renewed Supplies \(con_\S+\): \w+/m);
  expect(failed.code).toBe(1);
  expect(await refresh("--force")).toMatchObject({ code: 2, out: expect.stringContaining("'--force'") });
}, 240_000);

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
