import { eq, isNull } from "drizzle-orm";
import { invitations } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { atDirectory } from "#server/domain/members/at-directory.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { notFound } from "#server/errors.ts";
import type { InvitationRef } from "./schemas.ts";

/** Takes an invitation back: its link stops working. One that was accepted, or is another tenant's, is `not_found`. */
export async function revokeInvitation(ctx: TenantCtx, { invitationId }: InvitationRef): Promise<void> {
  const directory = atDirectory(ctx);
  const standing = inTenant(
    ctx,
    invitations,
    eq(invitations.id, invitationId),
    isNull(invitations.acceptedAt),
    isNull(invitations.revokedAt),
  );
  const [invitation] = await directory.db.select({ id: invitations.id }).from(invitations).where(standing);
  if (!invitation) throw notFound("invitation");
  await commit(directory, "invitation.revoked", { invitation: invitationId }, [
    directory.db.update(invitations).set({ revokedAt: ctx.now() }).where(standing),
  ]);
}
