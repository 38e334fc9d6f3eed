import type { z } from "zod";
import type { Account, AccountRequest } from "#server/catalog/account.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { accountOf } from "#server/domain/connections/account-of.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { type ApiAccess, callApi } from "#server/domain/wire/call-api.ts";
import { ProviderError } from "#server/errors.ts";
import { type Access, accessAfterRefusal, endsWithin, freshAccess, renewalMarginMs } from "./fresh-access.ts";
import { needReconnect } from "./need-reconnect.ts";

/**
 * A connected account, ready to be called. Nothing is opened before the first call; what is opened then lives as long as this
 * object, which is one run. A token near its end is renewed first, one that is refused is renewed once, and a connection that
 * is refused even so is marked for the client. Every failure is a `ProviderError`. `signal` ends calls under way,
 * `onFailed` hears of each try of a call that failed, of a renewal too.
 */
export function openAccount(
  ctx: TenantCtx,
  held: HeldConnection,
  { signal, onFailed }: Pick<ApiAccess, "signal" | "onFailed"> = {},
): Account {
  const provider = findProvider(held.connection.provider);
  const { kind, fields } = held.connection;
  const shop = held.connection.details.shop ?? null;
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
  const call = <S extends z.ZodType>({ secrets }: Access, request: AccountRequest, schema: S) =>
    callApi(ctx, { provider, kind, shop, secrets, fields, signal, onFailed }, request, schema);

  return accountOf({ ...held.connection, connectionId: held.connection.id }, async (request, schema) => {
    const opening = current();
    const access = await opening;
    try {
      return await call(access, request, schema);
    } catch (error) {
      if (!isRevoked(error)) throw error;
    }
    const other = await (shared === opening ? share(accessAfterRefusal(ctx, access, onFailed)) : current());
    try {
      return await call(other, request, schema);
    } catch (error) {
      if (isRevoked(error)) await needReconnect(ctx, other.held.connection, "access_refused");
      throw error;
    }
  });
}

const isRevoked = (error: unknown): boolean => error instanceof ProviderError && error.kind === "revoked";
