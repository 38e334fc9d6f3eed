import { type Role, roles } from "#db/words/tenants.ts";

/** A member's role, or that of an admin of the agency who looks at a client's pages as its people see them. */
export type PortalRole = Role | "visitor";
/** `staff` and `system` are no roles that a member can hold: the agency's admins and the engine act with them. */
export type TenantRole = PortalRole | "staff" | "system";

/**
 * Who may do what in a tenant. Read it as a table: a line is a right, an x is a role that has it. A visitor has what lets them read; whatever
 * writes is refused to them besides, at the doors and where lines are written.
 */
const table = {
  //                    owner admin developer billing member viewer visitor
  "portal:read": "  x     x       x        x       x      x      x  ",
  "connections:write": "  x     x       x        .       .      .      .  ",
  "runs:start": "  x     x       x        .       x      .      .  ",
  "team:read": "  x     x       x        x       x      x      x  ",
  "team:write": "  x     x       .        .       .      .      .  ",
  "actions:decide": "  x     x       .        .       x      .      .  ",
  "actions:reveal": "  x     x       .        .       .      .      .  ",
  "settings:write": "  x     x       .        .       .      .      .  ",
  "audit:read": "  x     x       .        .       .      .      x  ",
  "data:export": "  x     x       .        .       .      .      x  ",
  "data:delete": "  x     .       .        .       .      .      .  ",
} as const;

export type Permission = keyof typeof table;

/** Whether the table gives this right to the role; staff and the engine have all of them. */
export function allows(role: TenantRole, permission: Permission): boolean {
  if (role === "staff" || role === "system") return true;
  return table[permission].trim().split(/\s+/)[[...roles, "visitor"].indexOf(role)] === "x";
}

/** All that a role may do, in the table's order: what a page shows or leaves out. */
export const permissionsOf = (role: TenantRole): Permission[] =>
  (Object.keys(table) as Permission[]).filter((permission) => allows(role, permission));

/** Whose pages a role is shown: a visitor sees what an owner sees, and may do none of it. */
export const eyesOf = (role: TenantRole): TenantRole => (role === "visitor" ? "owner" : role);

/** The table, role by role, for a page that explains it. */
export const roleTable: readonly { role: Role; may: Permission[] }[] = roles.map((role) => ({ role, may: permissionsOf(role) }));

/** Nobody hands out more than they hold: an admin cannot make an owner. */
export function mayGrant(by: TenantRole, role: Role): boolean {
  return by === "owner" || by === "staff" || (by === "admin" && role !== "owner");
}
