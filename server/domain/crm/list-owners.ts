import { connections } from "#db/schema/index.ts";
import { readOwners } from "#server/catalog/actions/hubspot-wire.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { chooseAccount } from "#server/domain/connections/choose-account.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { domainError, ProviderError } from "#server/errors.ts";

const need = { provider: "hubspot", scopes: ["crm.objects.owners.read"] } as const;
/** A page waits for it. */
const patienceMs = 3_000;

/** Who may look after records in HubSpot, read now and kept nowhere, for whoever writes the rules by which they are given. None without HubSpot. Throws `unavailable`. */
export async function listOwners(ctx: TenantCtx): Promise<{ id: string; name: string }[]> {
  requirePermission(ctx, "settings:write");
  const own = await ctx.db.select().from(connections).where(inTenant(ctx, connections));
  const chosen = chooseAccount({ needs: [need] }, need.provider, own);
  if (!("account" in chosen)) return [];
  const signal = AbortSignal.timeout(patienceMs);
  try {
    return await readOwners(openAccount(ctx, await holdConnection(ctx, chosen.account.id), { signal }));
  } catch (error) {
    if (!(error instanceof ProviderError) && !signal.aborted) throw error;
    throw domainError("customer_unavailable", { provider: providerName(need.provider) }, { cause: error });
  }
}
