import { type Db, openTenantDb, placeOf } from "#db/client.ts";
import type { Ctx } from "#server/ctx.ts";

/** Where the notices of a client stand; of the agency (""), at the directory. */
export const homeOf = (ctx: Ctx, tenant: string): Db =>
  tenant === "" ? ctx.directory : openTenantDb(ctx.databases[placeOf(tenant)], tenant);
