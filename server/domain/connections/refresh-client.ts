import { z } from "zod";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { type Ctx, enterTenant } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenants/find-tenant.ts";
import { notFound, ProviderError } from "#server/errors.ts";
import { holdConnection } from "./hold-connection.ts";
import { listConnections } from "./list-connections.ts";
import { renewTokens } from "./renew-tokens.ts";

/** How the renewal of one account went: `renewed`, or the kind of failure. Instants are milliseconds since 1970. */
export const Refreshed = z.object({
  connection: z.string(),
  account: z.string(),
  outcome: z.enum(["renewed", "revoked", "missing_scopes", "rate_limited", "unavailable", "rejected", "misconfigured"]),
  accessExpiresAt: z.number().nullable(),
});
export type Refreshed = z.infer<typeof Refreshed>;

/** Renews a client's tokens at one provider now, for staff. Throws `not_found` where the client has no account there. */
export async function refreshClient(ctx: Ctx, { provider: id, clientId }: { provider: string; clientId: string }): Promise<Refreshed[]> {
  const provider = findProvider(id);
  const client = enterTenant(ctx, await findTenant(ctx, clientId), "staff");
  const active = (await listConnections(client)).filter((row) => row.provider === provider.id && row.status === "active");
  if (active.length === 0) throw notFound("connection");
  const done: Refreshed[] = [];
  for (const { id: connection, name: account, accessExpiresAt } of active) {
    try {
      const held = await renewTokens(client, await holdConnection(client, connection), "person");
      done.push({ connection, account, outcome: "renewed", accessExpiresAt: held.connection.accessExpiresAt });
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      done.push({ connection, account, outcome: error.kind, accessExpiresAt });
    }
  }
  return done;
}
