import { and, eq, gt, isNull, ne, type SQL, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { invitations, memberships, users } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { queueMail } from "#server/domain/notices/queue-mail.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { mayGrant } from "#server/domain/tenancy/permissions.ts";
import { planOf } from "#server/domain/tenancy/plans.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { conflict, forbidden } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { mayStillInvite } from "./may-still.ts";
import type { Invite } from "./schemas.ts";

export const invitationLifetimeMs = 7 * 86_400_000;

/**
 * Invites an address into the tenant, with a role that the person who asks may give. Inviting again replaces the
 * invitation that stands: the older link no longer works. Throws `conflict` for who already belongs to the team, and where
 * the plan has no room for one more.
 */
export async function invite(ctx: TenantCtx, { email, role, locale: chosen }: Invite): Promise<{ id: string; expiresAt: number }> {
  requirePermission(ctx, "team:write");
  if (!mayGrant(ctx.role, role)) throw forbidden("role_not_yours_to_give");
  await takeFromLimit(ctx, limitOf("invite:tenant", ctx.tenant.id));
  await takeFromLimit(ctx, limitOf("invite:address", `${ctx.tenant.id}:${email}`));
  const directory = atDirectory(ctx);
  const [member] = await directory.db
    .select({ userId: users.id })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(inTenant(ctx, memberships, eq(users.email, email)));
  if (member) throw conflict("already_member", {}, { field: "email" });
  const now = ctx.now();
  const { members } = planOf(ctx.tenant);
  const room = sql`${teamBut(ctx, email, now)} < ${members}`;
  const id = newId("inv", now);
  const locale = chosen ?? languageOf(ctx);
  const expiresAt = now + invitationLifetimeMs;
  const standing = inTenant(ctx, invitations, eq(invitations.email, email), isNull(invitations.acceptedAt), isNull(invitations.revokedAt));
  const invitedBy = ctx.actor.type === "user" ? ctx.actor.userId : "";
  const row = { id, tenantId: ctx.tenant.id, email, role, locale, invitedBy, createdAt: now, expiresAt };
  const [, made] = await commitIf(directory, room, "invitation.sent", { invitation: id, email, role }, [
    directory.db.update(invitations).set({ revokedAt: now }).where(and(standing, room)),
    directory.db
      .insert(invitations)
      .select(rowIf(invitations, row, room))
      .returning({ id: invitations.id }),
  ]);
  if (!wrote(made)) throw conflict("team_full", { members }, { field: "email" });
  await queueMail(ctx, { v: 1, type: "mail.invitation", tenant: ctx.tenant.id, invitation: id });
  return { id, expiresAt };
}

/** The agency writes to a client in the client's language, and whom it invites chooses their own. */
const languageOf = ({ actor, role }: TenantCtx): Locale | null => (role !== "staff" && actor.type === "user" ? actor.locale : null);

/** How many belong to the team or are invited, but for one address: it takes no second place when it is invited again. */
function teamBut(ctx: TenantCtx, email: string, now: number): SQL {
  const invited = inTenant(ctx, invitations, ne(invitations.email, email), ...standsAt(now));
  return sql`((select count(*) from ${memberships} where ${inTenant(ctx, memberships)}) + (select count(*) from ${invitations} where ${invited}))`;
}

/** What makes an invitation still good: also that whoever sent it may still send it. */
export const standsAt = (now: number) => [
  isNull(invitations.acceptedAt),
  isNull(invitations.revokedAt),
  gt(invitations.expiresAt, now),
  inviterMay,
];

const inviterMay = mayStillInvite({ by: invitations.invitedBy, tenant: invitations.tenantId, role: invitations.role });
