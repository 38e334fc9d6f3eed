import { and, eq, gt, ne, or } from "drizzle-orm";
import { connections, dataKeys, secrets } from "#db/schema/index.ts";
import type { Webhook } from "#server/catalog/webhooks/webhook.ts";
import { acrossTenants, type Ctx, enterTenant } from "#server/ctx.ts";
import { rotationMs, webhookField, webhookFieldBefore } from "#server/domain/connections/webhook-secret.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { openSecret } from "#server/domain/vault/secrets.ts";
import { ifFound } from "#server/errors.ts";
import { idPattern } from "#server/ids.ts";
import type { EventAccount } from "./find-accounts.ts";

const isConnectionId = idPattern("con");

/**
 * The secrets that open one connection's own address now, the newest first, and whose events come there; null where the address is
 * nobody's, or another provider's, or has none. Of secrets that do not open the list is without them.
 */
export async function findOwnSecrets(
  ctx: Ctx,
  { provider }: Webhook,
  connectionId: string,
): Promise<{ owner: EventAccount; secrets: string[] } | null> {
  // What cannot be one is not looked up.
  if (!isConnectionId.test(connectionId)) return null;
  const rows = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({ tenantId: connections.tenantId, externalId: connections.externalId, status: connections.status })
        .from(connections)
        .where(and(eq(connections.id, connectionId), eq(connections.provider, provider), ne(connections.status, "disconnected"))),
    ),
  );
  const [row] = rows.flat();
  const tenant = row && (await ifFound(findTenant(ctx, row.tenantId)));
  if (!tenant) return null;
  const inside = enterTenant(ctx, tenant, "system");
  // From here on in the tenant's own context: its vault opens nothing of another's.
  const [sealed, keys] = await inside.db.batch([
    inside.db
      .select()
      .from(secrets)
      .where(
        inTenant(
          inside,
          secrets,
          eq(secrets.connectionId, connectionId),
          or(eq(secrets.field, webhookField), and(eq(secrets.field, webhookFieldBefore), gt(secrets.createdAt, ctx.now() - rotationMs))),
        ),
      )
      .orderBy(secrets.field),
    inside.db.select().from(dataKeys).where(inTenant(inside, dataKeys)),
  ]);
  if (sealed.length === 0) return null;
  const opened: string[] = [];
  for (const { field, sealed: value } of sealed) {
    try {
      opened.push(await openSecret(inside, keys, { connectionId, field, sealed: value }));
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      inside.log.error("a webhook secret does not open", { connection: connectionId, field, closedBy: error.closedBy, error });
    }
  }
  const { externalId, status } = row;
  return { owner: { tenant, connectionId, account: externalId, externalId, status }, secrets: opened };
}
