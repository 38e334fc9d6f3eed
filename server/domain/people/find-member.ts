import { eq } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { notFound } from "#server/errors.ts";
import type { MemberRef } from "./schemas.ts";

/** One member of this tenant, or `not_found`, also for people who belong to others only. */
export async function findMember(ctx: TenantCtx, { userId }: MemberRef) {
  const [member] = await atDirectory(ctx)
    .db.select()
    .from(memberships)
    .where(inTenant(ctx, memberships, eq(memberships.userId, userId)));
  if (!member) throw notFound("member");
  return member;
}
