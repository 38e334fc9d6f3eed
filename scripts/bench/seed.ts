import { eq, getTableColumns } from "drizzle-orm";
import { measurements, memberships, runs, sessions, tenants, users } from "#db/schema/index.ts";
import { propertiesOf } from "#sandbox/google/properties.ts";
import { sessionCookie, sessionLifetimeMs } from "#server/auth.ts";
import type { Metric } from "#server/catalog/metric.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { Resource } from "#server/catalog/resource.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { type Ctx, enterTenant, type Tenant, type UserActor } from "#server/ctx.ts";
import { createClient } from "#server/domain/clients/create-client.ts";
import { storeConnection } from "#server/domain/connecting/store-connection.ts";
import { lastTenantCookie } from "#server/domain/people/last-tenant.ts";
import { openDataKey } from "#server/domain/vault/data-keys.ts";
import { wrap } from "#server/domain/vault/envelope.ts";
import { currentRootKeyId, findRootKey } from "#server/domain/vault/root-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { hashToken, newToken } from "#server/domain/vault/sign-in-tokens.ts";
import { newId } from "#server/ids.ts";

/** The client whose pages are opened, and the header of its owner's browser. */
export interface Portal {
  tenant: string;
  headers: Record<string, string>;
}

export const benchJob = "ga4-sensor";
const analytics = "https://www.googleapis.com/auth/analytics.readonly";
const dayMs = 86_400_000;
/** So many values a statement binds at most in D1. */
const mostBound = 100;

/** A client with ninety days of every sensor's figures. */
export const seedPortal = (ctx: Ctx, tenant = "bench-portal"): Promise<Portal> => seedFigures(ctx, tenant, sensors);

/** A client whose overview has eight tiles, those of the shop, and the latest of ten runs. */
export async function seedSmallPortal(ctx: Ctx): Promise<Portal> {
  const portal = await seedFigures(
    ctx,
    "bench-small",
    sensors.filter(({ id }) => id === shopJob),
  );
  const now = ctx.now();
  for (let hoursAgo = 10; hoursAgo > 0; hoursAgo--) {
    await ctx.directory.insert(runs).values({
      id: newId("run", now - hoursAgo * 3_600_000),
      tenantId: portal.tenant,
      job: shopJob,
      slot: hoursAgo,
      trigger: "schedule",
      status: "succeeded",
      availableAt: now,
      createdAt: now - hoursAgo * 3_600_000,
      startedAt: now - hoursAgo * 3_600_000,
      finishedAt: now - hoursAgo * 3_600_000 + 2500,
    });
  }
  return portal;
}

const shopJob = "shopify-sensor";

async function seedFigures(ctx: Ctx, tenant: string, measured: readonly Sensor[]): Promise<Portal> {
  const now = ctx.now();
  await newClient(ctx, tenant);
  const { userId, headers } = await seedPerson(ctx, { name: tenant });
  await ctx.directory.insert(memberships).values({ userId, tenantId: tenant, role: "owner", createdAt: now });

  const figures = measured.flatMap((sensor) =>
    sensor.metrics.flatMap((metric) => {
      const days = metric.kind === "daily" ? 90 : 1;
      const dimensions = dimensionsOf(metric);
      return Array.from({ length: days }, (_, back) => new Date(now - back * dayMs).toISOString().slice(0, 10)).flatMap((day) =>
        dimensions.map((dimension) => ({
          tenantId: tenant,
          job: sensor.id,
          metric: metric.key,
          day,
          dimension,
          value: Math.round(1000 * Math.random()),
          measuredAt: now,
        })),
      );
    }),
  );
  const rowsPerInsert = Math.floor(mostBound / Object.keys(getTableColumns(measurements)).length);
  for (let start = 0; start < figures.length; start += rowsPerInsert * 50) {
    const page = figures.slice(start, start + rowsPerInsert * 50);
    const inserts = Array.from({ length: Math.ceil(page.length / rowsPerInsert) }, (_, at) =>
      ctx.directory.insert(measurements).values(page.slice(at * rowsPerInsert, (at + 1) * rowsPerInsert)),
    );
    const [first, ...others] = inserts;
    if (first) await ctx.directory.batch([first, ...others]);
  }
  // A browser that opens a client's page has opened one before.
  return { tenant, headers: { cookie: `${headers.cookie}; ${lastTenantCookie}=${tenant}` } };
}

