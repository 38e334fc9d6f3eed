import { sessions, users } from "#db/schema/index.ts";
import { propertiesOf } from "#sandbox/google/properties.ts";
import { sessionCookie, sessionLifetimeMs } from "#server/auth.ts";
import type { Job } from "#server/catalog/job.ts";
import type { Ctx } from "#server/ctx.ts";
import { hashToken, newToken } from "#server/domain/vault/sign-in-tokens.ts";
import { newId } from "#server/ids.ts";
import { connectionId, type Minted, type SeededConnection, seedClients } from "./seed-clients.ts";

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

/**
 * Clients with three connections each, whose access tokens all ended at `endedAt`, and as many members of staff with a session,
 * since one person alone may not change so much in a minute. The tokens are the sandbox's.
 */
export async function seedStorm(
  ctx: Ctx,
  { count, endedAt, mint }: { count: number; endedAt: number; mint: (wanted: readonly unknown[]) => Promise<Minted[]> },
): Promise<{ connections: StormConnection[]; cookies: string[] }> {
  const wanted = Array.from({ length: count }, (_, at) =>
    stormProviders.map((provider) => ({ provider, account: accountOf[provider](at), scopes: scopes[provider], expiresIn: 0 })),
  );
  const minted = await mint(wanted.flat());
  const made: StormConnection[] = [];
  const clients = wanted.map((accounts, at) => ({
    id: `storm-${at}`,
    connections: accounts.map(({ provider, account }, index) => {
      const tokens = minted[at * stormProviders.length + index];
      if (!tokens) throw new Error("the sandbox minted too few tokens");
      const connection = connectionOf(ctx, { provider, account, endedAt, tokens });
      made.push({ tenant: `storm-${at}`, id: connection.id, provider, grantId: tokens.grant_id });
      return connection;
    }),
  }));
  // Only jobs that read one of the storm's providers.
  const runs = ({ needs }: Job) => needs.every(({ provider }) => (stormProviders as readonly string[]).includes(provider));
  await seedClients(ctx, { clients, runs, timezone: "UTC" });
  return { connections: made, cookies: await Promise.all(Array.from({ length: count }, (_, at) => seedStaff(ctx, at))) };
}

function connectionOf(
  ctx: Ctx,
  { provider, account, endedAt, tokens }: { provider: StormProvider; account: string; endedAt: number; tokens: Minted },
): SeededConnection {
  const [property] = provider === "google" ? propertiesOf(account) : [];
  return {
    ...{ id: connectionId(ctx), provider, account, scopes: scopes[provider], accessEndsAt: endedAt, connectedAt: endedAt - 3_600_000 },
    details: { ...(provider === "shopify" && { shop: account }), currency: "GBP", timezone: "UTC" },
    chosen: property ? [{ kind: "ga4_property", id: property.id, name: property.displayName }] : [],
    secrets: { access_token: tokens.access_token, refresh_token: tokens.refresh_token },
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
