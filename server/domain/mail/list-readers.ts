import { eq, inArray } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { allows, type Permission } from "#server/domain/members/permissions.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { type Locale, Role } from "#server/domain/tenants/schemas.ts";

/** Somebody as a letter to them needs it. */
export interface Reader {
  id: string;
  email: string;
  name: string;
  locale: Locale;
}

const reader = { id: users.id, email: users.email, name: users.name, locale: users.locale };

/** The people of a tenant whose role gives them this right. */
export function listMembersWho(ctx: TenantCtx, may: Permission): Promise<Reader[]> {
  const roles = Role.options.filter((role) => allows(role, may));
  return ctx.directory
    .select(reader)
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(inTenant(ctx, memberships, inArray(memberships.role, roles)));
}

/** The agency's admins. */
export const listStaff = (ctx: Ctx): Promise<Reader[]> => ctx.directory.select(reader).from(users).where(eq(users.staff, true));