/** Somebody who is signed in: a member of nothing yet, or an admin of the agency. */
export async function seedPerson(ctx: Ctx, { name, staff = false }: { name: string; staff?: boolean }) {
  const now = ctx.now();
  const token = newToken();
  const userId = newId("usr", now);
  const person = { id: userId, email: `${name}@bench.test`, name: "Owner", staff, provenAt: now, onboardedAt: now, createdAt: now };
  await ctx.directory.batch([
    ctx.directory.insert(users).values(person),
    ctx.directory.insert(sessions).values({
      id: newId("ses", now),
      tokenHash: hashToken(token),
      userId,
      ip: "127.0.0.1",
      userAgent: "bench",
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + sessionLifetimeMs,
    }),
  ]);
  return { userId, headers: { cookie: `${sessionCookie}=${token}` } };
}

/** What a metric is split by, as its sensor would say it. */
function dimensionsOf({ key, dimension }: Metric): string[] {
  if (!dimension) return [""];
  if (!key.startsWith("cohort")) return ["a", "b", "c"];
  const months = Array.from({ length: 12 }, (_, at) => `2026-${String(at + 1).padStart(2, "0")}`);
  return months.flatMap((month, at) => Array.from({ length: 12 - at }, (_, offset) => `${month}|${offset}`));
}

/**
 * Clients with one connected Google account each, whose history was read before: a run reads the last days. The first one is
 * made by the verbs, the others are its copies with keys and tokens of their own.
 */
export async function seedRunners(ctx: Ctx, count: number, mint: (accounts: string[]) => Promise<string[]>): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, at) => `bench-run-${at}`);
  const accounts = ids.map((id) => `${id}@example.com`);
  const tokens = await mint(accounts);
  const [first = "", firstAccount = "", firstToken = ""] = [ids[0], accounts[0], tokens[0]];
  const tenant = await newClient(ctx, first);
  await connectFirst(ctx, tenant, { account: firstAccount, accessToken: firstToken });
  const cursor = JSON.stringify({
    property: propertyOf(firstAccount),
    creditedOn: new Date(ctx.now()).toISOString().slice(0, 10),
    channels: [],
  });
  const d1 = ctx.databases.DB;
  await d1
    .prepare("update schedules set cursor = ?, next_at = ? where tenant_id = ?")
    .bind(cursor, ctx.now() + dayMs, first)
    .run();
  const rowsOf = async (table: string, column = "tenant_id") =>
    (await d1.prepare(`select * from ${table} where ${column} = ?`).bind(first).all<Record<string, unknown>>()).results;
  const [tenants, connections, schedules] = [await rowsOf("tenants", "id"), await rowsOf("connections"), await rowsOf("schedules")];
  const copies = ids
    .slice(1)
    .map((id, at) => ({ id, account: accounts[at + 1] as string, token: tokens[at + 1] as string, connection: newId("con", ctx.now()) }));
  const vault = await Promise.all(copies.map((copy) => sealed(ctx, tenant, copy)));
  await insertRows(
    d1,
    "tenants",
    copies.flatMap(({ id }) => tenants.map((row) => ({ ...row, id }))),
  );
  await insertRows(
    d1,
    "connections",
    copies.flatMap(({ id, account, connection }) =>
      connections.map((row) => ({
        ...row,
        id: connection,
        tenant_id: id,
        external_id: account,
        details: JSON.stringify({ email: account }),
        chosen: JSON.stringify(chosenOf(account)),
      })),
    ),
  );
  await insertRows(
    d1,
    "schedules",
    copies.flatMap(({ id, account }) =>
      schedules.map((row) => ({
        ...row,
        tenant_id: id,
        // Learnt with the first tick: another one than the copy's own would make its jobs begin anew.
        source: null,
        cursor: JSON.stringify({ ...JSON.parse(cursor), property: propertyOf(account) }),
      })),
    ),
  );
  await insertRows(
    d1,
    "data_keys",
    vault.map(({ dataKey }) => dataKey),
  );
  await insertRows(
    d1,
    "secrets",
    vault.map(({ secret }) => secret),
  );
  return ids;
}

