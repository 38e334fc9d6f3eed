import type { Ctx } from "#server/ctx.ts";

export const lastTenantCookie = "__Host-atrium_tenant";
const yearS = 31_536_000;

/** Remembers in this browser which of the person's own tenants was open last; anything else is not remembered. */
export function rememberTenant(ctx: Ctx, tenantId: string): void {
  if (ctx.actor.type !== "user" || ctx.cookies.get(lastTenantCookie) === tenantId) return;
  if (ctx.actor.memberships.some(({ tenant }) => tenant.id === tenantId)) ctx.cookies.set(lastTenantCookie, tenantId, yearS);
}

/** The tenants with the one in front that this browser opened last, if it is among them. */
export function lastOpenedFirst(ctx: Ctx, tenantIds: readonly string[]): string[] {
  const last = ctx.cookies.get(lastTenantCookie);
  return [...tenantIds].sort((a, b) => Number(b === last) - Number(a === last));
}
