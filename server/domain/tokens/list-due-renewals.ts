import { connections } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import type { DueReason, DueRemark, DueRenewal } from "#server/domain/connections/schemas.ts";
import { dueForRenewal, ofTenant } from "./claim-renewals.ts";

const page = 500;
/** Of what ends sooner than this, the next use would renew it anyway. */
const soonMs = 60_000;

/**
 * Dry run of the cron, for staff: what would be renewed now in all tenants or in one, by the same condition as the cron's, the
 * longest due first, 500 at most. No secrets.
 */
export async function listDueRenewals(ctx: Ctx, { tenantId }: { tenantId?: string | undefined } = {}): Promise<DueRenewal[]> {
  const now = ctx.now();
  const due = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select()
        .from(connections)
        .where(ofTenant(tenantId, dueForRenewal(now)))
        .orderBy(connections.renewAt)
        .limit(page),
    ),
  );
  return due
    .flat()
    .map((row) => describe(row, now))
    .sort((a, b) => a.dueAt - b.dueAt)
    .slice(0, page);
}

function describe(row: ConnectionRow, now: number): DueRenewal {
  return {
    tenant: row.tenantId,
    connection: row.id,
    provider: row.provider,
    providerName: providerName(row.provider),
    name: row.name,
    dueAt: row.renewAt ?? now,
    accessExpiresAt: row.accessExpiresAt,
    lastRefreshAt: row.lastRefreshAt,
    reason: reasonOf(row, now),
    remark: remarkOf(row, now),
  };
}

function reasonOf({ accessExpiresAt, renewFailures }: ConnectionRow, now: number): DueReason {
  if (accessExpiresAt === null) return "lasting";
  if (accessExpiresAt <= now) return "ended";
  if (renewFailures > 0) return "again";
  return accessExpiresAt - now < soonMs ? "ends_soon" : "ahead";
}

function remarkOf({ leaseUntil, refreshStartedAt }: ConnectionRow, now: number): DueRemark | null {
  if (leaseUntil !== null && leaseUntil > now) return "being_renewed";
  return refreshStartedAt === null ? null : "reply_lost";
}
