import { eq } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { notFound } from "#server/errors.ts";

/** One client by its id, or `not_found`. For staff and jobs; a member's tenants come with their session. */
export async function findTenant(ctx: Ctx, id: string): Promise<Tenant> {
  const [tenant] = await ctx.directory.select().from(tenants).where(eq(tenants.id, id));
  if (!tenant) throw notFound("client");
  return tenant;
}
