import { and, eq, gte, lt } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import type { Proposed, Stored } from "#server/catalog/job.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** Behind every key that begins with a prefix, since D1 compares texts byte by byte. */
const last = "\u{10ffff}";

/** What an automation has proposed, whatever became of it. */
export async function listProposed(ctx: TenantCtx, { automation, prefix, since }: Parameters<Stored["proposed"]>[0]): Promise<Proposed[]> {
  const found = await ctx.db
    .select({ dedupe: actions.dedupe, customerId: actions.customerId })
    .from(actions)
    .where(
      inTenant(
        ctx,
        actions,
        and(
          eq(actions.automation, automation),
          gte(actions.dedupe, prefix),
          lt(actions.dedupe, prefix + last),
          gte(actions.createdAt, since),
        ),
      ),
    );
  return found.map(({ dedupe, customerId }) => ({ dedupe, ...(customerId !== null && { customerId }) }));
}
