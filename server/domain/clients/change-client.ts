import { requirePermission, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { invalid, refusedInput } from "#server/errors.ts";
import { type ChangeClient, UpdateClient, UpdateSettings } from "./schemas.ts";
import { updateClient } from "./update-client.ts";

/**
 * Changes a client as far as it is the asker's to change: all of it for the agency's admins, its settings for its own owner and
 * admins. Throws `forbidden`, and `invalid` with the name of the first field that is the agency's, or of a name that may not be one.
 */
export async function changeClient(ctx: TenantCtx, change: ChangeClient): Promise<Tenant> {
  requirePermission(ctx, "settings:write");
  const stray = ctx.role === "staff" ? undefined : Object.keys(change).find((field) => !(field in UpdateSettings.shape));
  if (stray !== undefined) throw invalid(stray, "agency_changes_this");
  return updateClient(ctx, judged(ctx.tenant, change));
}

/** Names that stand already are not judged: a provider or an older row may have given what nobody may type now. */
function judged(tenant: Tenant, { name, contactName, ...rest }: ChangeClient): UpdateClient {
  const isNew = (said: string | null, stored: string | null) => said !== (stored?.normalize().trim() ?? null);
  const { success, data, error } = UpdateClient.safeParse({
    ...rest,
    ...(name !== undefined && isNew(name, tenant.name) && { name }),
    ...(contactName !== undefined && isNew(contactName, tenant.contactName) && { contactName }),
  });
  if (success) return data;
  throw refusedInput(error.issues[0]);
}
