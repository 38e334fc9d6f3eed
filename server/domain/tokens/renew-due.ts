import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { ifFound, ProviderError } from "#server/errors.ts";
import { isCooling } from "./cool-down.ts";
import { renewTokens } from "./renew-tokens.ts";
import { renewalDueAt, renewalPlanOf } from "./renewal-plan.ts";

const closedVaultMs = 3_600_000;

/**
 * Renews a connection that the cron found due, unless somebody did it meanwhile. A failure is not thrown: the row says when the
 * next try is, and no queue needs to remember it.
 */
export async function renewDue(ctx: TenantCtx, connectionId: string): Promise<void> {
  // What was erased between the tick and the message is not missed.
  const held = await ifFound(holdConnection(ctx, connectionId));
  if (held?.connection.status !== "active") return;
  // Asked of the tokens and not of `renewAt`, which the tick moved ahead and which is put right here.
  const dueAt = renewalDueAt(held);
  if (dueAt === null || dueAt > ctx.now() || isCooling(held.connection, ctx.now())) return plan(ctx, held, renewalPlanOf(held).renewAt);
  try {
    await renewTokens(ctx, held, { trigger: "cron" });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.info("not renewed", { connection: connectionId, kind: error.kind });
    // Nothing was sent, so nothing cooled down: the tick has only put it off for as long as a message takes.
    if (error.cause instanceof VaultError) await plan(ctx, held, ctx.now() + closedVaultMs);
  }
}

async function plan(ctx: TenantCtx, { connection }: HeldConnection, renewAt: number | null): Promise<void> {
  await ctx.db
    .update(connections)
    .set({ renewAt })
    .where(inTenant(ctx, connections, eq(connections.id, connection.id), eq(connections.version, connection.version)));
}
