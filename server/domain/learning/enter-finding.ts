import { eq } from "drizzle-orm";
import { findings } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { conflict, notFound } from "#server/errors.ts";
import type { FindingRow } from "./rows.ts";

/** A finding and the context of the client whose it is, for the agency's admins. Throws `not_found`. */
export async function enterFinding(ctx: Ctx, id: string): Promise<{ inside: TenantCtx; row: FindingRow }> {
  for (const { db } of acrossTenants(ctx)) {
    const [row] = await db.select().from(findings).where(eq(findings.id, id));
    if (row) return { inside: enterTenant(ctx, await findTenant(ctx, row.tenantId), "staff"), row };
  }
  throw notFound("finding");
}

/** The same of one that waits for a decision. Throws `not_found`, and `conflict` where somebody decided already. */
export async function enterUndecided(ctx: Ctx, id: string): Promise<{ inside: TenantCtx; row: FindingRow }> {
  const entered = await enterFinding(ctx, id);
  if (entered.row.status !== "open" && entered.row.status !== "snoozed") throw conflict("finding_decided");
  return entered;
}
