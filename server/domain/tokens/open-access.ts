import { findProvider } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import type { ApiAccess } from "#server/domain/wire/api-access.ts";
import type { Priority } from "#server/rate-budget.ts";
import { type Access, accessAfterRefusal, endsWithin, freshAccess, renewalMarginMs } from "./fresh-access.ts";
import { needReconnect } from "./need-reconnect.ts";

/**
 * `signal` ends calls under way, not a renewal of tokens. `onFailed` hears of each try of a call that failed, of a renewal's too.
 * `priority`: who goes first where little of the account's budget is left; without it, as what a person waits for.
 */
export type OpenFor = Pick<ApiAccess, "signal" | "onFailed"> & { priority?: Priority };

/**
 * Makes one call with a connection's access. Where `isRefused` says of how it ended that the token was refused, it is made once more
 * with another one; refused even so, the connection is marked for the client. Throws a `ProviderError` where no token is to be had.
 */
export type Through = <T>(call: (access: ApiAccess) => Promise<T>, isRefused: (ended: T) => boolean) => Promise<T>;

/**
 * The way to a connection's access. Nothing is opened before the first call; what is opened then lives as long as this, which is one run.
 * A token near its end is renewed first.
 */
export function openAccess(ctx: TenantCtx, held: HeldConnection, { signal, onFailed, priority = "decision" }: OpenFor): Through {
  const provider = findProvider(held.connection.provider);
  const { kind, fields, externalId, tenantId, id } = held.connection;
  const rated = { account: { provider: provider.id, externalId, tenant: tenantId, connection: id }, priority };
  const { shop = null, timezone } = held.connection.details;
  let last: HeldConnection = held;
  /** Calls of one run that come at once share one opening; one that failed is not remembered. */
  let shared: Promise<Access> | null = null;
  let pending = false;

  const share = (opening: Promise<Access>): Promise<Access> => {
    const settled = () => {
      if (shared === opening) pending = false;
    };
    shared = opening;
    pending = true;
    opening.then(
      (access) => {
        last = access.held;
        settled();
      },
      () => {
        settled();
        if (shared === opening) shared = null;
      },
    );
    return opening;
  };
  const current = () => {
    const usable = shared !== null && (pending || !endsWithin(last.connection, ctx.now(), renewalMarginMs));
    return usable && shared ? shared : share(freshAccess(ctx, last, onFailed));
  };
  const accessOf = ({ secrets }: Access): ApiAccess => ({ provider, kind, shop, secrets, fields, timezone, signal, onFailed, rated });

  return async (call, isRefused) => {
    const opening = current();
    const access = await opening;
    const ended = await call(accessOf(access));
    if (!isRefused(ended)) return ended;
    const other = await (shared === opening ? share(accessAfterRefusal(ctx, access, onFailed)) : current());
    const again = await call(accessOf(other));
    if (isRefused(again)) await needReconnect(ctx, other.held.connection, "access_refused");
    return again;
  };
}
