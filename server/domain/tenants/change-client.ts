import { requirePermission, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { invalid } from "#server/errors.ts";
import { type UpdateClient, UpdateSettings } from "./client.ts";
import { updateClient } from "./update-client.ts";

/**
 * Changes a client as far as it is the asker's to change: all of it for the agency's admins, its settings for its own owner and
 * admins. Throws `forbidden`, and `invalid` with the name of the first field that is the agency's.
 */
export async function changeClient(ctx: TenantCtx, change: UpdateClient): Promise<Tenant> {
  requirePermission(ctx, "settings:write");
  const stray = ctx.role === "staff" ? undefined : Object.keys(change).find((field) => !(field in UpdateSettings.shape));
  if (stray !== undefined) throw invalid(stray, "Only your agency changes this.");
  return updateClient(ctx, change);
}
