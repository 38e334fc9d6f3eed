import { providers } from "#server/catalog/providers/registry.ts";
import { type Ctx, requireStaff } from "#server/ctx.ts";
import { openIncidents } from "./open-incidents.ts";
import type { ProviderSwitch } from "./schemas.ts";

/** Every provider on the shelf, and which ones are switched off. */
export async function listSwitches(ctx: Ctx): Promise<ProviderSwitch[]> {
  requireStaff(ctx);
  const off = (await openIncidents(ctx)).filter(({ kind }) => kind === "switched_off");
  return providers.map(({ id, name }) => ({
    provider: id,
    name,
    offSince: off.find(({ provider }) => provider === id)?.openedAt ?? null,
  }));
}
