import type { Farewell } from "#db/words/connections.ts";
import type { Saying } from "#db/words/locales.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { ConnectionRow, DebtRow, HeldConnection } from "#server/domain/connections/rows.ts";
import type { ConnectionRef } from "#server/domain/connections/schemas.ts";
import { freshAccess } from "#server/domain/tokens/fresh-access.ts";
import { giveBack } from "#server/domain/tokens/give-back.ts";
import { debtOf, findDebt } from "#server/domain/tokens/owe.ts";
import { payDebt } from "#server/domain/tokens/pay-debt.ts";
import { remarkOn } from "#server/domain/tokens/remark-on.ts";
import { pause } from "#server/domain/wire/pause.ts";
import { conflict, ProviderError } from "#server/errors.ts";
import { endConnection } from "./end-connection.ts";

export interface Disconnected {
  /** What became of our access at the provider; null where it was disconnected before. */
  farewell: Farewell | null;
  /** Whether the provider says that it ended our access. */
  revoked: boolean;
  /** What the person should know or do, where anything is left there. */
  remark: Saying | null;
}

/** Somebody else changes the connection at this moment: looked at again this often. */
const maxLooks = 6;
const lookAgainMs = 200;

/**
 * Ends a connection: its secrets are destroyed, its jobs blocked, its history stays. Access is owed back at the
 * provider from the same batch on, and given back at once where it answers: `farewell` says how that went, and so does the audit log. Disconnecting twice is no error. Throws
 * `not_found`, `forbidden`.
 */
export async function disconnect(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<Disconnected> {
  requirePermission(ctx, "connections:write");
  for (let look = 1; look <= maxLooks; look++) {
    const held = await holdConnection(ctx, connectionId);
    const { connection } = held;
    if (connection.status === "disconnected") return { farewell: null, revoked: false, remark: null };
    // Tokens that are being renewed right now would be lost to us, and live on at the provider.
    const busy = connection.leaseUntil !== null && connection.leaseUntil > ctx.now();
    if (busy && look < maxLooks) {
      await pause(lookAgainMs);
      continue;
    }
    const now = await renewed(ctx, held);
    const debt = debtOf(ctx, now);
    if (await endConnection(ctx, now.connection, { debt })) return sayFarewell(ctx, now.connection, debt);
  }
  throw conflict("account_changing");
}

/** With a token that has ended, some providers take nothing back. Whoever does not answer keeps nobody from disconnecting. */
async function renewed(ctx: TenantCtx, held: HeldConnection): Promise<HeldConnection> {
  const { provider, kind, status } = held.connection;
  if (kind === "key" || status !== "active" || !findProvider(provider).oauth?.revocation) return held;
  try {
    return (await freshAccess(ctx, held)).held;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return holdConnection(ctx, held.connection.id);
  }
}

/** Gives access back after it was destroyed here, so that it is destroyed here whatever the provider says. */
async function sayFarewell(ctx: TenantCtx, connection: ConnectionRow, debt: DebtRow | null): Promise<Disconnected> {
  const provider = findProvider(connection.provider);
  const farewell = debt ? await payDebt(ctx, debt) : await nothingOwed(ctx, provider, connection);
  const retried = farewell === "unreached" && debt !== null && (await findDebt(ctx, debt.id)) !== null;
  return { farewell, revoked: farewell === "returned", remark: remarkOn(farewell, provider, { retried }) };
}

async function nothingOwed(ctx: TenantCtx, provider: Provider, connection: ConnectionRow): Promise<Farewell> {
  const farewell = await giveBack(ctx, provider, { connection, tokens: null });
  const facts = { connection: connection.id, provider: provider.id, account: connection.name };
  await commit(ctx, "connection.access_returned", { ...facts, farewell }, []);
  return farewell;
}
