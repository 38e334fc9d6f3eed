import { eq, isNull, sql } from "drizzle-orm";
import { invitations } from "#db/schema/index.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { notFound } from "#server/errors.ts";
import type { InvitationRef } from "./schemas.ts";

/** Takes an invitation back: its link stops working. One that was accepted, or is another tenant's, is `not_found`. */
export async function revokeInvitation(ctx: TenantCtx, { invitationId }: InvitationRef): Promise<void> {
  requirePermission(ctx, "team:write");
  const directory = atDirectory(ctx);
  const standing = inTenant(
    ctx,
    invitations,
    eq(invitations.id, invitationId),
    isNull(invitations.acceptedAt),
    isNull(invitations.revokedAt),
  );
  const guard = sql`exists (select 1 from ${invitations} where ${standing})`;
  const [revoked] = await commitIf(directory, guard, "invitation.revoked", { invitation: invitationId }, [
    directory.db.update(invitations).set({ revokedAt: ctx.now() }).where(standing).returning({ id: invitations.id }),
  ]);
  if (!wrote(revoked)) throw notFound("invitation");
}
