import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { openDb, openTenantDb } from "#db/client.ts";
import { schedules, tenants } from "#db/schema/index.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { enterTenant, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { chooseResources } from "#server/domain/connecting/choose-resources.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { preferConnection } from "#server/domain/connecting/prefer-connection.ts";
import { refreshResources } from "#server/domain/connecting/refresh-resources.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { cancelDeletion, requestDeletion } from "#server/domain/custody/request-deletion.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { needReconnect } from "#server/domain/tokens/need-reconnect.ts";
import { connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";

const db = openDb(testEnv.DB);

beforeEach(async () => {
  await control();
  await control({ limits: false });
});

async function tick(): Promise<void> {
  const cron = testCtx({ actor: { type: "system", job: "cron" } });
  while ((await alignSchedules(cron, sensors)) > 0);
}

async function clientOf({ tenant }: { tenant: Tenant }): Promise<Tenant> {
  const [row] = await db.select().from(tenants).where(eq(tenants.id, tenant.id));
  if (!row) throw new Error("there is no such client");
  return row;
}

const staffOf = async (of: { tenant: Tenant }) => testTenantCtx(await clientOf(of), "staff");

async function blocksOf({ tenant }: { tenant: Tenant }): Promise<Record<string, string | null>> {
  const rows = await db.select().from(schedules).where(eq(schedules.tenantId, tenant.id));
  return Object.fromEntries(rows.map(({ job, blocked }) => [job, blocked]));
}

/** A client with accounts of two providers, of which Google has several things to choose from. */
async function client() {
  const { browser, tenant } = await visit();
  for (const provider of ["google", "klaviyo"]) await connectThrough(browser, { tenant: tenant.id, provider });
  const ctx: TenantCtx = enterTenant(browser, tenant, "owner");
  const all = await listConnections(ctx);
  const of = (provider: string): ConnectionRow => {
    const row = all.find((each) => each.provider === provider);
    if (!row) throw new Error(`${provider} is not connected`);
    return row;
  };
  await tick();
  return { ctx, tenant, google: of("google"), klaviyo: of("klaviyo") };
}

/** A D1 in whose first batch of schedules something else comes first. */
function overtaken(by: () => Promise<unknown>) {
  let done = false;
  const d1 = interruptedD1(testEnv.DB, (call) => {
    if (call.is !== "batch" || done) return undefined;
    done = true;
    return by();
  });
  return { d1, wasOvertaken: () => done };
}

describe("a client that is suspended as a verb begins and active as it writes has its jobs, whatever the verb is", () => {
  const chosen = { kind: "ga4_property", ids: [] as string[] };
  const verbs: Record<string, (ctx: TenantCtx, of: { google: ConnectionRow; klaviyo: ConnectionRow }) => Promise<unknown>> = {
    chooseResources: (ctx, { google }) => chooseResources(ctx, { connectionId: google.id, ...chosen }),
    connectKey: async (ctx) => connectKey(ctx, { provider: "twilio", fields: (await mintKey("twilio", "Shop Number 901")).fields }),
    disconnect: (ctx, { google }) => disconnect(ctx, { connectionId: google.id }),
    needReconnect: (ctx, { google }) => needReconnect(ctx, google, "access_removed"),
    preferConnection: (ctx, { google }) => preferConnection(ctx, { connectionId: google.id }),
    refreshResources: (ctx, { google }) => refreshResources(ctx, { connectionId: google.id }),
  };
  test.each(Object.entries(verbs))("%s", async (_name, verb) => {
    const home = await client();
    // What the verb holds since before it waited.
    const stale = { ...home.ctx, tenant: { ...home.tenant, status: "suspended" as const } };
    await verb(stale, home);
    const blocks = await blocksOf(home);
    expect(Object.values(blocks)).not.toContain("suspended");
    expect(blocks["klaviyo-sensor"]).toBeNull();
  });
});

test("an account that is connected while another one is stored keeps its jobs", async () => {
  const { ctx } = await client();
  const klaviyo = (await listConnections(ctx)).find(({ provider }) => provider === "klaviyo");
  await disconnect(ctx, { connectionId: klaviyo?.id ?? "" });
  const { fields } = await mintKey("klaviyo", "KeyAlg");
  let stores = 0;
  const d1 = interruptedD1(testEnv.DB, (call) => {
    if (call.is !== "batch" || call.statements.length < 6 || stores++ > 0) return undefined;
    return connectKey(ctx, { provider: "klaviyo", fields });
  });
  await connectKey(
    { ...ctx, db: openTenantDb(d1, ctx.tenant.id) },
    { provider: "twilio", fields: (await mintKey("twilio", "Shop Number 902")).fields },
  );
  expect(stores).toBeGreaterThan(0);
  expect((await blocksOf(ctx))["klaviyo-sensor"]).toBeNull();
});

test("of two changes of a client at once the later one's schedules stand, although the earlier one's were written last", async () => {
  const { ctx } = await client();
  const { d1, wasOvertaken } = overtaken(async () => {
    await updateClient(await staffOf(ctx), { status: "active" });
    await tick();
  });
  await updateClient({ ...(await staffOf(ctx)), db: openTenantDb(d1, ctx.tenant.id) }, { status: "suspended" });
  expect(wasOvertaken()).toBe(true);
  expect((await clientOf(ctx)).status).toBe("active");
  expect(Object.values(await blocksOf(ctx))).not.toContain("suspended");
});

describe("while the tick aligns a client", () => {
  async function tickOvertaken(by: () => Promise<unknown>): Promise<void> {
    const cron = testCtx({ actor: { type: "system", job: "cron" } });
    const { d1, wasOvertaken } = overtaken(by);
    await alignSchedules({ ...cron, databases: { ...cron.databases, DB: d1 } }, sensors);
    expect(wasOvertaken()).toBe(true);
    await tick();
  }

  test("an end that is called off leaves its jobs free", async () => {
    const { ctx, tenant } = await client();
    await requestDeletion(ctx, { confirmation: tenant.name, reason: "it moves" });
    await tickOvertaken(async () => cancelDeletion({ ...ctx, tenant: await clientOf(ctx) }));
    expect((await blocksOf(ctx))["klaviyo-sensor"]).toBeNull();
  });

  test("an end that is set stops its jobs", async () => {
    const { ctx, tenant } = await client();
    await db.update(tenants).set({ catalog: "" }).where(eq(tenants.id, tenant.id));
    await tickOvertaken(() => requestDeletion(ctx, { confirmation: tenant.name, reason: "it moves" }));
    expect((await blocksOf(ctx))["klaviyo-sensor"]).toBe("suspended");
  });

  test("an account that is connected has its jobs", async () => {
    const { ctx, tenant, klaviyo } = await client();
    await disconnect(ctx, { connectionId: klaviyo.id });
    await db.update(tenants).set({ catalog: "" }).where(eq(tenants.id, tenant.id));
    const { fields } = await mintKey("klaviyo", "KeyTic");
    await tickOvertaken(() => connectKey(ctx, { provider: "klaviyo", fields }));
    expect((await blocksOf(ctx))["klaviyo-sensor"]).toBeNull();
  });
});
