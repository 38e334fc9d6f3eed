import type { ConnectionStatus } from "#db/words/connections.ts";
import type { Provider } from "#server/catalog/provider.ts";
import type { Tenant } from "#server/ctx.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { conflict, type DomainError } from "#server/errors.ts";

/** Why one client lends nothing to the other, as the `conflict` that lending throws; null where it may lend. */
export function clientRefusal(lender: Tenant, borrower: Tenant): DomainError | null {
  if (lender.vertical !== "agency") return conflict("lender_not_agency");
  if (borrower.id === lender.id) return conflict("lent_to_itself");
  if (isStopped(lender) || isStopped(borrower)) return conflict("client_suspended");
  if (borrower.place !== lender.place) return conflict("lent_elsewhere");
  return null;
}

/** Why an account is lent to nobody, likewise. A shop's is not: a customer's demand to be forgotten reaches its own client alone. */
export function accountRefusal(provider: Provider, status: ConnectionStatus): DomainError | null {
  if (provider.oauth?.shop) return conflict("shop_not_lent", { provider: provider.name });
  if (status !== "active") return conflict("account_not_connected");
  return null;
}
