import type { Ctx } from "#server/ctx.ts";

/**
 * Does what follows a write that stands, and that something else makes up for: the next tick, a probe, the queue. Where it fails, the
 * log says so, and nobody is told that what was done has failed: they would only do it twice.
 */
export async function afterCommit(ctx: Ctx, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    ctx.log.error("what follows a write failed; the write stands", { what, error });
  }
}
