import type { Account } from "#server/catalog/account.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { accountOf } from "#server/domain/connections/account-of.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { callApi } from "#server/domain/wire/call-api.ts";
import { ProviderError } from "#server/errors.ts";
import { type OpenFor, openAccess } from "./open-access.ts";

/** How a read ended: with what it answers, or with a failure that another token may mend. */
type Ended<T> = { value: T } | { revoked: ProviderError };

/** A connected account, ready to be read from. Every failure is a `ProviderError`. */
export function openAccount(ctx: TenantCtx, held: HeldConnection, more: OpenFor = {}): Account {
  const through = openAccess(ctx, held, more);
  return accountOf({ ...held.connection, connectionId: held.connection.id }, async (request, taking) => {
    const ended = await through((access) => settled(callApi(ctx, access, request, taking)), isRefused);
    if ("revoked" in ended) throw ended.revoked;
    return ended.value;
  });
}

const isRefused = (ended: Ended<unknown>): boolean => "revoked" in ended;

async function settled<T>(call: Promise<T>): Promise<Ended<T>> {
  try {
    return { value: await call };
  } catch (error) {
    if (error instanceof ProviderError && error.kind === "revoked") return { revoked: error };
    throw error;
  }
}
