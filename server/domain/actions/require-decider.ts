import { and, eq, type SQL, sql } from "drizzle-orm";
import { actions, policies } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { forbidden, notFound } from "#server/errors.ts";
import type { ActionRow } from "./rows.ts";

/**
 * What whoever may decide (`actions:decide`) is about to decide, once it is known that they may decide this: owners and admins all of it, a member up to the stake that the policy
 * says, the agency's people where the policy lets them. Answers what there is to decide of. Throws `not_found` and `forbidden`.
 */
export async function requireDecider(ctx: TenantCtx, id: string): Promise<Pick<ActionRow, "status" | "stake" | "touches">> {
  const [row] = await ctx.db
    .select({
      ...{ status: actions.status, stake: actions.stake, touches: actions.touches },
      ...{ memberStake: policies.memberStake, staffDecides: policies.staffDecides },
    })
    .from(actions)
    .leftJoin(policies, and(eq(policies.tenantId, actions.tenantId), eq(policies.automation, actions.automation)))
    .where(inTenant(ctx, actions, eq(actions.id, id)));
  if (!row) throw notFound("action");
  requireSay(ctx, row);
  return row;
}

/** The same of what is at stake, by what the policy says. Throws `forbidden`. */
export function requireSay(ctx: TenantCtx, said: Said): void {
  if (ctx.role === "staff" && said.staffDecides === false) throw forbidden("client_decides");
  if (ctx.role === "member" && isBeyond(ctx, said)) throw forbidden("stake_above_yours");
}

type Said = { stake: ActionRow["stake"]; memberStake: number | null; staffDecides: boolean | null };

/**
 * The same of an approval, as a condition of the statement that writes it: what the client says meanwhile counts. A policy's own approval is
 * held to what it says then, too.
 */
export function mayStillApprove(ctx: TenantCtx): SQL {
  const says = (rule: SQL) =>
    sql`exists (select 1 from ${policies} as p where p.tenant_id = ${ctx.tenant.id} and p.automation = ${actions.automation} and ${rule})`;
  const within = (most: SQL) => sql`(${actions.stake} ->> 'currency' = ${ctx.tenant.currency} and ${actions.stake} ->> 'minor' <= ${most})`;
  if (ctx.role === "staff") return sql`not ${says(sql`p.staff_decides = 0`)}`;
  if (ctx.role === "member") return sql`(${actions.stake} is null or ${says(within(sql`p.member_stake`))})`;
  if (ctx.role === "system") return says(sql`p.mode = 'auto' and (${actions.stake} is null or ${within(sql`p.largest_stake`)})`);
  return sql`true`;
}

/** Money in another currency than the client's is held against no limit of ours. */
const isBeyond = ({ tenant }: TenantCtx, { stake, memberStake }: Said): boolean =>
  stake !== null && (stake.currency !== tenant.currency || stake.minor > (memberStake ?? 0));
