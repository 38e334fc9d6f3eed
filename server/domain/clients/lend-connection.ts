import { and, eq, isNull, ne, type SQL, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { loans, tenants } from "#db/schema/index.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { enterTenant, requireStaff, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { wrote } from "#server/domain/audit/commit-if.ts";
import { findConnection } from "#server/domain/connections/hold-connection.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { conflict } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { commitBoth } from "./commit-both.ts";
import { accountRefusal, clientRefusal } from "./loan-refusal.ts";
import type { LendConnection } from "./schemas.ts";

/**
 * Lends an account of the agency's own client to another client: its jobs read it from now on where none of its own serves. A shop's is
 * not lent: a customer's demand to be forgotten reaches that shop's own client alone. By staff, in the lender's context. Throws
 * `forbidden`, `not_found`, and `conflict` for a client that is not the agency's own, for one that is stopped, for two that are kept in
 * different D1s, for an account that is not connected, and where the borrower has one of that provider lent already.
 */
export async function lendConnection(ctx: TenantCtx, { connectionId, borrower: borrowerId }: LendConnection): Promise<{ id: string }> {
  const { userId } = requireStaff(ctx);
  const { tenant: lender } = ctx;
  const [connection, borrower] = [await findConnection(ctx, connectionId), await findTenant(ctx, borrowerId)];
  const provider = findProvider(connection.provider);
  const refusal = clientRefusal(lender, borrower) ?? accountRefusal(provider, connection.status);
  if (refusal) throw refusal;
  const id = newId("loa", ctx.now());
  const row = {
    ...{ id, tenantId: borrower.id, lenderId: lender.id, connectionId, provider: provider.id },
    ...{ lentBy: userId, lentAt: ctx.now(), endedAt: null },
  };
  const held = and(eq(loans.tenantId, borrower.id), eq(loans.provider, provider.id), isNull(loans.endedAt));
  const guard = sql`not exists (select 1 from ${loans} where ${held}) and ${goesOn(lender)} and ${goesOn(borrower)}`;
  const details = { loan: id, provider: provider.id, account: connection.name };
  const [, made] = await commitBoth(ctx, { borrower, lender, connection: connectionId, guard, action: "connection.lent", details }, [
    // Before the row that the guard asks for.
    ctx.directory
      .update(tenants)
      .set({ borrows: true })
      .where(and(eq(tenants.id, borrower.id), guard)),
    ctx.directory
      .insert(loans)
      .select(rowIf(loans, row, guard))
      .returning({ id: loans.id }),
  ]);
  if (!wrote(made)) throw conflict("lent_already", { provider: provider.name });
  await afterCommit(ctx, "jobs", () => alignJobs(enterTenant(ctx, borrower, "staff")));
  return { id };
}

const goesOn = ({ id }: Tenant): SQL =>
  sql`exists (select 1 from ${tenants} where ${and(eq(tenants.id, id), ne(tenants.status, "suspended"), isNull(tenants.endsAt))})`;
