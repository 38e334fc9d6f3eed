import { and, eq, isNull, or, type SQL, sql } from "drizzle-orm";
import { loans } from "#db/schema/index.ts";
import { enterTenant, requireStaff, type TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { conflict, ifFound, notFound } from "#server/errors.ts";
import { commitBoth } from "./commit-both.ts";
import type { LoanRef } from "./schemas.ts";

type LoanRow = typeof loans.$inferSelect;

/** Ends a loan, from the context of either client: the borrower's jobs read it no more. Throws `forbidden`, `not_found`, `conflict` for one that has ended. */
export async function endLoan(ctx: TenantCtx, { loanId }: LoanRef): Promise<void> {
  requireStaff(ctx);
  const [loan] = await ctx.directory
    .select()
    .from(loans)
    .where(and(ofEither(ctx), eq(loans.id, loanId)));
  if (!loan) throw notFound("loan");
  if (loan.endedAt !== null) throw conflict("loan_over");
  await end(ctx, loan);
}

/**
 * Ends all that this client lends and borrows, for whoever stops it: before it is stopped, so that nothing of it comes back to life with
 * the client.
 */
export const endLoansOf = (ctx: TenantCtx): Promise<void> => endAll(ctx, ofEither(ctx));

/** Ends all that this client lends, before it is the agency's own no more. What it borrows stays. */
export const endLentBy = (ctx: TenantCtx): Promise<void> => endAll(ctx, eq(loans.lenderId, ctx.tenant.id));

/** Who of the one client's people did that, and from where, is nothing for the other one's log. */
async function endAll(outer: TenantCtx, those: SQL | undefined): Promise<void> {
  const isStaff = outer.actor.type === "user" && outer.actor.staff;
  const ctx: TenantCtx = isStaff ? outer : { ...outer, actor: { type: "system", job: "loan" }, request: { ...outer.request, ip: null } };
  const open = await ctx.directory
    .select()
    .from(loans)
    .where(and(those, isNull(loans.endedAt)));
  for (const loan of open) await end(ctx, loan);
}

const ofEither = ({ tenant }: TenantCtx) => or(eq(loans.tenantId, tenant.id), eq(loans.lenderId, tenant.id));

async function end(ctx: TenantCtx, { id, tenantId, lenderId, connectionId, provider }: LoanRow): Promise<void> {
  const [borrower, lender] = await Promise.all([ifFound(findTenant(ctx, tenantId)), ifFound(findTenant(ctx, lenderId))]);
  const open = and(eq(loans.id, id), isNull(loans.endedAt));
  const ended = ctx.directory.update(loans).set({ endedAt: ctx.now() }).where(open);
  // Of a client that is gone there is no log to write to.
  if (!borrower || !lender) {
    await ended;
    return;
  }
  const guard = sql`exists (select 1 from ${loans} where ${open})`;
  const details = { loan: id, provider };
  await commitBoth(ctx, { borrower, lender, connection: connectionId, guard, action: "connection.loan_ended", details }, [ended]);
  await afterCommit(ctx, "jobs", () => alignJobs(enterTenant(ctx, borrower, "staff")));
}
