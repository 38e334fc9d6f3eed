import { and, eq, getTableColumns, inArray } from "drizzle-orm";
import { memberships, noticePreferences, users } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import type { NoticeChoices, NoticeKind } from "#db/words/notices.ts";
import { roles } from "#db/words/tenants.ts";
import type { Ctx } from "#server/ctx.ts";
import { allows, type Permission } from "#server/domain/tenancy/permissions.ts";

/** Somebody as what is told to them needs it, with how they want to be told; null where they changed nothing. */
export interface Reader {
  id: string;
  email: string;
  name: string;
  locale: Locale;
  timezone: string;
  preferences: { choices: NoticeChoices; quietFrom: string | null; quietTo: string | null } | null;
}

const { choices, quietFrom, quietTo } = getTableColumns(noticePreferences);
const reader = {
  id: users.id,
  email: users.email,
  name: users.name,
  locale: users.locale,
  timezone: users.timezone,
  preferences: { choices, quietFrom, quietTo },
};

/** What somebody of a client must be allowed to be told of this there, also when it is at last mailed. */
export const rightToKnow = (kind: NoticeKind): Permission => rights[kind] ?? "connections:write";

const rights: Partial<Record<NoticeKind, Permission>> = { viewed: "audit:read", approvals: "actions:decide", flow_note: "runs:start" };

/** The people of a tenant whose role gives them this right. */
export const listMembersWho = (ctx: Ctx & { tenant: { id: string } }, may: Permission): Promise<Reader[]> =>
  ctx.directory
    .select(reader)
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .leftJoin(noticePreferences, eq(noticePreferences.userId, users.id))
    .where(
      and(
        eq(memberships.tenantId, ctx.tenant.id),
        inArray(
          memberships.role,
          roles.filter((role) => allows(role, may)),
        ),
      ),
    );

/** The agency's admins. */
export const listStaff = (ctx: Ctx): Promise<Reader[]> =>
  ctx.directory.select(reader).from(users).leftJoin(noticePreferences, eq(noticePreferences.userId, users.id)).where(eq(users.staff, true));
