import { eq, ne, type SQL, sql } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import type { Role } from "#db/words/tenants.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/**
 * The guard of every write on a membership: it still has the role that was seen, and the tenant keeps an owner after it.
 * `next` is the role to come, null for none. Evaluated where the write is, so that two owners cannot each remove the other.
 */
export function keepsAnOwner(ctx: TenantCtx, member: { userId: string; role: Role }, next: Role | null): SQL {
  const unchanged = inTenant(ctx, memberships, eq(memberships.userId, member.userId), eq(memberships.role, member.role));
  const otherOwner = inTenant(ctx, memberships, ne(memberships.userId, member.userId), eq(memberships.role, "owner"));
  const seen = sql`exists (select 1 from ${memberships} where ${unchanged})`;
  if (member.role !== "owner" || next === "owner") return seen;
  return sql`${seen} and exists (select 1 from ${memberships} where ${otherOwner})`;
}
