import { type Db, databaseAt, openTenantDb } from "#db/client.ts";
import type { Ctx } from "#server/ctx.ts";
import { placesOf } from "#server/domain/tenancy/place-of.ts";

/** Where the notices of a client stand; of the agency (""), and of a client that is no more, at the directory. */
export async function homeOf(ctx: Ctx, tenant: string): Promise<Db> {
  if (tenant === "") return ctx.directory;
  const place = (await placesOf(ctx, [tenant])).get(tenant) ?? "DB";
  return openTenantDb(databaseAt(ctx.databases, place), tenant);
}
