import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { conflict, ProviderError } from "#server/errors.ts";
import { holdConnection } from "./hold-connection.ts";
import { openAccount } from "./open-account.ts";
import type { ConnectionRef, ProbeResult } from "./schemas.ts";

export interface Probe {
  result: ProbeResult;
  probedAt: number;
}

/** Makes one cheap authorised call and stores what came of it. A refused token marks the connection, as in any run. */
export async function probeConnection(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<Probe> {
  const held = await holdConnection(ctx, connectionId);
  if (held.connection.status === "disconnected") throw conflict("This account is disconnected.");
  const result = await probe(ctx, held);
  const probedAt = ctx.now();
  await ctx.db
    .update(connections)
    .set({ probedAt, probeResult: result, ...(result === "ok" && { lastSuccessAt: probedAt }) })
    .where(inTenant(ctx, connections, eq(connections.id, connectionId)));
  return { result, probedAt };
}

async function probe(ctx: TenantCtx, held: Awaited<ReturnType<typeof holdConnection>>): Promise<ProbeResult> {
  try {
    await findProvider(held.connection.provider).probe(openAccount(ctx, held));
    return "ok";
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.warn("probe failed", { connection: held.connection.id, kind: error.kind, reason: error.message });
    return error.kind;
  }
}
