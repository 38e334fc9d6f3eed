import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { invitations, memberships, undeliveredMails, users } from "#db/schema/index.ts";
import { roles } from "#db/words/tenants.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { readerOf } from "#server/domain/audit/actor-names.ts";
import { agencyName } from "#server/domain/audit/agency-name.ts";
import { mailOutcome } from "#server/domain/notices/mail-outcome.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { allows, eyesOf, mayGrant } from "#server/domain/tenancy/permissions.ts";
import { standsAt } from "./invite.ts";

/**
 * Who belongs to the tenant, owners first, and who is invited. Times in milliseconds since 1970. `grantable` are the
 * roles that the person who asks may give; `mayChange` says whether they may change or remove that member. `undelivered` is what
 * became of an invitation's mail where it did not arrive for certain, else null; `expired` says that its link works no more.
 */
export async function listTeam(ctx: TenantCtx) {
  const { db } = atDirectory(ctx);
  const [members, invited] = await db.batch([
    db
      .select({ userId: users.id, name: users.name, email: users.email, role: memberships.role, since: memberships.createdAt })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(inTenant(ctx, memberships))
      .orderBy(memberships.createdAt),
    db
      .select({
        id: invitations.id,
        email: invitations.email,
        role: invitations.role,
        locale: invitations.locale,
        inviter: users.name,
        byStaff: users.wasStaff,
        createdAt: invitations.createdAt,
        expiresAt: invitations.expiresAt,
        stands: sql<number>`${and(...standsAt(ctx.now()))}`,
        failure: { fate: undeliveredMails.fate, at: undeliveredMails.at },
      })
      .from(invitations)
      .leftJoin(undeliveredMails, eq(undeliveredMails.id, invitations.id))
      .leftJoin(users, eq(users.id, invitations.invitedBy))
      .where(inTenant(ctx, invitations, isNull(invitations.acceptedAt), isNull(invitations.revokedAt)))
      .orderBy(desc(invitations.createdAt)),
  ]);
  const eyes = eyesOf(ctx.role);
  const writes = allows(eyes, "team:write");
  const self = ctx.actor.type === "user" ? ctx.actor.userId : null;
  const now = ctx.now();
  const reader = readerOf(ctx);
  return {
    members: members
      .map((member) => ({ ...member, self: member.userId === self, mayChange: writes && mayGrant(eyes, member.role) }))
      .sort((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role)),
    invitations: invited.map(({ inviter, byStaff, failure, stands, ...invitation }) => ({
      ...invitation,
      invitedBy: byStaff && reader !== "staff" ? agencyName[reader] : inviter,
      expired: !stands,
      undelivered: failure && mailOutcome(failure, now),
    })),
    grantable: writes ? roles.filter((role) => mayGrant(eyes, role)) : [],
  };
}
