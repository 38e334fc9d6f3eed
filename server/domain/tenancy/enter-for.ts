import { type Ctx, enterTenant, requireUser, type TenantCtx } from "#server/ctx.ts";
import { notFound } from "#server/errors.ts";
import { findTenant } from "./find-tenant.ts";

/** The tenant that a person acts for outside of a procedure: as a member in their role, or as the agency's staff. Else `not_found`. */
export async function enterFor(ctx: Ctx, tenantId: string): Promise<TenantCtx> {
  const actor = requireUser(ctx);
  const membership = actor.memberships.find(({ tenant }) => tenant.id === tenantId);
  if (actor.staff) return enterTenant(ctx, membership?.tenant ?? (await findTenant(ctx, tenantId)), "staff");
  if (!membership) throw notFound("client");
  return enterTenant(ctx, membership.tenant, membership.role);
}
