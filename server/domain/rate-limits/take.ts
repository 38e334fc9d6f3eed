import { sql } from "drizzle-orm";
import { rateLimits } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { rateLimited } from "#server/errors.ts";

/** At most `max` tries under `key` in a window of `windowS` seconds. */
export interface Limit {
  key: string;
  max: number;
  windowS: number;
}

/**
 * Counts one try and throws `rate_limited` when it is one too many. One upsert in D1, so that all isolates count together.
 */
export async function takeFromLimit(ctx: Ctx, limit: Limit): Promise<void> {
  const [row] = await countTry(ctx, limit);
  checkLimit(ctx, limit, row);
}

/** The upsert alone, for a batch that the caller composes; `checkLimit` judges what it answers. */
export function countTry(ctx: Ctx, { key, windowS }: Limit) {
  const now = ctx.now();
  const resetAt = now + windowS * 1000;
  const over = sql`${rateLimits.resetAt} <= ${now}`;
  return ctx.directory
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
}

/** Throws `rate_limited`, with the seconds to wait, when what `countTry` answered is one try too many. */
export function checkLimit(ctx: Ctx, { max }: Limit, row: { count: number; resetAt: number } | undefined): void {
  if (row && row.count > max) throw rateLimited(Math.max(1, Math.ceil((row.resetAt - ctx.now()) / 1000)));
}
