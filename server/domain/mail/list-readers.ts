import { eq, inArray } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import { roles } from "#db/words/tenants.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { allows, type Permission } from "#server/domain/tenancy/permissions.ts";

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
  const allowed = roles.filter((role) => allows(role, may));
  return ctx.directory
    .select(reader)
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(inTenant(ctx, memberships, inArray(memberships.role, allowed)));
}

/** The agency's admins. */
export const listStaff = (ctx: Ctx): Promise<Reader[]> => ctx.directory.select(reader).from(users).where(eq(users.staff, true));
