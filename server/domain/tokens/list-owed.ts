import { eq, isNull, or } from "drizzle-orm";
import { debts } from "#db/schema/index.ts";
import type { Text } from "#db/words/locales.ts";
import { placeOfRemoval } from "#server/catalog/place-of-removal.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import { type Ctx, requireStaff } from "#server/ctx.ts";
import { agencyDebtor, type Debtor } from "#server/domain/connections/debtor.ts";
import type { DebtRow } from "#server/domain/connections/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** Access that we use no more and that its provider has not ended. Times in milliseconds since 1970. */
export interface OwedAccess {
  id: string;
  /** The account's name; "" where it is not known. */
  account: string;
  since: number;
  /** When we try next; null where it was given up, so that only a person at the provider can end it. */
  nextAt: number | null;
  /** Where a person removes it there. */
  removal: Text;
}

/** The tenant's debts that a person should know of: what is owed still, and what was given up. */
export const owedQuery = (ctx: Debtor) =>
  ctx.db
    .select()
    .from(debts)
    .where(inTenant(ctx, debts, or(isNull(debts.farewell), eq(debts.farewell, "unreached"))))
    .orderBy(debts.id);

/** What the agency itself owes, by provider: of consents that were no client's yet, and of clients that were erased. For staff. */
export async function listAgencyOwed(ctx: Ctx): Promise<{ provider: string; name: string; owed: OwedAccess[] }[]> {
  requireStaff(ctx);
  const owed = await owedQuery(agencyDebtor(ctx));
  return providers
    .map((provider) => ({ provider: provider.id, name: provider.name, owed: describeOwed(provider, owed, ctx.now()) }))
    .filter((each) => each.owed.length > 0);
}

/** What of it is told at one provider. A consent on its way is owed too, and no news until nobody comes to make a connection of it. */
export const describeOwed = (provider: Provider, owed: readonly DebtRow[], now: number): OwedAccess[] =>
  owed
    .filter((debt) => debt.provider === provider.id && !isOnItsWay(debt, now))
    .map(({ id, name, owedAt, nextAt }) => ({
      id,
      account: name,
      since: owedAt,
      nextAt: nextAt === null ? null : Math.max(nextAt, now),
      removal: placeOfRemoval(provider),
    }));

const isOnItsWay = ({ reason, tries, nextAt }: DebtRow, now: number): boolean =>
  reason === "not_kept" && tries === 0 && nextAt !== null && nextAt > now;
