import { eq, type SQL, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { invitations, memberships, sessions, users } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { forbidden, unauthenticated } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { findInvitation, gone } from "./find-invitation.ts";
import { standsAt } from "./invite.ts";
import { rememberBrowser } from "./known-browser.ts";
import type { AcceptInvitation } from "./schemas.ts";
import { keepSession, newSession } from "./start-session.ts";

type Invitation = Awaited<ReturnType<typeof findInvitation>>["invitation"];

/**
 * Joins the tenant, once. A signed-in person joins as who they are. For a new person the link has proved the mailbox:
 * account, membership and session begin in one batch, in the language of the page. Throws `not_found` for an invitation that no longer stands,
 * `forbidden` for another account's, `unauthenticated` where the address has an account that must sign in first
 * (a link of seven days is no key to an account that exists).
 */
export async function acceptInvitation(ctx: Ctx, input: AcceptInvitation): Promise<{ landing: string }> {
  const { invitation, tenant, standing } = await findInvitation(ctx, input);
  const inside = atDirectory(enterTenant(ctx, tenant, "system"));
  switch (standing) {
    case "another_account":
      throw forbidden("invitation_of_another");
    case "sign_in":
      throw unauthenticated("sign_in_as_invited");
    case "yours":
      await joinAsMember(inside, invitation);
      return { landing: ctx.actor.type === "user" && ctx.actor.onboarded ? `/t/${tenant.id}` : "/onboarding" };
    case "new_account":
      await joinAsNewcomer(inside, invitation, input.locale ?? tenant.locale);
      return { landing: "/onboarding" };
    default:
      return standing satisfies never;
  }
}

/** That the invitation stands, as all statements of one batch must see it: hence one `now` for them all. */
const standing = (ctx: TenantCtx, { id }: Invitation, now: number) => {
  const row = inTenant(ctx, invitations, eq(invitations.id, id), ...standsAt(now));
  return sql`exists (select 1 from ${invitations} where ${row})`;
};

/** The last statement of the batch: until it the invitation stands. */
const use = (ctx: TenantCtx, { id }: Invitation, now: number) =>
  ctx.db
    .update(invitations)
    .set({ acceptedAt: now })
    .where(inTenant(ctx, invitations, eq(invitations.id, id), ...standsAt(now)))
    .returning();

/** Who is a member already keeps the role that they have. */
const join = (ctx: TenantCtx, { email, role }: Invitation, guard: SQL, now: number) =>
  ctx.db
    .insert(memberships)
    .select(
      sql`select ${users.id}, ${ctx.tenant.id} as tenant_id, ${role}, ${now}, '[]' from ${users} where ${users.email} = ${email} and ${guard}`,
    )
    .onConflictDoNothing();

async function joinAsMember(ctx: TenantCtx, invitation: Invitation): Promise<void> {
  const now = ctx.now();
  const guard = standing(ctx, invitation, now);
  const details = { invitation: invitation.id, email: invitation.email };
  const statements = [join(ctx, invitation, guard, now), use(ctx, invitation, now)] as const;
  const [, used] = await commitIf(ctx, guard, "invitation.accepted", details, statements);
  if (!wrote(used)) throw gone();
}

async function joinAsNewcomer(ctx: TenantCtx, invitation: Invitation, locale: Locale): Promise<void> {
  const now = ctx.now();
  const guard = standing(ctx, invitation, now);
  const { email } = invitation;
  const { token, row } = newSession(ctx, newId("usr", now));
  const { id, tokenHash, userId, ip, userAgent, createdAt, lastUsedAt, expiresAt } = row;
  const details = { invitation: invitation.id, email, session: id };
  const [, , started, used] = await commitIf(ctx, guard, "invitation.accepted", details, [
    ctx.db
      .insert(users)
      .select(
        rowIf(
          users,
          { id: userId, email, name: "", locale, timezone: ctx.tenant.timezone, staff: false, provenAt: now, createdAt: now },
          sql`${guard} and not exists (select 1 from ${users} where ${users.email} = ${email})`,
        ),
      ),
    join(ctx, invitation, guard, now),
    // Only into the account that this very batch made: one that came about meanwhile must be signed in to.
    ctx.db
      .insert(sessions)
      .select(
        sql`select ${id}, ${tokenHash}, ${users.id}, ${ip}, ${userAgent}, ${createdAt}, ${lastUsedAt}, ${expiresAt} from ${users}
            where ${users.id} = ${userId} and ${guard}`,
      )
      .returning(),
    use(ctx, invitation, now),
  ]);
  if (!wrote(used)) throw gone();
  if (!wrote(started)) return;
  keepSession(ctx, token);
  rememberBrowser(ctx, email);
}
