import { and, desc, eq, type InferSelectModel, isNull, lt } from "drizzle-orm";
import { deadLetters } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import type { ListDeadLetters } from "./schemas.ts";

export type DeadLetter = InferSelectModel<typeof deadLetters>;

/** What the queues gave up on, newest first, each with the name of who replayed it; for the agency's admins. */
export async function listDeadLetters(
  ctx: Ctx,
  { cursor, limit, open, tenantId }: ListDeadLetters,
): Promise<{ items: (DeadLetter & { replayedByName: string | null })[]; next: string | null }> {
  const found = await ctx.directory
    .select()
    .from(deadLetters)
    .where(
      and(
        open ? isNull(deadLetters.replayedAt) : undefined,
        tenantId === undefined ? undefined : eq(deadLetters.ofTenant, tenantId),
        cursor ? lt(deadLetters.id, cursor) : undefined,
      ),
    )
    .orderBy(desc(deadLetters.id))
    .limit(limit + 1);
  const items = found.slice(0, limit);
  const names = await actorNames(
    ctx,
    items.map(({ replayedBy }) => replayedBy),
  );
  return {
    items: items.map((letter) => ({ ...letter, replayedByName: names.get(letter.replayedBy ?? "") ?? null })),
    next: found.length > limit ? (items.at(-1)?.id ?? null) : null,
  };
}
