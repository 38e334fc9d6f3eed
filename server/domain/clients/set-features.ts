import { allJobs } from "#server/catalog/jobs.ts";
import { requireAgency, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { invalid } from "#server/errors.ts";
import type { SetFeatures } from "./schemas.ts";
import { updateClient } from "./update-client.ts";

/**
 * Says which jobs a client wants; what is left out is as the job begins, or as the plan has it. `invalid` names a job that is
 * not on the shelf, or an automation, which its policy alone turns on.
 */
export async function setFeatures(ctx: TenantCtx, { features }: SetFeatures): Promise<Tenant> {
  requireAgency(ctx);
  const unknown = Object.keys(features).find((job) => !allJobs.some(({ id, acts }) => id === job && !acts));
  if (unknown !== undefined) throw invalid(`features.${unknown}`, "feature_unknown");
  return updateClient(ctx, { features });
}
