import type { ConnectionKind } from "#db/words/connections.ts";
import type { KeyField, Provider } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { ConnectionRow, HeldConnection } from "#server/domain/connections/rows.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import type { OnFailed } from "#server/domain/wire/failed-call.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import { isCooling } from "./cool-down.ts";
import { needReconnect } from "./need-reconnect.ts";
import { closedSecret, openForUse } from "./open-for-use.ts";
import { renewTokens, usableMs } from "./renew-tokens.ts";
import { waysToTokens } from "./ways-to-tokens.ts";

/** An access token with less time than this is renewed before it is used. */
export const renewalMarginMs = 60_000;
/** What a call is authorised with, opened, and the connection that it is of. */
export interface Access {
  held: HeldConnection;
  secrets: Readonly<Record<string, string>>;
}

/** Whether the access token ends within `ms` from now. */
export const endsWithin = ({ accessExpiresAt }: ConnectionRow, now: number, ms: number): boolean =>
  accessExpiresAt !== null && accessExpiresAt - now < ms;

/**
 * A key, or an access token that lives for a minute at least, renewed if need be. While the connection cools down after a
 * renewal that failed in passing, a token that is still usable is used as it is. Throws as `renewTokens` does.
 */
export async function freshAccess(ctx: TenantCtx, held: HeldConnection, onFailed?: OnFailed): Promise<Access> {
  const { connection } = held;
  if (connection.status !== "active") {
    await alignJobs(ctx);
    throw new ProviderError(connection.provider, "revoked", "the account must be connected again", { said: ofCall("connect_again") });
  }
  if (!endsWithin(connection, ctx.now(), renewalMarginMs)) return opened(ctx, held);
  const usable = !endsWithin(connection, ctx.now(), usableMs);
  if (usable && (isCooling(connection, ctx.now()) || waysToTokens(held).length === 0)) return opened(ctx, held);
  try {
    return await opened(ctx, await renewTokens(ctx, held, { onFailed }));
  } catch (error) {
    // Nothing is known to be wrong with the token in hand.
    const passing = error instanceof ProviderError && (error.kind === "unavailable" || error.kind === "rate_limited");
    if (!passing || !usable) throw error;
    ctx.log.warn("renewal put off", { connection: connection.id, kind: error.kind });
    return opened(ctx, held);
  }
}

/** The provider refused this access token: another one, from whoever renewed it meanwhile or renewed now. */
export async function accessAfterRefusal(ctx: TenantCtx, { held }: Access, onFailed?: OnFailed): Promise<Access> {
  const now = await holdConnection(ctx, held.connection.id);
  if (now.connection.version !== held.connection.version) return freshAccess(ctx, now, onFailed);
  // A token without an end is not renewed but exchanged, and a dead one cannot be.
  const renewable = now.connection.accessExpiresAt !== null && waysToTokens(now).length > 0;
  if (renewable) return opened(ctx, await renewTokens(ctx, now, { onFailed }));
  await needReconnect(ctx, now.connection, "access_refused");
  throw new ProviderError(now.connection.provider, "revoked", "the account must be connected again", { said: ofCall("connect_again") });
}

async function opened(ctx: TenantCtx, held: HeldConnection): Promise<Access> {
  const { provider, kind } = held.connection;
  const secrets: Record<string, string> = {};
  for (const { name, optional = false } of fieldsOf(findProvider(provider), kind)) {
    const secret = await openForUse(ctx, held, name);
    if (secret !== undefined) secrets[name] = secret;
    else if (!optional) throw await closedSecret(ctx, held, new VaultError(`there is no ${name}`));
  }
  return { held, secrets };
}

/** The secrets that a call sends: what only renews is left closed. */
function fieldsOf({ key }: Provider, kind: ConnectionKind): readonly Pick<KeyField, "name" | "optional">[] {
  if (kind === "oauth" || key?.tokens) return [{ name: "access_token" }];
  return (key?.fields ?? []).filter(({ secret }) => secret);
}
