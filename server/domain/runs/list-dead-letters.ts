import { and, desc, type InferSelectModel, isNull, lt } from "drizzle-orm";
import { deadLetters } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import type { ListDeadLetters } from "./schemas.ts";

export type DeadLetter = InferSelectModel<typeof deadLetters>;

/** What the queues gave up on, newest first; for the agency's admins. */
export async function listDeadLetters(
  ctx: Ctx,
  { cursor, limit, open }: ListDeadLetters,
): Promise<{ items: DeadLetter[]; next: string | null }> {
  const found = await ctx.directory
    .select()
    .from(deadLetters)
    .where(and(open ? isNull(deadLetters.replayedAt) : undefined, cursor ? lt(deadLetters.id, cursor) : undefined))
    .orderBy(desc(deadLetters.id))
    .limit(limit + 1);
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
