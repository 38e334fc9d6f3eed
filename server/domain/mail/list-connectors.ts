import { eq, inArray } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { allows } from "#server/domain/members/permissions.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { type Locale, Role } from "#server/domain/tenants/schemas.ts";

const whoMayConnect = Role.options.filter((role) => allows(role, "connections:write"));

/** The people of a tenant who may connect accounts, as a letter to them needs it. */
export const listConnectors = (ctx: TenantCtx): Promise<{ id: string; email: string; name: string; locale: Locale }[]> =>
  ctx.directory
    .select({ id: users.id, email: users.email, name: users.name, locale: users.locale })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(inTenant(ctx, memberships, inArray(memberships.role, whoMayConnect)));
