import { eq } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import type { AuditAction } from "#db/words/audit.ts";
import { requirePermission, requireUser, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { mayGrant } from "#server/domain/tenancy/permissions.ts";
import { conflict, forbidden } from "#server/errors.ts";
import { findMember } from "./find-member.ts";
import { keepsAnOwner } from "./keeps-an-owner.ts";
import type { MemberRef } from "./schemas.ts";

/** Takes a member out of the tenant; their access ends with their next request. The last owner stays (`conflict`). */
export async function removeMember(ctx: TenantCtx, { userId }: MemberRef): Promise<void> {
  requirePermission(ctx, "team:write");
  const member = await findMember(ctx, { userId });
  if (!mayGrant(ctx.role, member.role)) throw forbidden();
  await takeOut(ctx, member, "member.removed");
}

/** The person who asks leaves the tenant, whatever their role; only the last owner cannot (`conflict`). */
export async function leaveTenant(ctx: TenantCtx): Promise<void> {
  const { userId } = requireUser(ctx);
  await takeOut(ctx, await findMember(ctx, { userId }), "member.left");
}

async function takeOut(ctx: TenantCtx, member: Awaited<ReturnType<typeof findMember>>, action: AuditAction): Promise<void> {
  const directory = atDirectory(ctx);
  const guard = keepsAnOwner(ctx, member, null);
  const [removed] = await commitIf(directory, guard, action, { user: member.userId, role: member.role }, [
    directory.db
      .delete(memberships)
      .where(inTenant(ctx, memberships, eq(memberships.userId, member.userId), guard))
      .returning(),
  ]);
  if (!wrote(removed)) throw conflict("owner_needed");
}
