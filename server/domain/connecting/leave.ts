import { lte } from "drizzle-orm";
import { tryAgain } from "#db/patient-d1.ts";
import { oauthStates } from "#db/schema/index.ts";
import type { ConsentEnd } from "#db/words/connections.ts";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import { type Ctx, requireUser } from "#server/ctx.ts";
import { requireSwitchedOn } from "#server/domain/incidents/open-incidents.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { hashToken, linkToken } from "#server/domain/vault/sign-in-tokens.ts";
import type { DomainError } from "#server/errors.ts";
import { authorizeUrl, newState, redirectUriOf } from "./authorize-url.ts";
import { markBrowser } from "./mark-browser.ts";

const stateLifeMs = 600_000;

/** What a consent is asked for. */
export interface Consent {
  /** "" where the client will be made from the account that comes back. */
  forTenant: string;
  scopes: string[];
  shop: string | null;
  /** The connection that is connected again. */
  connectionId: string | null;
  /** Whose staff said that the account is, see `takeIn`. */
  whose?: string | null;
  returnTo: string;
}

/** Where the browser goes next, and what it is told there. */
export interface NextPage extends ConsentEnd {
  /** Seconds, where it was one try too many: what a caller that shows no page is told instead. */
  retryAfterS?: number | undefined;
  /** Why nothing was begun, where it is not the person's to mend: what a caller that shows no page is told instead. */
  refusal?: DomainError | undefined;
  /** What follows, and is done while the browser is on its way: the Worker must live until then. Never rejects. */
  followed?: Promise<unknown> | undefined;
}

/**
 * Sends the person off to the provider's consent page. What must hold on the way back (person, session, browser, tenant,
 * provider, shop, scopes) is stored under the hash of the state, for ten minutes and one exchange; the PKCE verifier is derived from
 * the state and stored nowhere. Throws `rate_limited`, `conflict` for a provider that is switched off, and `misconfigured` without our
 * client id and secret.
 */
export async function leave(ctx: Ctx, provider: OAuthProvider, consent: Consent): Promise<NextPage> {
  const actor = requireUser(ctx);
  // First: whom it is off for has used up no try when it is on again.
  await requireSwitchedOn(ctx, [provider.id]);
  await takeFromLimit(ctx, limitOf("oauth:ip", networkOf(ctx.request.ip)));
  await takeFromLimit(ctx, limitOf("oauth:user", actor.userId));
  const state = newState();
  const verifier = provider.oauth.pkce ? linkToken(ctx.config, "pkce", state) : null;
  const url = authorizeUrl(ctx.config, provider, { ...consent, state, verifier, choosing: actor.staff });
  const now = ctx.now();
  ctx.log.conceal(state);
  const row = {
    stateHash: hashToken(state),
    provider: provider.id,
    userId: actor.userId,
    sessionId: actor.sessionId,
    browserHash: markBrowser(ctx),
    redirectUri: redirectUriOf(ctx.config, provider),
    ...consent,
    expiresAt: now + stateLifeMs,
  };
  await tryAgain(() =>
    ctx.directory.batch([
      ctx.directory.delete(oauthStates).where(lte(oauthStates.expiresAt, now)),
      ctx.directory.insert(oauthStates).values(row).onConflictDoNothing(),
    ]),
  );
  return { location: url.href };
}
