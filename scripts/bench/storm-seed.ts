import { batchOf, type Statement } from "#db/client.ts";
import { connections, dataKeys, secrets, sessions, tenants, users } from "#db/schema/index.ts";
import { propertiesOf } from "#sandbox/google/properties.ts";
import { sessionCookie, sessionLifetimeMs } from "#server/auth.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import { openDataKey } from "#server/domain/vault/data-keys.ts";
import { wrap } from "#server/domain/vault/envelope.ts";
import { currentRootKeyId, findRootKey } from "#server/domain/vault/root-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { hashToken, newToken } from "#server/domain/vault/sign-in-tokens.ts";
import { newId } from "#server/ids.ts";

/** What each client of the storm has: a provider that repeats a lost reply, one that rotates for good, one that does not rotate. */
const stormProviders = ["shopify", "klaviyo", "google"] as const;
type StormProvider = (typeof stormProviders)[number];

const scopes: Record<StormProvider, readonly string[]> = {
  shopify: ["read_orders", "read_products", "read_customers", "read_inventory", "read_all_orders"],
  klaviyo: "accounts lists segments profiles flows campaigns metrics events".split(" ").map((noun) => `${noun}:read`),
  google: ["openid", "email", "profile", "https://www.googleapis.com/auth/analytics.readonly"],
};

const accountOf: Record<StormProvider, (at: number) => string> = {
  shopify: (at) => `storm-${at}.myshopify.com`,
  klaviyo: (at) => `S${String(at).padStart(5, "0")}`,
  google: (at) => `owner@storm-${at}.example`,
};

export interface StormConnection {
  tenant: string;
  id: string;
  provider: StormProvider;
  /** The family of its tokens, as the sandbox calls it. */
  grantId: string;
}

interface Minted {
  grant_id: string;
  access_token: string;
  refresh_token: string;
}

/**
 * Clients with three connections each, whose access tokens all ended at `endedAt`, and as many members of staff with a session,
 * since one person alone may not change so much in a minute. Rows go in as they are, many at a time; the tokens are the sandbox's.
 */
export async function seedStorm(
  ctx: Ctx,
  { count, endedAt, mint }: { count: number; endedAt: number; mint: (wanted: readonly unknown[]) => Promise<Minted[]> },
): Promise<{ connections: StormConnection[]; cookies: string[] }> {
  const wanted = Array.from({ length: count }, (_, at) =>
    stormProviders.map((provider) => ({ provider, account: accountOf[provider](at), scopes: scopes[provider], expiresIn: 0 })),
  );
  const minted = await mint(wanted.flat());
  const clients = await Promise.all(
    wanted.map((_, at) =>
      clientRows(ctx, { at, endedAt, minted: minted.slice(at * stormProviders.length, (at + 1) * stormProviders.length) }),
    ),
  );
  const db = ctx.directory;
  const statements: Statement[] = [
    ...pages(clients, 4).map((page) => db.insert(tenants).values(page.map(({ tenant }) => tenant))),
    ...pages(clients, 15).map((page) => db.insert(dataKeys).values(page.map(({ dataKey }) => dataKey))),
    ...pages(
      clients.flatMap(({ rows }) => rows),
      3,
    ).map((page) => db.insert(connections).values(page.map(({ connection }) => connection))),
    ...pages(
      clients.flatMap(({ rows }) => rows.flatMap(({ sealed }) => sealed)),
      12,
    ).map((page) => db.insert(secrets).values(page)),
  ];
  for (const page of pages(statements, 50)) await batchOf(db, page);
  const made = clients.flatMap(({ tenant, rows }) =>
    rows.map(({ connection: { id, provider }, grantId }) => ({ tenant: tenant.id, id, provider, grantId })),
  );
  return { connections: made, cookies: await Promise.all(Array.from({ length: count }, (_, at) => seedStaff(ctx, at))) };
}

