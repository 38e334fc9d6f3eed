import { and, eq, gte, lt, or, sql } from "drizzle-orm";
import { actions } from "#db/schema/index.ts";
import type { Proposed, Stored } from "#server/catalog/job.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** Before the key of what was proposed in shadow: it counts for the shadow alone. */
export const inShadow = "shadow:";
/** Behind every key that begins with a prefix, since D1 compares texts byte by byte. */
const last = "\u{10ffff}";
const begins = (prefix: string) => and(gte(actions.dedupe, prefix), lt(actions.dedupe, prefix + last));

/** What an automation has proposed, whatever became of it; what it did in shadow only as long as it is there. */
export async function listProposed(
  ctx: TenantCtx,
  { automation, prefix, since, customers }: Parameters<Stored["proposed"]>[0],
): Promise<Proposed[]> {
  const shadow = sql`exists (select 1 from policies p where p.tenant_id = ${ctx.tenant.id} and p.automation = ${automation} and p.mode = 'shadow')`;
  const found = await ctx.db
    .select({ dedupe: actions.dedupe, customerId: actions.customerId })
    .from(actions)
    .where(
      inTenant(
        ctx,
        actions,
        // A plus keeps SQLite from reading all that the automation ever proposed, where a few customers are asked about.
        customers ? sql`+${actions.automation} = ${automation}` : eq(actions.automation, automation),
        customers ? sql`${actions.customerId} in (select value from json_each(${JSON.stringify(customers)}))` : undefined,
        gte(actions.createdAt, since),
        or(begins(prefix), and(begins(inShadow + prefix), shadow)),
      ),
    );
  return found.map(({ dedupe, customerId }) => ({
    dedupe: dedupe.startsWith(inShadow) ? dedupe.slice(inShadow.length) : dedupe,
    ...(customerId !== null && { customerId }),
  }));
}
