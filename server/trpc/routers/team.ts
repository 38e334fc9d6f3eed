import { acceptInvitation } from "#server/domain/people/accept-invitation.ts";
import { changeRole } from "#server/domain/people/change-role.ts";
import { dismissHint } from "#server/domain/people/dismiss-hint.ts";
import { listOwnInvitations, showInvitation } from "#server/domain/people/find-invitation.ts";
import { invite } from "#server/domain/people/invite.ts";
import { listTeam } from "#server/domain/people/list-team.ts";
import { leaveTenant, removeMember } from "#server/domain/people/remove-member.ts";
import { revokeInvitation } from "#server/domain/people/revoke-invitation.ts";
import {
  AcceptInvitation,
  ChangeRole,
  DismissHint,
  InvitationRef,
  InvitationToken,
  Invite,
  MemberRef,
} from "#server/domain/people/schemas.ts";
import { roleTable } from "#server/domain/tenancy/permissions.ts";
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
  /** A proposal or an explanation that the person who asks has read. */
  dismissHint: member("portal:read")
    .input(DismissHint)
    .mutation(({ ctx, input }) => dismissHint(ctx, input)),
  /** What an invitation's link says, before anything is done with it. */
  invitation: publicProcedure.input(InvitationToken).query(({ ctx, input }) => showInvitation(ctx, input)),
  acceptInvitation: publicProcedure.input(AcceptInvitation).mutation(({ ctx, input }) => acceptInvitation(ctx, input)),
  /** Invitations that wait for the person who asks. */
  ownInvitations: personal.query(({ ctx }) => listOwnInvitations(ctx)),
});
