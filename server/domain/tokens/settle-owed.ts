import { eq, sql } from "drizzle-orm";
import { debts } from "#db/schema/index.ts";
import { type Ctx, requirePermission, requireStaff, type TenantCtx } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { agencyDebtor, type Debtor } from "#server/domain/connections/debtor.ts";
import type { OwedRef } from "#server/domain/connections/schemas.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, notFound } from "#server/errors.ts";

/**
 * A person says that they removed our access at the provider, which we gave up to give back: nobody is told of it any more. Saying it
 * twice is no error. Throws `forbidden`, `not_found`, and `conflict` while we still try ourselves.
 */
export async function settleOwed(ctx: TenantCtx, owed: OwedRef): Promise<void> {
  requirePermission(ctx, "connections:write");
  await settle(ctx, owed);
}

/** The same of what the agency itself owes. */
export async function settleAgencyOwed(ctx: Ctx, owed: OwedRef): Promise<void> {
  requireStaff(ctx);
  await settle(agencyDebtor(ctx), owed);
}

async function settle(ctx: Debtor, { owedId }: OwedRef): Promise<void> {
  const [debt] = await ctx.db
    .select()
    .from(debts)
    .where(inTenant(ctx, debts, eq(debts.id, owedId)));
  if (!debt) throw notFound("access");
  if (debt.farewell === null) throw conflict("access_still_tried");
  const givenUp = inTenant(ctx, debts, eq(debts.id, owedId), eq(debts.farewell, "unreached"));
  const details = { connection: debt.connectionId, provider: debt.provider, account: debt.name, farewell: "removed" };
  await commitIf(ctx, sql`exists (select 1 from ${debts} where ${givenUp})`, "connection.access_removed", details, [
    ctx.db.update(debts).set({ farewell: "removed", endedAt: ctx.now() }).where(givenUp),
  ]);
}
