import { count } from "drizzle-orm";
import { connections, invitations, memberships } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { standsAt } from "#server/domain/people/invite.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { countAccounts, planOf } from "#server/domain/tenancy/plans.ts";
import type { OwnPlan } from "#server/domain/tenancy/schemas.ts";

/** What the client's plan gives, and how much of it is taken. */
export async function readPlan(ctx: TenantCtx): Promise<OwnPlan> {
  requirePermission(ctx, "portal:read");
  const directory = atDirectory(ctx);
  const [accounts, [[team], [invited]]] = await Promise.all([
    ctx.db
      .select({ provider: connections.provider, externalId: connections.externalId, status: connections.status })
      .from(connections)
      .where(inTenant(ctx, connections)),
    directory.db.batch([
      directory.db.select({ count: count() }).from(memberships).where(inTenant(ctx, memberships)),
      directory.db
        .select({ count: count() })
        .from(invitations)
        .where(inTenant(ctx, invitations, ...standsAt(ctx.now()))),
    ]),
  ]);
  const members = (team?.count ?? 0) + (invited?.count ?? 0);
  return { plan: ctx.tenant.plan, ...planOf(ctx.tenant), used: { members, connections: countAccounts(accounts) } };
}
