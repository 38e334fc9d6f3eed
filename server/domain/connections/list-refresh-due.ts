import { and, asc, eq, exists, lt, sql } from "drizzle-orm";
import { connections, secrets } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import { renewalMarginMs } from "./fresh-access.ts";
import type { ConnectionRow } from "./rows.ts";

/** A connection whose tokens the next use would renew, and why. Times in milliseconds since 1970. */
export interface RefreshDue {
  tenant: string;
  connection: string;
  provider: string;
  providerName: string;
  name: string;
  accessExpiresAt: number | null;
  lastRefreshAt: number | null;
  reason: "ended" | "ends_soon";
  /** What stands in its way: somebody renews it now, an earlier reply was lost, or there is nothing to renew it with. */
  remark: "being_renewed" | "reply_lost" | "not_renewable" | null;
}

const page = 500;

/** Dry run of the renewal, for staff: what would be renewed now in all tenants or in one, the most urgent first, 500 at most. No secrets. */
export async function listRefreshDue(ctx: Ctx, { tenantId }: { tenantId?: string | undefined } = {}): Promise<RefreshDue[]> {
  const now = ctx.now();
  const due = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({
          row: connections,
          renewable: sql<number>`${exists(
            db
              .select({ one: sql`1` })
              .from(secrets)
              .where(
                and(
                  eq(secrets.tenantId, connections.tenantId),
                  eq(secrets.connectionId, connections.id),
                  eq(secrets.field, "refresh_token"),
                ),
              ),
          )}`,
        })
        .from(connections)
        .where(
          and(
            eq(connections.status, "active"),
            lt(connections.accessExpiresAt, now + renewalMarginMs),
            tenantId === undefined ? undefined : eq(connections.tenantId, tenantId),
          ),
        )
        .orderBy(asc(connections.accessExpiresAt))
        .limit(page),
    ),
  );
  return due
    .flat()
    .map(({ row, renewable }) => describe(row, { renewable: renewable === 1, now }))
    .sort((a, b) => (a.accessExpiresAt ?? 0) - (b.accessExpiresAt ?? 0))
    .slice(0, page);
}

function describe(row: ConnectionRow, { renewable, now }: { renewable: boolean; now: number }): RefreshDue {
  const leased = row.leaseUntil !== null && row.leaseUntil > now;
  return {
    tenant: row.tenantId,
    connection: row.id,
    provider: row.provider,
    providerName: providerName(row.provider),
    name: row.name,
    accessExpiresAt: row.accessExpiresAt,
    lastRefreshAt: row.lastRefreshAt,
    reason: (row.accessExpiresAt ?? 0) <= now ? "ended" : "ends_soon",
    remark: !renewable ? "not_renewable" : leased ? "being_renewed" : row.refreshStartedAt !== null ? "reply_lost" : null,
  };
}
