import { eq } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { mayGrant } from "#server/domain/tenancy/permissions.ts";
import { conflict, forbidden } from "#server/errors.ts";
import { findMember } from "./find-member.ts";
import { keepsAnOwner } from "./keeps-an-owner.ts";
import type { ChangeRole } from "./schemas.ts";

/**
 * Gives a member another role. Nobody gives, or takes, a role above their own; the last owner stays one (`conflict`).
 * It counts from the member's next request on.
 */
export async function changeRole(ctx: TenantCtx, { userId, role }: ChangeRole): Promise<void> {
  requirePermission(ctx, "team:write");
  const member = await findMember(ctx, { userId });
  if (!mayGrant(ctx.role, member.role) || !mayGrant(ctx.role, role)) throw forbidden();
  if (member.role === role) return;
  const directory = atDirectory(ctx);
  const guard = keepsAnOwner(ctx, member, role);
  const [changed] = await commitIf(directory, guard, "member.role_changed", { user: userId, from: member.role, to: role }, [
    directory.db
      .update(memberships)
      .set({ role })
      .where(inTenant(ctx, memberships, eq(memberships.userId, userId), guard))
      .returning(),
  ]);
  if (!wrote(changed)) throw conflict("owner_needed", {}, { field: "role" });
}
