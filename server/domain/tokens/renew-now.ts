import { requireAgency, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import type { ConnectionRef, RenewedNow } from "#server/domain/connections/schemas.ts";
import { conflict, ProviderError } from "#server/errors.ts";
import { renewTokens } from "./renew-tokens.ts";

/**
 * Renews one connection's tokens now, for staff, even while it cools down, and answers how it went. Throws `not_found`, and
 * `conflict` where the connection is not active: no token of it is worth renewing.
 */
export async function renewNow(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<RenewedNow> {
  requireAgency(ctx);
  const held = await holdConnection(ctx, connectionId);
  if (held.connection.status !== "active") throw conflict("account_not_connected");
  const renewed = await tryRenewal(ctx, held);
  await commit(ctx, "connection.renewed_by_hand", { connection: connectionId, outcome: renewed.outcome }, []);
  return renewed;
}

async function tryRenewal(ctx: TenantCtx, held: HeldConnection): Promise<RenewedNow> {
  const { id: connection, accessExpiresAt } = held.connection;
  try {
    const { connection: row } = await renewTokens(ctx, held, { trigger: "person" });
    return { connection, outcome: "renewed", message: null, accessExpiresAt: row.accessExpiresAt };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { connection, outcome: error.kind, message: error.message, accessExpiresAt };
  }
}
