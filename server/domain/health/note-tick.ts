import { ticks } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";

/** Keeps that the cron came, how long it took, and which of its chores failed: one row, which the next tick takes the place of. */
export async function noteTick(ctx: Ctx, { tookMs, failed }: { tookMs: number; failed: string[] }): Promise<void> {
  const row = { at: ctx.now(), tookMs, failed };
  await ctx.directory
    .insert(ticks)
    .values({ id: "cron", ...row })
    .onConflictDoUpdate({ target: ticks.id, set: row });
}
