import { type Ctx, enterTenant, requireUser, type TenantCtx } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenants/find-tenant.ts";
import { notFound } from "#server/errors.ts";

/** The tenant for whom a person connects an account: a member in their role, or the agency's staff. Else `not_found`. */
export async function enterFor(ctx: Ctx, tenantId: string): Promise<TenantCtx> {
  const actor = requireUser(ctx);
  const membership = actor.memberships.find(({ tenant }) => tenant.id === tenantId);
  if (actor.staff) return enterTenant(ctx, membership?.tenant ?? (await findTenant(ctx, tenantId)), "staff");
  if (!membership) throw notFound("client");
  return enterTenant(ctx, membership.tenant, membership.role);
}
