import type { TenantCtx } from "#server/ctx.ts";
import { openField } from "#server/domain/connections/hold-connection.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import { needReconnect } from "./need-reconnect.ts";

/** Opens a secret that is about to be used; undefined where the connection has none. Throws as `closedSecret` answers. */
export async function openForUse(ctx: TenantCtx, held: HeldConnection, field: string): Promise<string | undefined> {
  try {
    return await openField(ctx, held, field);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw await closedSecret(ctx, held, error);
  }
}

/**
 * What it comes to that a connection's secret does not open; runs, renewals and probes all hear of it from here. A root key that is
 * missing is ours (`misconfigured`): an alarm, and nobody else has anything to do. A value that will never open is lost (`revoked`):
 * its connection waits for a person, so that nobody tries it again in vain.
 */
export async function closedSecret(ctx: TenantCtx, { connection }: HeldConnection, error: VaultError): Promise<ProviderError> {
  const { id, provider } = connection;
  ctx.log.error("a connection's secret does not open", { connection: id, provider, closedBy: error.closedBy, error });
  if (error.closedBy === "key")
    return new ProviderError(provider, "misconfigured", "the vault did not open", { said: ofCall("vault_closed"), cause: error });
  await needReconnect(ctx, connection, "secret_unreadable");
  return new ProviderError(provider, "revoked", `the stored access does not open: ${error.message}`, {
    said: ofCall("connect_again"),
    cause: error,
  });
}
