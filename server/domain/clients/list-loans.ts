import { and, desc, eq, isNull, or } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { loans, tenants } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { enterTenant, requireStaff, type TenantCtx } from "#server/ctx.ts";
import { findConnection } from "#server/domain/connections/hold-connection.ts";
import { ifFound } from "#server/errors.ts";
import type { Loan } from "./schemas.ts";

const [lenders, borrowers] = [alias(tenants, "lender"), alias(tenants, "borrower")];

/** What this client lends and borrows now, the newest first. For staff. */
export async function listLoans(ctx: TenantCtx): Promise<Loan[]> {
  requireStaff(ctx);
  const open = await ctx.directory
    .select({ loan: loans, lender: lenders, borrowerName: borrowers.name })
    .from(loans)
    .innerJoin(lenders, eq(lenders.id, loans.lenderId))
    .innerJoin(borrowers, eq(borrowers.id, loans.tenantId))
    .where(and(or(eq(loans.tenantId, ctx.tenant.id), eq(loans.lenderId, ctx.tenant.id)), isNull(loans.endedAt)))
    .orderBy(desc(loans.id));
  return Promise.all(
    open.map(async ({ loan, lender, borrowerName }) => {
      const connection = await ifFound(findConnection(enterTenant(ctx, lender, "staff"), loan.connectionId));
      return {
        ...{ id: loan.id, lender: lender.id, lenderName: lender.name, borrower: loan.tenantId, borrowerName, lentAt: loan.lentAt },
        ...{ provider: loan.provider, providerName: providerName(loan.provider), connection: loan.connectionId },
        ...{ account: connection?.name ?? null, status: connection?.status ?? "disconnected" },
      };
    }),
  );
}
