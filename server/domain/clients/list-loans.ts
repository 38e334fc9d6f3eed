import { and, desc, eq, isNull, or } from "drizzle-orm";
import { loans } from "#db/schema/index.ts";
import { requireStaff, type TenantCtx } from "#server/ctx.ts";
import type { Loan } from "./schemas.ts";

/** What this client lends and borrows now, the newest first. For staff. */
export async function listLoans(ctx: TenantCtx): Promise<Loan[]> {
  requireStaff(ctx);
  return ctx.directory
    .select({
      id: loans.id,
      lender: loans.lenderId,
      borrower: loans.tenantId,
      connection: loans.connectionId,
      provider: loans.provider,
      lentAt: loans.lentAt,
    })
    .from(loans)
    .where(and(or(eq(loans.tenantId, ctx.tenant.id), eq(loans.lenderId, ctx.tenant.id)), isNull(loans.endedAt)))
    .orderBy(desc(loans.id));
}
