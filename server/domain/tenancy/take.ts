import { and, eq, exists, gt, lte, type SQL, sql } from "drizzle-orm";
import { tryAgain } from "#db/patient-d1.ts";
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
 * Counts one try and throws `rate_limited` when it is one too many. One upsert in D1, so that all isolates count together. A try
 * beyond the limit writes nothing: whoever goes on trying makes us read, not write.
 */
export async function takeFromLimit(ctx: Ctx, limit: Limit): Promise<void> {
  const [row] = await counted(ctx, limit);
  await checkLimit(ctx, limit, row);
}

/** The same as an answer, for who goes on in another way beyond the limit. */
export async function isWithinLimit(ctx: Ctx, limit: Limit): Promise<boolean> {
  const [row] = await counted(ctx, limit);
  return row !== undefined && row.count <= limit.max;
}

/** A try that is counted twice, since D1's reply to the first was lost, harms nobody. */
const counted = (ctx: Ctx, limit: Limit) => tryAgain(async () => countTry(ctx, limit));

/** Whether the next try is one too many, counting none. */
export async function isUsedUp(ctx: Ctx, { key, max }: Limit): Promise<boolean> {
  const [row] = await ctx.directory
    .select({ count: rateLimits.count })
    .from(rateLimits)
    .where(and(eq(rateLimits.key, key), gt(rateLimits.resetAt, ctx.now())));
  return row !== undefined && row.count >= max;
}

/** The upsert alone, for a batch that the caller composes; `checkLimit` judges what it answers, which is nothing once the limit is passed. */
export function countTry(ctx: Ctx, { key, max, windowS }: Limit) {
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
      setWhere: sql`${over} or ${rateLimits.count} <= ${max}`,
    })
    .returning();
}

/** Whether a try that the same batch has counted is within the limit: a condition for what comes after it there. */
export const wasWithin = (ctx: Ctx, { key, max }: Limit): SQL =>
  exists(
    ctx.directory
      .select({ one: sql`1` })
      .from(rateLimits)
      .where(and(eq(rateLimits.key, key), lte(rateLimits.count, max))),
  );

/** Throws `rate_limited`, with the seconds to wait, when what `countTry` answered is one try too many. */
export async function checkLimit(ctx: Ctx, { key, max }: Limit, row: { count: number; resetAt: number } | undefined): Promise<void> {
  if (row && row.count <= max) return;
  const [kept] = row ? [row] : await ctx.directory.select().from(rateLimits).where(eq(rateLimits.key, key));
  throw rateLimited(Math.max(1, Math.ceil(((kept?.resetAt ?? 0) - ctx.now()) / 1000)));
}
