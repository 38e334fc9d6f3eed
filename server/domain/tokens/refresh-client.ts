import * as z from "zod";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { type Ctx, enterTenant, requireAgency } from "#server/ctx.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { RenewedNow } from "#server/domain/connections/schemas.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { notFound } from "#server/errors.ts";
import { renewNow } from "./renew-now.ts";

/** How the renewal of one account went. Instants are milliseconds since 1970. */
export const Refreshed = z.object({
  connection: z.string(),
  account: z.string(),
  outcome: RenewedNow.shape.outcome,
  accessExpiresAt: z.number().nullable(),
});
export type Refreshed = z.infer<typeof Refreshed>;

/** Renews a client's tokens at one provider now, account by account, for staff. Throws `not_found` where the client has none there. */
export async function refreshClient(ctx: Ctx, { provider: id, clientId }: { provider: string; clientId: string }): Promise<Refreshed[]> {
  requireAgency(ctx);
  const provider = findProvider(id);
  const client = enterTenant(ctx, await findTenant(ctx, clientId), "staff");
  const active = (await listConnections(client)).filter((row) => row.provider === provider.id && row.status === "active");
  if (active.length === 0) throw notFound("connection");
  const done: Refreshed[] = [];
  for (const { id: connectionId, name: account } of active) {
    const { connection, outcome, accessExpiresAt } = await renewNow(client, { connectionId });
    done.push({ connection, account, outcome, accessExpiresAt });
  }
  return done;
}
