import { eq } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { readPerson } from "#server/catalog/providers/shopify-person.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { domainError, notFound, ProviderError } from "#server/errors.ts";
import type { Revealed } from "./schemas.ts";

/**
 * Name and address of the customer whom an action is about, as the shop says them now, for one page and nowhere else. Each look is a line
 * of the audit log, written before anything is fetched. Throws `forbidden`, `not_found` also where it is about no customer or the shop
 * knows them no more, and `unavailable` where the shop does not say.
 */
export async function revealSubject(ctx: TenantCtx, { actionId: id }: { actionId: string }): Promise<Revealed> {
  requirePermission(ctx, "actions:reveal");
  const [action] = await ctx.db
    .select({ customerId: actions.customerId, connectionId: actions.connectionId })
    .from(actions)
    .where(inTenant(ctx, actions, eq(actions.id, id)));
  if (!action?.customerId) throw notFound("action");
  await commit(ctx, "action.revealed", { action: id }, []);
  const held = await holdConnection(ctx, action.connectionId);
  const person = await readPerson(openAccount(ctx, held), action.customerId).catch(asUnavailable);
  if (!person) throw notFound("customer");
  return person;
}

function asUnavailable(error: unknown): never {
  if (!(error instanceof ProviderError)) throw error;
  throw domainError("customer_unavailable", { provider: providerName(error.provider) }, { cause: error });
}
