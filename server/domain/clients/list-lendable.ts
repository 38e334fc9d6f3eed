import { and, asc, eq, isNull } from "drizzle-orm";
import { isAgency, loans, tenants } from "#db/schema/index.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import { enterTenant, requireStaff, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { accountRefusal, clientRefusal } from "./loan-refusal.ts";
import type { Lendable } from "./schemas.ts";

/** The accounts that the agency's own clients may lend to this one now: none of a provider that it has one lent of. For staff. */
export async function listLendable(ctx: TenantCtx): Promise<Lendable[]> {
  requireStaff(ctx);
  const [agencies, open] = await ctx.directory.batch([
    ctx.directory.select().from(tenants).where(isAgency).orderBy(asc(tenants.name)),
    ctx.directory
      .select({ provider: loans.provider })
      .from(loans)
      .where(and(eq(loans.tenantId, ctx.tenant.id), isNull(loans.endedAt))),
  ]);
  const lent = new Set(open.map(({ provider }) => provider));
  const lenders = agencies.filter((lender) => clientRefusal(lender, ctx.tenant) === null);
  return (await Promise.all(lenders.map((lender) => accountsOf(ctx, lender)))).flat().filter(({ provider }) => !lent.has(provider));
}

async function accountsOf(ctx: TenantCtx, lender: Tenant): Promise<Lendable[]> {
  const rows = await listConnections(enterTenant(ctx, lender, "staff"));
  return rows.flatMap(({ id, name, provider: providerId, status }) => {
    const provider = providers.find((each) => each.id === providerId);
    if (!provider || accountRefusal(provider, status)) return [];
    return [
      { connection: id, account: name, provider: providerId, providerName: provider.name, lender: lender.id, lenderName: lender.name },
    ];
  });
}
