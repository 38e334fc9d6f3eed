import { eq } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, type DomainError, notFound } from "#server/errors.ts";

/** Why an action that was to be decided was not. */
export type Refusal =
  | "action_not_found"
  | "action_changed"
  | "action_decided"
  | "action_expired"
  | "budget_spent"
  | "contacts_spent"
  | "policy_changed";

/** A refusal as it is thrown. */
export const refused = (refusal: Refusal): DomainError => (refusal === "action_not_found" ? notFound("action") : conflict(refusal));

export interface Open {
  id: string;
  hash: string;
  now: number;
}

/** Why a decision changed nothing. */
export async function refusalOf(ctx: TenantCtx, { id, hash, now }: Open): Promise<Refusal> {
  const [row] = await ctx.db
    .select({ hash: actions.hash, status: actions.status, expiresAt: actions.expiresAt, agreed: actions.agreed })
    .from(actions)
    .where(inTenant(ctx, actions, eq(actions.id, id)));
  if (!row) return "action_not_found";
  if (row.status === "expired" || (row.status === "waiting" && row.expiresAt <= now)) return "action_expired";
  if ((row.status !== "waiting" && row.status !== "shadowed") || row.agreed !== null) return "action_decided";
  if (row.hash !== hash) return "action_changed";
  return "contacts_spent";
}
