import { and, eq, isNull, lt, or } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";

const hourMs = 3_600_000;

/** Notes that one of the tenant's own people is here, to the hour. Staff and strangers leave no trace. */
export async function noteActivity(ctx: Ctx, tenantId: string): Promise<void> {
  if (ctx.actor.type !== "user") return;
  const own = ctx.actor.memberships.find(({ tenant }) => tenant.id === tenantId)?.tenant;
  const before = ctx.now() - hourMs;
  if (!own || (own.lastActivityAt !== null && own.lastActivityAt >= before)) return;
  await ctx.directory
    .update(tenants)
    .set({ lastActivityAt: ctx.now() })
    .where(and(eq(tenants.id, tenantId), or(isNull(tenants.lastActivityAt), lt(tenants.lastActivityAt, before))));
}
