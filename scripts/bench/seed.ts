import { eq } from "drizzle-orm";
import { measurements, memberships, schedules, sessions, tenants, users } from "#db/schema/index.ts";
import { sessionCookie, sessionLifetimeMs } from "#server/auth.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { type Ctx, enterTenant, type UserActor } from "#server/ctx.ts";
import { storeConnection } from "#server/domain/oauth/store-connection.ts";
import { hashToken, newToken } from "#server/domain/sessions/tokens.ts";
import { createClient } from "#server/domain/tenants/create-client.ts";
import { newId } from "#server/ids.ts";
import { propertiesOf } from "#test/sandbox/google/properties.ts";

/** The client whose pages are opened, and the header of its owner's browser. */
export interface Portal {
  tenant: string;
  headers: Record<string, string>;
}

export const benchJob = "ga4-sensor";
const analytics = "https://www.googleapis.com/auth/analytics.readonly";
const dayMs = 86_400_000;

/** A client with ninety days of every sensor's figures and three connections. */
export async function seedPortal(ctx: Ctx): Promise<Portal> {
  const tenant = "bench-portal";
  const now = ctx.now();
  await newClient(ctx, tenant);
  const token = newToken();
  const userId = newId("usr", now);
  const person = { id: userId, email: "owner@bench.test", name: "Owner", provenAt: now, onboardedAt: now, createdAt: now };
  await ctx.directory.batch([
    ctx.directory.insert(users).values(person),
    ctx.directory.insert(memberships).values({ userId, tenantId: tenant, role: "owner", createdAt: now }),
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
  const figures = sensors.flatMap((sensor) =>
    sensor.metrics.flatMap((metric) => {
      const days = metric.kind === "daily" ? 90 : 1;
      const dimensions = metric.dimension ? ["a", "b", "c"] : [""];
      return Array.from({ length: days }, (_, back) => new Date(now - back * dayMs).toISOString().slice(0, 10)).flatMap((day) =>
        dimensions.map((dimension) => ({
          tenantId: tenant,
          sensor: sensor.id,
          metric: metric.key,
          day,
          dimension,
          value: Math.round(1000 * Math.random()),
          measuredAt: now,
        })),
      );
    }),
  );
  const rowsPerInsert = 14;
  for (let start = 0; start < figures.length; start += rowsPerInsert * 50) {
    const page = figures.slice(start, start + rowsPerInsert * 50);
    const inserts = Array.from({ length: Math.ceil(page.length / rowsPerInsert) }, (_, at) =>
      ctx.directory.insert(measurements).values(page.slice(at * rowsPerInsert, (at + 1) * rowsPerInsert)),
    );
    const [first, ...others] = inserts;
    if (first) await ctx.directory.batch([first, ...others]);
  }
  return { tenant, headers: { cookie: `${sessionCookie}=${token}` } };
}

/** Clients with one connected Google account each, whose history was read before: a run reads the last days. */
export async function seedRunners(ctx: Ctx, count: number, mint: (accounts: string[]) => Promise<string[]>): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, at) => `bench-run-${at}`);
  const accounts = ids.map((id) => `${id}@example.com`);
  const tokens = await mint(accounts);
  const google = findProvider("google");
  for (const [at, id] of ids.entries()) {
    const tenant = await newClient(ctx, id);
    const account = accounts[at] as string;
    const [property] = propertiesOf(account);
    await storeConnection(enterTenant({ ...ctx, actor: seeder(ctx) }, tenant, "owner"), google, {
      grant: {
        accessToken: tokens[at] as string,
        refreshToken: undefined,
        expiresInS: 86_400,
        refreshExpiresInS: undefined,
        scopes: [analytics],
      },
      identity: {
        externalId: account,
        name: account,
        details: { email: account, resources: [{ kind: "ga4_property", id: property?.id ?? "", name: "Shop" }] },
      },
      asked: [analytics],
      granted: [analytics],
      dataKeyRows: [],
    });
    const cursor = { property: property?.id, creditedOn: new Date(ctx.now()).toISOString().slice(0, 10), channels: [] };
    await ctx.directory
      .update(schedules)
      .set({ cursor, nextAt: ctx.now() + dayMs })
      .where(eq(schedules.tenantId, id));
  }
  return ids;
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
const seeder = (ctx: Ctx): UserActor => ({
  type: "user",
  userId: newId("usr", ctx.now()),
  sessionId: newId("ses", ctx.now()),
  email: "seed@bench.test",
  name: "",
  locale: "en",
  timezone: "UTC",
  staff: false,
  onboarded: true,
  memberships: [],
});
