import { readOwners } from "#server/catalog/actions/hubspot-wire.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { domainError, ProviderError } from "#server/errors.ts";
import { crmPlace } from "./crm-place.ts";

/** Who may look after records in the CRM, read now, for whoever writes the rules by which they are given. None before anything was compared. Throws `unavailable`. */
export async function listOwners(ctx: TenantCtx): Promise<{ id: string; name: string }[]> {
  requirePermission(ctx, "settings:write");
  const place = await crmPlace(ctx);
  if (!place) return [];
  return readOwners(openAccount(ctx, await holdConnection(ctx, place.accountId))).catch((error: unknown) => {
    if (!(error instanceof ProviderError)) throw error;
    throw domainError("customer_unavailable", { provider: providerName(error.provider) }, { cause: error });
  });
}
