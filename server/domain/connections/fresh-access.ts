import type { TenantCtx } from "#server/ctx.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { ProviderError } from "#server/errors.ts";
import { holdConnection, openField } from "./hold-connection.ts";
import { blockJobs, needReconnect } from "./need-reconnect.ts";
import { renewTokens } from "./renew-tokens.ts";
import type { ConnectionRow, HeldConnection } from "./rows.ts";

/** An access token with less time than this is renewed before it is used. */
export const renewalMarginMs = 60_000;
/** With less than this a token is not worth sending. */
const usableMs = 5_000;

/** An opened access token, and the connection that it is of. */
export interface Access {
  held: HeldConnection;
  accessToken: string;
}

/** Whether the access token ends within `ms` from now. */
export const endsWithin = ({ accessExpiresAt }: ConnectionRow, now: number, ms: number): boolean =>
  accessExpiresAt !== null && accessExpiresAt - now < ms;

/** An access token that lives for a minute at least, renewed if need be. Throws as `renewTokens` does. */
export async function freshAccess(ctx: TenantCtx, held: HeldConnection): Promise<Access> {
  const { connection } = held;
  if (connection.status !== "active") {
    await blockJobs(ctx);
    throw new ProviderError(connection.provider, "revoked", "the account must be connected again");
  }
  if (!endsWithin(connection, ctx.now(), renewalMarginMs)) return opened(ctx, held);
  const renewable = held.secrets.some(({ field }) => field === "refresh_token");
  const usable = !endsWithin(connection, ctx.now(), usableMs);
  if (!renewable && usable) return opened(ctx, held);
  try {
    return await opened(ctx, await renewTokens(ctx, held));
  } catch (error) {
    // Nothing is known to be wrong with the token in hand.
    const passing = error instanceof ProviderError && (error.kind === "unavailable" || error.kind === "rate_limited");
    if (!passing || !usable) throw error;
    ctx.log.warn("renewal put off", { connection: connection.id, kind: error.kind });
    return opened(ctx, held);
  }
}

/** The provider refused this access token: another one, from whoever renewed it meanwhile or renewed now. */
export async function accessAfterRefusal(ctx: TenantCtx, { held }: Access): Promise<Access> {
  const now = await holdConnection(ctx, held.connection.id);
  if (now.connection.version !== held.connection.version) return freshAccess(ctx, now);
  if (now.secrets.some(({ field }) => field === "refresh_token")) return opened(ctx, await renewTokens(ctx, now));
  await needReconnect(ctx, now.connection, "access_refused");
  throw new ProviderError(now.connection.provider, "revoked", "the account must be connected again");
}

async function opened(ctx: TenantCtx, held: HeldConnection): Promise<Access> {
  const accessToken = await openField(ctx, held, "access_token");
  if (accessToken === undefined) throw new VaultError("an active connection without its access token");
  return { held, accessToken };
}
