import { desc, sql } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { RenewalOutcome } from "#db/words/connections.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import type { FailingRenewal } from "#server/domain/connections/schemas.ts";

const page = 100;

/** Connections whose renewals fail in passing, in all tenants, for staff: the most failures in a row first, 100 at most. */
export async function listFailingRenewals(ctx: Ctx): Promise<FailingRenewal[]> {
  // Named in full: drizzle leaves a column's table out where a query has one, and here are two.
  const last = (column: "outcome" | "message") => sql`(select ${sql.raw(`renewals.${column}`)} from renewals
    where renewals.tenant_id = connections.tenant_id and renewals.connection_id = connections.id order by renewals.id desc limit 1)`;
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({
          tenant: connections.tenantId,
          connection: connections.id,
          provider: connections.provider,
          name: connections.name,
          failures: connections.renewFailures,
          nextAt: connections.renewAt,
          accessExpiresAt: connections.accessExpiresAt,
          outcome: last("outcome").mapWith((outcome: RenewalOutcome | null) => outcome),
          message: last("message").mapWith((message: string | null) => message),
        })
        .from(connections)
        // Word for word the condition of the index `connections_failing`.
        .where(sql`status = 'active' and renew_failures > 0`)
        .orderBy(desc(connections.renewFailures))
        .limit(page),
    ),
  );
  return found
    .flat()
    .sort((a, b) => b.failures - a.failures)
    .slice(0, page)
    .map((row) => ({ ...row, providerName: providerName(row.provider) }));
}
