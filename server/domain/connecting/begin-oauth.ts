import type { ConsentCode } from "#db/words/connections.ts";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import { type Ctx, requirePermission, requireUser, type TenantCtx, type UserActor } from "#server/ctx.ts";
import { approved } from "#server/domain/connections/approved.ts";
import { findConnection } from "#server/domain/connections/hold-connection.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { pagePath } from "#server/domain/people/schemas.ts";
import { enterFor } from "#server/domain/tenancy/enter-for.ts";
import { jobsOn } from "#server/domain/tenancy/jobs-on.ts";
import { type PlanRefusal, planRefusal } from "#server/domain/tenancy/plans.ts";
import { DomainError, invalid, notFound, ProviderError } from "#server/errors.ts";
import { leave, type NextPage } from "./leave.ts";
import { scopesToAsk } from "./scopes-to-ask.ts";

/** The query of the authorize route, as it came. */
export interface BeginOAuth {
  provider: string;
  /** Who has one client alone need not name it. */
  tenant?: string | undefined;
  /** Ids of scope sets, comma-separated; without it those that are on by default, or what a connection had. */
  sets?: string | undefined;
  /** Permissions by name, or by the name of their set; separated by commas or spaces. */
  scopes?: string | undefined;
  /** `missing`: only what the connection lacks. */
  only?: string | undefined;
  shop?: string | undefined;
  /** The connection that is to be connected again. */
  connection?: string | undefined;
  return?: string | undefined;
  /** The browser's word on who made it come here (Sec-Fetch-Site). */
  fetchSite?: string | undefined;
}

/**
 * Sends a member off to a provider's consent page, see `leave`. Unknown provider, tenant or connection is `not_found`; whatever
 * the person can mend comes back as a toast on the integrations page, a shop's address on that of the provider.
 */
export async function beginOAuth(ctx: Ctx, input: BeginOAuth): Promise<NextPage> {
  const actor = requireUser(ctx);
  const provider = approved(ctx.config, findOAuthProvider(input.provider));
  const tenantCtx = await enterFor(ctx, input.tenant || onlyClientOf(actor));
  requirePermission(tenantCtx, "connections:write");

  const home = `/t/${tenantCtx.tenant.id}/integrations`;
  const stay = (code: ConsentCode): NextPage => ({ location: home, told: { code, params: { provider: provider.name } } });
  // A page elsewhere must not start a consent in somebody's name; what it cannot see to its end it could still steer.
  if (input.fetchSite === "cross-site" || input.fetchSite === "same-site") return stay("from_elsewhere");
  try {
    const known = input.connection === undefined ? null : await connectionOf(tenantCtx, provider, input.connection);
    if (known?.kind === "key" && (await hasOAuthTwin(tenantCtx, known))) return stay("oauth_already");
    const refusal = await refusalOf(tenantCtx, provider, known);
    if (refusal) return stay(refusal);
    const scopes = scopesToAsk(provider, input, { known, jobs: jobsOn(tenantCtx.tenant) });
    if (scopes === null) return stay("unknown_permissions");
    const shop = provider.oauth.shop?.safeParse(known?.details.shop ?? input.shop ?? "");
    // To the form that asked, where the address can be written again.
    if (shop && !shop.success) return { ...stay("shop_needed"), location: `${home}/${provider.id}` };
    const returnTo = (input.return && pagePath(input.return)) || home;
    const forTenant = tenantCtx.tenant.id;
    return await leave(ctx, provider, { forTenant, scopes, shop: shop?.data ?? null, connectionId: known?.id ?? null, returnTo });
  } catch (error) {
    if (error instanceof DomainError && error.kind === "rate_limited") return { ...stay("too_many"), retryAfterS: error.retryAfterS };
    if (error instanceof DomainError && error.code === "provider_off") return { ...stay("provider_off"), refusal: error };
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.error("cannot begin a connection", { provider: provider.id, error });
    return stay("misconfigured");
  }
}

/**
 * Whether the plan surely has no place for what will come back. Where accounts of the provider are connected it may be one of
 * them: that is known at the callback, and decided there.
 */
async function refusalOf(ctx: TenantCtx, provider: OAuthProvider, known: ConnectionRow | null): Promise<PlanRefusal | null> {
  const connections = await listConnections(ctx);
  const mayBeKnown = connections.some((row) => row.provider === provider.id && row.status !== "disconnected");
  if (known === null && mayBeKnown) return null;
  return planRefusal(ctx.tenant, { provider: provider.id, externalId: known?.externalId ?? null, connections });
}

/** Throws `invalid` for who has none or several, and must say which. */
function onlyClientOf({ memberships: [own, ...others] }: UserActor): string {
  if (!own || others.length > 0) throw invalid("tenant", "client_needed");
  return own.tenant.id;
}

async function connectionOf(ctx: TenantCtx, provider: OAuthProvider, id: string): Promise<ConnectionRow> {
  const connection = await findConnection(ctx, id);
  if (connection.provider !== provider.id) throw notFound("connection");
  return connection;
}

/**
 * Whether the account of a key is connected by OAuth too: then there is nothing to turn into it. One that was disconnected does
 * not count: it comes back to life beside the key, which stays for when OAuth waits.
 */
async function hasOAuthTwin(ctx: TenantCtx, { provider, externalId }: ConnectionRow): Promise<boolean> {
  const all = await listConnections(ctx);
  return all.some(
    (row) => row.kind === "oauth" && row.provider === provider && row.externalId === externalId && row.status !== "disconnected",
  );
}
