import { acceptInvitation } from "#server/domain/invitations/accept-invitation.ts";
import { listOwnInvitations, showInvitation } from "#server/domain/invitations/find-invitation.ts";
import { invite } from "#server/domain/invitations/invite.ts";
import { revokeInvitation } from "#server/domain/invitations/revoke-invitation.ts";
import { InvitationRef, InvitationToken, Invite } from "#server/domain/invitations/schemas.ts";
import { changeRole } from "#server/domain/members/change-role.ts";
import { listTeam } from "#server/domain/members/list-team.ts";
import { roleTable } from "#server/domain/members/permissions.ts";
import { leaveTenant, removeMember } from "#server/domain/members/remove-member.ts";
import { ChangeRole, MemberRef } from "#server/domain/members/schemas.ts";
import { member, memberOrStaff, personal, publicProcedure, router } from "#server/trpc/init.ts";

export const team = router({
  list: memberOrStaff("team:read").query(({ ctx }) => listTeam(ctx)),
  /** What each role may do. */
  roles: personal.query(() => roleTable),
  invite: memberOrStaff("team:write")
    .input(Invite)
    .mutation(({ ctx, input }) => invite(ctx, input)),
  revokeInvitation: memberOrStaff("team:write")
    .input(InvitationRef)
    .mutation(({ ctx, input }) => revokeInvitation(ctx, input)),
  changeRole: memberOrStaff("team:write")
    .input(ChangeRole)
    .mutation(({ ctx, input }) => changeRole(ctx, input)),
  remove: memberOrStaff("team:write")
    .input(MemberRef)
    .mutation(({ ctx, input }) => removeMember(ctx, input)),
  leave: member("portal:read").mutation(({ ctx }) => leaveTenant(ctx)),
  /** What an invitation's link says, before anything is done with it. */
  invitation: publicProcedure.input(InvitationToken).query(({ ctx, input }) => showInvitation(ctx, input)),
  acceptInvitation: publicProcedure.input(InvitationToken).mutation(({ ctx, input }) => acceptInvitation(ctx, input)),
  /** Invitations that wait for the person who asks. */
  ownInvitations: personal.query(({ ctx }) => listOwnInvitations(ctx)),
});
