import { and, eq, sql } from "drizzle-orm";
import { actions, policies, schedules, supplyOrders } from "#db/schema/index.ts";
import type { SuppliedLine, SupplyFacts, SupplyReason } from "#db/words/supply.ts";
import { dropshippingOrderFlow } from "#server/catalog/automations/dropshipping-order-flow.ts";
import { orderKey, type SupplyRecord } from "#server/catalog/supply.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { requireSay } from "#server/domain/actions/require-decider.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, notFound } from "#server/errors.ts";
import { type DecideSupply, DecideSupply as Schema, type SupplyOrderShown } from "./schemas.ts";
import { shopOf } from "./supply-accounts.ts";

/** Of these nothing reached the supplier, or what did was called off there: they may be looked at anew. */
const retryable: readonly SupplyReason[] = ["failed", "declined", "dearer", "supplier_cancelled", "shadow", "undone", "by_hand", "too_old"];

/** Whether the supplier has something of what it has too little of. */
const hasSome = ({ short = [] }: SupplyFacts, lines: readonly SuppliedLine[]): boolean =>
  short.some(({ there }) => there > 0) || lines.some(({ reference }) => !short.some((each) => each.reference === reference));

/** What a person can do about an order that stands so. */
export function decisionsOf({
  state,
  reason,
  facts,
  lines,
}: Pick<SupplyRecord, "state" | "reason" | "facts" | "lines">): SupplyOrderShown["may"] {
  const again = state === "held" || ((state === "stuck" || state === "over") && reason !== null && retryable.includes(reason));
  return [
    ...(again ? (["again"] as const) : []),
    ...(state === "held" && reason === "margin" ? (["anyway"] as const) : []),
    ...(state === "held" && reason === "short" && hasSome(facts, lines) ? (["partly"] as const) : []),
    ...(state !== "over" && state !== "proposed" ? (["close"] as const) : []),
  ];
}

/** What the policy lets whoever decides decide: an automation that acts by itself orders below the margin without asking anybody else. */
async function requireOwnSay(ctx: TenantCtx, margin: SupplyFacts["margin"] | null): Promise<void> {
  const [policy] = await ctx.db
    .select({ memberStake: policies.memberStake, staffDecides: policies.staffDecides })
    .from(policies)
    .where(inTenant(ctx, policies, eq(policies.automation, dropshippingOrderFlow.id)));
  const stake = margin ? { minor: margin.costs, currency: margin.currency } : null;
  requireSay(ctx, { stake, memberStake: policy?.memberStake ?? null, staffDecides: policy?.staffDecides ?? null });
}

/**
 * A person says what is to become of an order at a supplier: that it is looked at now, the same whatever it earns at what it costs now, or with what
 * there is of it, or that they take care of it. Nothing is ordered by it: what is proposed anew is decided on like any other, after the supplier was
 * asked what it has of it. What they take care of is not done by us any more, also where nobody knew whether it was. Throws `not_found`,
 * `forbidden`, and `conflict` where it stands elsewhere by now.
 */
export async function decideSupply(ctx: TenantCtx, asked: DecideSupply): Promise<void> {
  requirePermission(ctx, "actions:decide");
  const { order, supplier, part, does, state, costs } = Schema.parse(asked);
  const shop = await shopOf(ctx);
  const own = inTenant(
    ctx,
    supplyOrders,
    and(
      eq(supplyOrders.connectionId, shop ?? ""),
      eq(supplyOrders.orderId, order),
      eq(supplyOrders.provider, supplier),
      eq(supplyOrders.part, part),
    ),
  );
  const [row] = await ctx.db.select().from(supplyOrders).where(own);
  if (!row) throw notFound("order");
  // What was decided on is what was seen: of what costs more, or is ordered by now, somebody would buy what they did not mean to.
  const isAsSeen = (state ?? row.state) === row.state && (does !== "anyway" || costs === undefined || costs === row.facts.margin?.costs);
  if (!isAsSeen || !decisionsOf(row).includes(does)) throw conflict("order_moved_on");
  await requireOwnSay(ctx, does === "anyway" ? (row.facts.margin ?? null) : null);
  const now = ctx.now();
  const asRead = and(own, eq(supplyOrders.version, row.version), eq(supplyOrders.state, row.state));
  const proposed = inTenant(
    ctx,
    actions,
    and(eq(actions.connectionId, shop ?? ""), eq(actions.automation, dropshippingOrderFlow.id), eq(actions.dedupe, orderKey(row))),
  );
  // Of which nobody could say whether it was done: a person has just looked.
  const unclear = sql`${actions.status} = 'unsure' and ${actions.availableAt} is null`;
  const underWay = and(
    proposed,
    sql`${actions.status} in ('waiting', 'approved', 'executing', 'undoing', 'unsure') and not (${does === "close"} and ${unclear})`,
  );
  const isStill = sql`exists (select 1 from ${supplyOrders} where ${asRead}) and not exists (select 1 from ${actions} where ${underWay})`;
  const becomes =
    does === "close"
      ? { state: "over" as const, reason: "by_hand" as const, nextAt: null }
      : {
          ...{ state: "held" as const, reason: "new" as const, nextAt: now },
          ...(does === "anyway" && { waivedUpTo: row.facts.margin?.costs ?? null }),
          ...(does === "partly" && { partly: true }),
        };
  const [, changed] = await commitIf(ctx, isStill, "supply.decided", { order, supplier, does, ...(part > 0 && { part }) }, [
    ctx.db
      .update(actions)
      .set({ status: "voided", reason: "handled", finishedAt: now })
      .where(and(proposed, unclear, isStill)),
    ctx.db
      .update(supplyOrders)
      .set({ ...becomes, since: now, version: row.version + 1 })
      .where(and(asRead, isStill))
      .returning({ id: supplyOrders.orderId }),
    ctx.db
      .update(schedules)
      .set({ nextAt: now })
      .where(inTenant(ctx, schedules, and(eq(schedules.job, dropshippingOrderFlow.id), sql`${does !== "close"}`, sql`changes() > 0`))),
  ]);
  if (!wrote(changed)) throw conflict("order_moved_on");
}