const propertyOf = (account: string) => propertiesOf(account)[0]?.id ?? "";
const chosenOf = (account: string): Resource[] => [{ kind: "ga4_property", id: propertyOf(account), name: "Shop" }];

async function connectFirst(ctx: Ctx, tenant: Tenant, { account, accessToken }: { account: string; accessToken: string }): Promise<void> {
  const { followed } = await storeConnection(
    enterTenant({ ...ctx, actor: ownerOf(ctx, tenant) }, tenant, "owner"),
    findProvider("google"),
    {
      kind: "oauth",
      identity: { externalId: account, name: account, details: { email: account } },
      grant: { accessToken, refreshToken: undefined, expiresInS: 86_400, refreshExpiresInS: undefined, scopes: [analytics] },
      keys: {},
      fields: {},
      asked: [analytics],
      granted: [analytics],
      listed: new Map([["ga4_property", chosenOf(account)]]),
      becomes: null,
    },
  );
  await followed;
}

/** A data key and a token sealed with it, as rows. */
async function sealed(ctx: Ctx, template: Tenant, { id, token, connection }: { id: string; token: string; connection: string }) {
  const tenantCtx = enterTenant(ctx, { ...template, id }, "system");
  const now = ctx.now();
  const place = { tenant: id, version: 1, rootKeyId: currentRootKeyId(ctx.config) };
  const root = await findRootKey(ctx.config, place.rootKeyId);
  const wrapped = await wrap(root.key, { place, dataKey: crypto.getRandomValues(new Uint8Array(32)) });
  const row = { tenantId: id, version: 1, rootKeyId: place.rootKeyId, wrapped, createdAt: now };
  const value = await sealSecret(tenantCtx, await openDataKey(ctx.config, row), {
    connectionId: connection,
    field: "access_token",
    secret: token,
  });
  return {
    dataKey: { tenant_id: id, version: 1, root_key_id: place.rootKeyId, wrapped, created_at: now },
    secret: { tenant_id: id, connection_id: connection, field: "access_token", sealed: value, created_at: now },
  };
}

/** Rows by their columns' names, two hundred a statement. */
async function insertRows(d1: D1Database, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = columns.map((column) => `value->>'${column}'`).join(", ");
  for (let start = 0; start < rows.length; start += 200) {
    await d1
      .prepare(`insert into ${table} (${columns.join(", ")}) select ${values} from json_each(?)`)
      .bind(JSON.stringify(rows.slice(start, start + 200)))
      .run();
  }
}

async function newClient(ctx: Ctx, id: string) {
  const tenant = await createClient(ctx, {
    id,
    name: id,
    vertical: "shopify",
    plan: "growth",
    locale: "en",
    currency: "EUR",
    timezone: "UTC",
  });
  await ctx.directory.update(tenants).set({ status: "active" }).where(eq(tenants.id, id));
  return { ...tenant, status: "active" as const };
}

/** Connections are made by a person; nobody has to sign in for these. */
const ownerOf = (ctx: Ctx, tenant: Tenant): UserActor => ({
  type: "user",
  userId: newId("usr", ctx.now()),
  sessionId: newId("ses", ctx.now()),
  email: "seed@bench.test",
  name: "",
  locale: "en",
  timezone: "UTC",
  staff: false,
  onboarded: true,
  memberships: [{ tenant, role: "owner" }],
});
