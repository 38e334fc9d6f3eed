import { asc } from "drizzle-orm";
import { z } from "zod";
import { connections } from "#db/schema/index.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { ConnectionStatus, reconnectWords } from "#server/domain/connections/schemas.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { TenantStatus } from "#server/domain/tenants/schemas.ts";

/** An integration as it was last known. Instants are milliseconds since 1970. */
export const Integration = z.object({
  provider: z.string(),
  connection: z.string().nullable().describe("Null where this provider was never connected."),
  account: z.string().nullable().describe("The account's name at the provider."),
  connected: z.boolean(),
  status: z.union([ConnectionStatus, z.literal("not_connected")]),
  reason: z.string().nullable().describe("Plain words, where it is not active."),
  tokenValidUntil: z.number().nullable().describe("When the access token ends; null where it does not, or there is none."),
  lastSuccessAt: z.number().nullable(),
  probe: z.object({ at: z.number(), result: z.string() }).nullable().describe("The last test call to the provider."),
});
export type Integration = z.infer<typeof Integration>;

export const Health = z.object({
  tenant: z.string(),
  status: TenantStatus,
  healthy: z.boolean().describe("Whether nothing that was connected waits for a person."),
  integrations: z.array(Integration),
});
export type Health = z.infer<typeof Health>;

/** How a tenant's integrations are, from what is stored: nobody outside is asked, and it is one query. */
export async function readHealth(ctx: TenantCtx): Promise<Health> {
  const rows = await ctx.db
    .select({
      id: connections.id,
      provider: connections.provider,
      name: connections.name,
      status: connections.status,
      reason: connections.statusReason,
      accessExpiresAt: connections.accessExpiresAt,
      lastSuccessAt: connections.lastSuccessAt,
      probedAt: connections.probedAt,
      probeResult: connections.probeResult,
    })
    .from(connections)
    .where(inTenant(ctx, connections))
    .orderBy(asc(connections.provider));
  const missing = providers.filter(({ id }) => !rows.some(({ provider }) => provider === id));
  return {
    tenant: ctx.tenant.id,
    status: ctx.tenant.status,
    healthy: rows.every(({ status }) => status !== "reconnect_needed"),
    integrations: [
      ...rows.map((row) => ({
        provider: row.provider,
        connection: row.id,
        account: row.name,
        connected: row.status === "active",
        status: row.status,
        reason: row.reason && reconnectWords[row.reason].en,
        tokenValidUntil: row.status === "active" ? row.accessExpiresAt : null,
        lastSuccessAt: row.lastSuccessAt,
        probe: row.probedAt !== null && row.probeResult !== null ? { at: row.probedAt, result: row.probeResult } : null,
      })),
      ...missing.map(({ id }) => ({ ...never, provider: id })),
    ],
  };
}

const never: Omit<Integration, "provider"> = {
  connection: null,
  account: null,
  connected: false,
  status: "not_connected",
  reason: null,
  tokenValidUntil: null,
  lastSuccessAt: null,
  probe: null,
};