async function clientRows(ctx: Ctx, { at, endedAt, minted }: { at: number; endedAt: number; minted: readonly Minted[] }) {
  const now = ctx.now();
  const tenant: Tenant = { ...template, id: `storm-${at}`, name: `Storm ${at}`, createdAt: now };
  const place = { tenant: tenant.id, version: 1, rootKeyId: currentRootKeyId(ctx.config) };
  const root = await findRootKey(ctx.config, place.rootKeyId);
  const wrapped = await wrap(root.key, { place, dataKey: crypto.getRandomValues(new Uint8Array(32)) });
  const dataKey = { tenantId: tenant.id, version: 1, rootKeyId: place.rootKeyId, wrapped, createdAt: now };
  const opened = await openDataKey(ctx.config, dataKey);
  const inside = enterTenant(ctx, tenant, "system");
  const rows = await Promise.all(
    stormProviders.map(async (provider, index) => {
      const tokens = minted[index];
      if (!tokens) throw new Error("the sandbox minted too few tokens");
      const id = newId("con", now);
      const seal = async (field: string, secret: string) => ({
        tenantId: tenant.id,
        connectionId: id,
        field,
        sealed: await sealSecret(inside, opened, { connectionId: id, field, secret }),
        createdAt: now,
      });
      return {
        grantId: tokens.grant_id,
        connection: connectionRow({ id, tenant: tenant.id, provider, account: accountOf[provider](at), endedAt }),
        sealed: [await seal("access_token", tokens.access_token), await seal("refresh_token", tokens.refresh_token)],
      };
    }),
  );
  return { tenant, dataKey, rows };
}

function connectionRow({
  id,
  tenant,
  provider,
  account,
  endedAt,
}: {
  id: string;
  tenant: string;
  provider: StormProvider;
  account: string;
  endedAt: number;
}) {
  const [property] = provider === "google" ? propertiesOf(account) : [];
  return {
    id,
    tenantId: tenant,
    provider,
    externalId: account,
    name: account,
    details: provider === "shopify" ? { shop: account, currency: "GBP", timezone: "UTC" } : { currency: "GBP", timezone: "UTC" },
    chosen: property ? [{ kind: "ga4_property", id: property.id, name: property.displayName }] : [],
    scopesAsked: [...scopes[provider]],
    scopesGranted: [...scopes[provider]],
    status: "active" as const,
    accessExpiresAt: endedAt,
    connectedBy: "storm",
    connectedAt: endedAt - 3_600_000,
  };
}

/** The header of the browser of somebody who may try any connection. */
async function seedStaff(ctx: Ctx, at: number): Promise<string> {
  const now = ctx.now();
  const token = newToken();
  const userId = newId("usr", now);
  await ctx.directory.batch([
    ctx.directory
      .insert(users)
      .values({ id: userId, email: `staff-${at}@storm.test`, name: "Staff", staff: true, provenAt: now, onboardedAt: now, createdAt: now }),
    ctx.directory.insert(sessions).values({
      id: newId("ses", now),
      tokenHash: hashToken(token),
      userId,
      ip: "127.0.0.1",
      userAgent: "storm",
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + sessionLifetimeMs,
    }),
  ]);
  return `${sessionCookie}=${token}`;
}

const pages = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** Only jobs that read one of the storm's providers. */
const template = {
  vertical: "shopify",
  plan: "growth",
  status: "active",
  locale: "en",
  currency: "GBP",
  timezone: "UTC",
  currencyChosen: true,
  timezoneChosen: true,
  automations: [] as string[],
  features: Object.fromEntries(
    allJobs
      .filter(({ needs }) => !needs.every(({ provider }) => (stormProviders as readonly string[]).includes(provider)))
      .map(({ id }) => [id, false]),
  ),
  contactName: null,
  contactEmail: null,
  origin: null,
  source: "manual",
  tags: [] as string[],
  updatedAt: 0,
  endsAt: null,
  lastActivityAt: null,
  catalog: "",
  borrows: false,
  place: "DB",
} as const;
