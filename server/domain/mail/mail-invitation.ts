import { and, eq } from "drizzle-orm";
import { invitations, tenants, users } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { invitationToken } from "#server/domain/people/invitation-token.ts";
import { standsAt } from "#server/domain/people/invite.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { invitationLetter } from "./write-letter.ts";

/** Mails an invitation that still stands, in the language that was chosen for it, else that of the tenant. */
export async function mailInvitation(ctx: Ctx, message: MailOf<"mail.invitation">): Promise<void> {
  const { tenant, invitation: id } = message;
  const [found] = await ctx.directory
    .select({ invitation: invitations, tenant: tenants, inviter: users.name, byStaff: users.wasStaff })
    .from(invitations)
    .innerJoin(tenants, eq(tenants.id, invitations.tenantId))
    .leftJoin(users, eq(users.id, invitations.invitedBy))
    .where(and(eq(invitations.tenantId, tenant), eq(invitations.id, id), ...standsAt(ctx.now())));
  if (!found) return;
  const { email, role } = found.invitation;
  const { name } = found.tenant;
  const locale = found.invitation.locale ?? found.tenant.locale;
  const letter = invitationLetter({
    locale,
    inviter: found.byStaff ? "" : (found.inviter ?? ""),
    tenant: name,
    role,
    url: `${ctx.config.APP_ORIGIN}/invitation/${invitationToken(ctx.config, id)}`,
  });
  await deliver(ctx, message, { id, to: email, locale, ...letter });
}
