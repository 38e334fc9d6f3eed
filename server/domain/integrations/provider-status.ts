import { and, asc, eq, gt } from "drizzle-orm";
import * as z from "zod";
import { connections } from "#db/schema/index.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import { ConnectionKind, ConnectionStatus } from "#server/domain/connections/schemas.ts";
import { isConfigured } from "#server/domain/wire/provider-endpoints.ts";

export const ProviderStatusQuery = z.object({
  provider: z.string().max(40),
  clientId: z.string().max(60).optional().describe("Only this client's."),
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
});

/** Who is connected at one provider, for staff. Instants are milliseconds since 1970; no token, sealed or not. */
export const ProviderStatus = z.object({
  provider: z.string(),
  configured: z.boolean().describe("Whether we have a client id and secret there."),
  connections: z.array(
    z.object({
      clientId: z.string(),
      connection: z.string(),
      account: z.string(),
      kind: ConnectionKind,
      status: ConnectionStatus,
      connectedAt: z.number(),
      accessExpiresAt: z.number().nullable(),
      lastRefreshAt: z.number().nullable(),
      lastSuccessAt: z.number().nullable(),
    }),
  ),
  next: z.string().nullable().describe("Cursor of the next page; null at the end."),
});
export type ProviderStatus = z.infer<typeof ProviderStatus>;

const page = 100;

/** All clients' connections at one provider, or one client's, in order of their id. Throws `not_found` for an unknown provider. */
export async function providerStatus(
  ctx: Ctx,
  { provider: id, clientId, cursor = "" }: z.infer<typeof ProviderStatusQuery>,
): Promise<ProviderStatus> {
  const provider = findProvider(id);
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({
          clientId: connections.tenantId,
          connection: connections.id,
          account: connections.name,
          kind: connections.kind,
          status: connections.status,
          connectedAt: connections.connectedAt,
          accessExpiresAt: connections.accessExpiresAt,
          lastRefreshAt: connections.lastRefreshAt,
          lastSuccessAt: connections.lastSuccessAt,
        })
        .from(connections)
        .where(
          and(
            eq(connections.provider, provider.id),
            clientId === undefined ? undefined : eq(connections.tenantId, clientId),
            gt(connections.id, cursor),
          ),
        )
        .orderBy(asc(connections.id))
        .limit(page + 1),
    ),
  );
  const rows = found.flat().sort((a, b) => (a.connection < b.connection ? -1 : 1));
  const shown = rows.slice(0, page);
  return {
    provider: provider.id,
    configured: isConfigured(ctx.config, provider),
    connections: shown,
    next: rows.length > page ? (shown.at(-1)?.connection ?? null) : null,
  };
}
