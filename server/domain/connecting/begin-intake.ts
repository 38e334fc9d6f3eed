import type { ConsentCode } from "#db/words/connections.ts";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import { type Ctx, requireStaff } from "#server/ctx.ts";
import { approved } from "#server/domain/connections/approved.ts";
import { pagePath } from "#server/domain/people/schemas.ts";
import { DomainError, notFound, ProviderError } from "#server/errors.ts";
import { leave, type NextPage } from "./leave.ts";

/** Where the next client is taken in, and where one comes back to who named no other page. */
export const home = "/admin/new-client";

/**
 * Sends one of the agency's admins to a provider's consent page, to take a client in from the account that comes back.
 * `client` says whose it is, where that was asked: a client's id, or `new`. Throws
 * `forbidden` for anybody else, `not_found` for a provider whose accounts are no merchants'.
 */
export async function beginIntake(
  ctx: Ctx,
  input: {
    provider: string;
    shop?: string | undefined;
    client?: string | undefined;
    return?: string | undefined;
    fetchSite?: string | undefined;
  },
): Promise<NextPage> {
  requireStaff(ctx);
  const provider = approved(ctx.config, findOAuthProvider(input.provider));
  const { oauth } = provider;
  if (!oauth.opensClient) throw notFound("provider");
  const stay = (code: ConsentCode): NextPage => ({ location: home, told: { code, params: { provider: provider.name } } });
  // A page elsewhere must not start a consent in somebody's name.
  if (input.fetchSite === "cross-site" || input.fetchSite === "same-site") return stay("from_elsewhere");
  const shop = oauth.shop?.safeParse(input.shop ?? "");
  if (shop && !shop.success) return stay("shop_needed");
  const wanted = oauth.scopeSets.filter((set) => set.default).flatMap(({ scopes }) => scopes);
  const scopes = [...new Set([...oauth.identityScopes, ...wanted])];
  try {
    const returnTo = (input.return && pagePath(input.return)) || home;
    const whose = input.client ?? null;
    return await leave(ctx, provider, { forTenant: "", scopes, shop: shop?.data ?? null, connectionId: null, whose, returnTo });
  } catch (error) {
    if (error instanceof DomainError && error.kind === "rate_limited") return { ...stay("too_many"), retryAfterS: error.retryAfterS };
    if (error instanceof DomainError && error.code === "provider_off") return { ...stay("provider_off"), refusal: error };
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.error("cannot begin to take a client in", { provider: provider.id, error });
    return stay("misconfigured");
  }
}
