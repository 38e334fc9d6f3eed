import { type Ctx, enterTenant, requireStaff, requireUser, type TenantCtx, type UserActor } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { linkToken, sameText } from "#server/domain/vault/sign-in-tokens.ts";
import { ifFound } from "#server/errors.ts";

const viewCookie = "__Host-atrium_view";
export const viewLifetimeMs = 30 * 60_000;
const dayMs = 86_400_000;

/** Only the session that began to look can prove it, for that client and until then. */
const markOf = ({ config }: Ctx, { sessionId }: UserActor, tenantId: string, until: number) =>
  linkToken(config, "view", `${sessionId} ${tenantId} ${until}`);

/**
 * Lets an admin of the agency look at a client's pages as its people see them, for half an hour, in this browser. It stands in the
 * client's audit log, and its owner and admins are told, once a day of each who looks. `forbidden` to anybody else.
 */
export async function beginView(ctx: TenantCtx): Promise<{ until: number }> {
  const admin = requireStaff(ctx);
  const { id } = ctx.tenant;
  const until = ctx.now() + viewLifetimeMs;
  await commit(ctx, "client.viewed", { until }, []);
  const day = Math.floor(ctx.now() / dayMs);
  await notify(ctx, { mail: { v: 1, type: "mail.viewed", tenant: id, by: admin.userId, day }, event: day, params: { at: ctx.now() } });
  ctx.cookies.set(viewCookie, `${id}.${until}.${markOf(ctx, admin, id, until)}`, viewLifetimeMs / 1000);
  return { until };
}

/** Ends the look of this browser, if there is one. Throws `unauthenticated`. */
export async function endView(ctx: Ctx): Promise<void> {
  requireUser(ctx);
  ctx.cookies.set(viewCookie, "", 0);
}

/**
 * The context of a page of this client for an admin who looks at it: as a visitor, who is no admin meanwhile, belongs nowhere else and
 * changes nothing. Null for everybody else, and where the look is over.
 */
export async function asVisitor(ctx: Ctx, tenantId: string): Promise<TenantCtx | null> {
  const { actor } = ctx;
  if (actor.type !== "user" || !actor.staff) return null;
  const [id, end, mark] = ctx.cookies.get(viewCookie)?.split(".") ?? [];
  const until = Number(end);
  if (id !== tenantId || !(until > ctx.now()) || !sameText(mark ?? "", markOf(ctx, actor, id, until))) return null;
  const tenant = await ifFound(findTenant(ctx, id));
  if (!tenant) return null;
  const visitor: UserActor = { ...actor, staff: false, memberships: [{ tenant, role: "visitor" }], viewingUntil: until };
  return enterTenant({ ...ctx, actor: visitor }, tenant, "visitor");
}
