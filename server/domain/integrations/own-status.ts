import { asc, eq, ne } from "drizzle-orm";
import * as z from "zod";
import { connections } from "#db/schema/index.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { type Ctx, enterTenant, requireUser } from "#server/ctx.ts";
import { ConnectionKind, ConnectionStatus } from "#server/domain/connections/schemas.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isConfigured } from "#server/domain/wire/provider-endpoints.ts";

/** How the clients of one person stand at a provider. Instants are milliseconds since 1970; no token, sealed or not. */
export const OwnStatus = z.object({
  provider: z.string(),
  configured: z.boolean().describe("Whether it can be connected at all: whether we have a client id and secret there."),
  connected: z.boolean().describe("Whether any account works now."),
  clients: z.array(
    z.object({
      clientId: z.string(),
      name: z.string(),
      connections: z.array(
        z.object({
          connection: z.string(),
          account: z.string(),
          externalId: z.string().describe("The provider's own id of the account."),
          kind: ConnectionKind,
          status: ConnectionStatus,
          connectedAt: z.number(),
          accessExpiresAt: z.number().nullable(),
          lastSuccessAt: z.number().nullable(),
        }),
      ),
    }),
  ),
});
export type OwnStatus = z.infer<typeof OwnStatus>;

/** The accounts at one provider of all clients that the person is a member of. Throws `not_found` for an unknown provider. */
export async function ownStatus(ctx: Ctx, { provider: id }: { provider: string }): Promise<OwnStatus> {
  const { memberships } = requireUser(ctx);
  const provider = findProvider(id);
  const clients = await Promise.all(
    memberships.map(async ({ tenant, role }) => {
      const inside = enterTenant(ctx, tenant, role);
      const rows = await inside.db
        .select({
          connection: connections.id,
          account: connections.name,
          externalId: connections.externalId,
          kind: connections.kind,
          status: connections.status,
          connectedAt: connections.connectedAt,
          accessExpiresAt: connections.accessExpiresAt,
          lastSuccessAt: connections.lastSuccessAt,
        })
        .from(connections)
        .where(inTenant(inside, connections, eq(connections.provider, provider.id), ne(connections.status, "disconnected")))
        .orderBy(asc(connections.id));
      return { clientId: tenant.id, name: tenant.name, connections: rows };
    }),
  );
  return {
    provider: provider.id,
    configured: isConfigured(ctx.config, provider),
    connected: clients.some(({ connections: own }) => own.some(({ status }) => status === "active")),
    clients,
  };
}
