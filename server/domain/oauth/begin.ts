import { generateState } from "arctic";
import { lte } from "drizzle-orm";
import { oauthStates } from "#db/schema/index.ts";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import { type Ctx, requirePermission, requireUser, type TenantCtx } from "#server/ctx.ts";
import { findConnection } from "#server/domain/connections/hold-connection.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { networkOf } from "#server/domain/rate-limits/network-of.ts";
import { takeFromLimit } from "#server/domain/rate-limits/take.ts";
import { safePath } from "#server/domain/sessions/schemas.ts";
import { hashToken, linkToken } from "#server/domain/sessions/tokens.ts";
import { DomainError, notFound, ProviderError } from "#server/errors.ts";
import { authorizeUrl, redirectUriOf } from "./authorize-url.ts";
import { markBrowser } from "./browser.ts";
import { enterFor } from "./enter.ts";
import { type Outcome, toastOf } from "./words.ts";

const stateLifeMs = 600_000;

/** The query of the authorize route, as it came. */
export interface BeginOAuth {
  provider: string;
  tenant: string;
  /** Ids of scope sets, comma-separated; without it those that are on by default, or what a connection had. */
  sets?: string | undefined;
  shop?: string | undefined;
  /** The connection that is to be connected again. */
  connection?: string | undefined;
  return?: string | undefined;
  /** The browser's word on who made it come here (Sec-Fetch-Site). */
  fetchSite?: string | undefined;
}

/** Where the browser goes next, and what it is told there. */
export interface NextPage {
  location: string;
  toast?: { kind: "success" | "info" | "error"; message: string };
}

/**
 * Sends a member off to a provider's consent page. What must hold on the way back (person, session, browser, tenant, provider,
 * shop, scopes) is stored under the hash of the state, for ten minutes and one use; the PKCE verifier is derived from the state and stored
 * nowhere. Unknown provider, tenant or
 * connection is `not_found`; whatever the person can mend comes back as a toast on the integrations page.
 */
export async function beginOAuth(ctx: Ctx, input: BeginOAuth): Promise<NextPage> {
  const actor = requireUser(ctx);
  const provider = findOAuthProvider(input.provider);
  const tenantCtx = await enterFor(ctx, input.tenant);
  requirePermission(tenantCtx, "connections:write");

  const home = `/t/${tenantCtx.tenant.id}/integrations`;
  const stay = (outcome: Outcome): NextPage => ({
    location: home,
    toast: toastOf(outcome, { locale: actor.locale, provider: provider.name }),
  });
  // A page elsewhere must not start a consent in somebody's name; what it cannot see to its end it could still steer.
  if (input.fetchSite === "cross-site" || input.fetchSite === "same-site") return stay("from_elsewhere");
  try {
    await limitTries(ctx, actor.userId);
    const known = input.connection === undefined ? null : await connectionOf(tenantCtx, provider, input.connection);
    const scopes = scopesOf(provider, input.sets, known);
    if (scopes === null) return stay("unknown_permissions");
    const shop = provider.oauth.shop?.safeParse(known?.details.shop ?? input.shop ?? "");
    if (shop && !shop.success) return stay("shop_needed");
    const returnTo = (input.return && safePath(input.return)) || home;
    return await leave(tenantCtx, provider, { scopes, shop: shop?.data ?? null, connectionId: known?.id ?? null, returnTo });
  } catch (error) {
    if (error instanceof DomainError && error.kind === "rate_limited") return stay("too_many");
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.error("cannot begin a connection", { provider: provider.id, error });
    return stay("misconfigured");
  }
}

async function limitTries(ctx: Ctx, userId: string): Promise<void> {
  await takeFromLimit(ctx, { key: `oauth:ip:${networkOf(ctx.request.ip)}`, max: 120, windowS: 600 });
  await takeFromLimit(ctx, { key: `oauth:user:${userId}`, max: 60, windowS: 600 });
}

async function connectionOf(ctx: TenantCtx, provider: OAuthProvider, id: string): Promise<ConnectionRow> {
  const connection = await findConnection(ctx, id);
  if (connection.provider !== provider.id) throw notFound("connection");
  return connection;
}

/** What to ask for: the chosen sets, and on a reconnect also all that the connection had; null where a set is not known. */
function scopesOf(provider: OAuthProvider, sets: string | undefined, known: ConnectionRow | null): string[] | null {
  const ids = sets?.split(",").filter(Boolean) ?? [];
  const { scopeSets, identityScopes } = provider.oauth;
  if (ids.some((id) => !scopeSets.some((set) => set.id === id))) return null;
  const chosen = scopeSets.filter((set) => (ids.length > 0 ? ids.includes(set.id) : set.default && !known));
  const scopes = new Set([...identityScopes, ...(known?.scopesAsked ?? []), ...chosen.flatMap((set) => set.scopes)]);
  return [...scopes];
}

async function leave(
  ctx: TenantCtx,
  provider: OAuthProvider,
  consent: { scopes: string[]; shop: string | null; connectionId: string | null; returnTo: string },
): Promise<NextPage> {
  const actor = requireUser(ctx);
  const state = generateState();
  const stateHash = hashToken(state);
  const verifier = provider.oauth.pkce ? linkToken(ctx.config, "pkce", state) : null;
  const url = authorizeUrl(ctx.config, provider, { ...consent, state, verifier });
  const now = ctx.now();
  ctx.log.conceal(state);
  await ctx.directory.batch([
    ctx.directory.delete(oauthStates).where(lte(oauthStates.expiresAt, now)),
    ctx.directory.insert(oauthStates).values({
      stateHash,
      provider: provider.id,
      forTenant: ctx.tenant.id,
      userId: actor.userId,
      sessionId: actor.sessionId,
      browserHash: markBrowser(ctx),
      redirectUri: redirectUriOf(ctx.config, provider),
      ...consent,
      expiresAt: now + stateLifeMs,
    }),
  ]);
  return { location: url.href };
}
