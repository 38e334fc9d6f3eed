import { and, eq, sql } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";

/** The onboarding of a client ends with its first success; one that was suspended meanwhile stays so. Once, however often it is called. */
export async function activateClient(ctx: TenantCtx): Promise<void> {
  const directory = atDirectory(ctx);
  const begins = and(eq(tenants.id, ctx.tenant.id), eq(tenants.status, "onboarding"));
  await commitIf(directory, sql`exists (select 1 from ${tenants} where ${begins})`, "client.activated", { id: ctx.tenant.id }, [
    directory.db.update(tenants).set({ status: "active", updatedAt: ctx.now() }).where(begins),
  ]);
}
