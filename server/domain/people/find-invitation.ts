import { and, desc, eq } from "drizzle-orm";
import { invitations, tenants, users } from "#db/schema/index.ts";
import { type Ctx, requireUser } from "#server/ctx.ts";
import { notFound } from "#server/errors.ts";
import { idPattern } from "#server/ids.ts";
import { readInvitationToken } from "./invitation-token.ts";
import { standsAt } from "./invite.ts";
import type { InvitationToken } from "./schemas.ts";

/** How the person who shows an invitation stands to it. */
export type InvitationStanding =
  /** Signed in as the one who is invited. */
  | "yours"
  /** Signed in as somebody else. */
  | "another_account"
  /** Nobody is signed in, and the address has an account to sign in to. */
  | "sign_in"
  /** Nobody is signed in, and accepting makes the account. */
  | "new_account";

/**
 * An invitation that stands, by the token of its link, or by its id for a signed-in person of its address (they have
 * proved the mailbox). Throws `not_found` for one that is unknown, expired, taken back, used, or somebody else's.
 */
export async function findInvitation(ctx: Ctx, { token }: InvitationToken) {
  const proven = readInvitationToken(ctx.config, token);
  const id = proven ?? (idPattern("inv").test(token) ? token : null);
  if (id === null) throw gone();
  const email = ctx.actor.type === "user" ? ctx.actor.email : null;
  const [found] = await ctx.directory
    .select({ invitation: invitations, tenant: tenants, inviter: users.name, byStaff: users.wasStaff })
    .from(invitations)
    .innerJoin(tenants, eq(tenants.id, invitations.tenantId))
    .leftJoin(users, eq(users.id, invitations.invitedBy))
    .where(and(eq(invitations.id, id), ...standsAt(ctx.now())));
  if (!found || (proven === null && found.invitation.email !== email)) throw gone();
  const [account] = await ctx.directory.select({ id: users.id }).from(users).where(eq(users.email, found.invitation.email));
  return { ...found, standing: standingOf(email, found.invitation.email, account !== undefined) };
}

function standingOf(signedInAs: string | null, invited: string, hasAccount: boolean): InvitationStanding {
  if (signedInAs !== null) return signedInAs === invited ? "yours" : "another_account";
  return hasAccount ? "sign_in" : "new_account";
}

/** What the invitation's page shows. `inviter` is "" for the agency. */
export async function showInvitation(ctx: Ctx, input: InvitationToken) {
  const { invitation, tenant, inviter, byStaff, standing } = await findInvitation(ctx, input);
  return {
    id: invitation.id,
    email: invitation.email,
    role: invitation.role,
    locale: invitation.locale,
    expiresAt: invitation.expiresAt,
    tenantName: tenant.name,
    inviter: byStaff ? "" : (inviter ?? ""),
    standing,
  };
}

/** Invitations to the address of the person who asks, the newest first. */
export async function listOwnInvitations(ctx: Ctx) {
  const { email } = requireUser(ctx);
  return ctx.directory
    .select({ id: invitations.id, role: invitations.role, tenantName: tenants.name, expiresAt: invitations.expiresAt })
    .from(invitations)
    .innerJoin(tenants, eq(tenants.id, invitations.tenantId))
    .where(and(eq(invitations.email, email), ...standsAt(ctx.now())))
    .orderBy(desc(invitations.createdAt));
}

export const gone = () => notFound("invitation_link");
