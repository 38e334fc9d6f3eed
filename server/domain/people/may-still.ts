import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { memberships, users } from "#db/schema/index.ts";
import { roles as allRoles, type Role } from "#db/words/tenants.ts";
import { allows, mayGrant } from "#server/domain/tenancy/permissions.ts";

/** The columns that say who opened something, and in which client. "" opened it where a job of ours did. */
interface Opened {
  by: SQLiteColumn;
  tenant: SQLiteColumn;
}

/** Role names are ours, so that they may stand in the statement itself: bound, they would use up what a query can bind. */
const listed = (roles: readonly Role[]) => sql.raw(roles.map((role) => `'${role}'`).join(", "));

const isStaffStill = (by: SQLiteColumn): SQL => sql`exists (select 1 from ${users} opener where opener.id = ${by} and opener.staff = 1)`;

const holdsRole = ({ by, tenant }: Opened, roles: readonly Role[]): SQL =>
  sql`(${by} = '' or ${isStaffStill(by)} or exists (select 1 from ${memberships} held
    where held.user_id = ${by} and held.tenant_id = ${tenant} and held.role in (${listed(roles)})))`;

/**
 * Whether whoever sent an invitation may still invite, and give that role, now: what a right made possible ends with the right. A
 * condition for the statement that uses it, over tables of the directory.
 */
export const mayStillInvite = (opened: Opened & { role: SQLiteColumn }): SQL =>
  sql`(${sql.join(
    allRoles.map((role) => {
      const able = allRoles.filter((by) => allows(by, "team:write") && mayGrant(by, role));
      return sql`(${opened.role} = ${sql.raw(`'${role}'`)} and ${holdsRole(opened, able)})`;
    }),
    sql` or `,
  )})`;
