import { sql } from "drizzle-orm";
import { rateLimits } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { rateLimited } from "#server/errors.ts";

/**
 * Counts one try under `key` and throws `rate_limited` when it is more than `max` in a window of `windowS` seconds.
 * One upsert in D1, so that all isolates count together.
 */
export async function takeFromLimit(ctx: Ctx, { key, max, windowS }: { key: string; max: number; windowS: number }): Promise<void> {
  const now = ctx.now();
  const resetAt = now + windowS * 1000;
  const over = sql`${rateLimits.resetAt} <= ${now}`;
  const [row] = await ctx.directory
    .insert(rateLimits)
    .values({ key, count: 1, resetAt })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: {
        count: sql`case when ${over} then 1 else ${rateLimits.count} + 1 end`,
        resetAt: sql`case when ${over} then ${resetAt} else ${rateLimits.resetAt} end`,
      },
    })
    .returning();
  if (row && row.count > max) throw rateLimited(Math.max(1, Math.ceil((row.resetAt - now) / 1000)));
}
