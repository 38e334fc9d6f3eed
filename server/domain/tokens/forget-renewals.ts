import { inArray, lt } from "drizzle-orm";
import { renewals } from "#db/schema/index.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";

const keptMs = 90 * 86_400_000;
/** A tick: far more than come in within a minute. */
const pageSize = 2_000;

/** Deletes attempts to renew that are older than 90 days. Answers how many. */
export async function forgetRenewals(ctx: Ctx): Promise<number> {
  const before = ctx.now() - keptMs;
  const gone = await Promise.all(
    acrossTenants(ctx).map(async ({ db }) => {
      const old = db.select({ id: renewals.id }).from(renewals).where(lt(renewals.at, before)).orderBy(renewals.at).limit(pageSize);
      const { meta } = await db.delete(renewals).where(inArray(renewals.id, old)).run();
      return meta.changes;
    }),
  );
  return gone.reduce((sum, count) => sum + count, 0);
}
