import { and, desc, eq, type InferSelectModel, isNull, lt } from "drizzle-orm";
import { deadLetters } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { actorNames } from "#server/domain/audit/actor-names.ts";
import { type OpenLetter, runsOfLetters } from "#server/domain/health/open-letters.ts";
import { clientNames } from "#server/domain/tenancy/client-names.ts";
import type { ListDeadLetters } from "./schemas.ts";

export type DeadLetter = InferSelectModel<typeof deadLetters>;

/** A letter with whose it is, what its run says of itself (null where there is none any more), and who replayed it. */
export interface ListedLetter extends DeadLetter {
  tenantName: string | null;
  run: OpenLetter["run"];
  replayedByName: string | null;
}

/** What the queues gave up on, newest first; for the agency's admins. */
export async function listDeadLetters(
  ctx: Ctx,
  { cursor, limit, open, tenantId }: ListDeadLetters,
): Promise<{ items: ListedLetter[]; next: string | null }> {
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
  const [people, runs, clients] = await Promise.all([
    actorNames(
      ctx,
      items.map(({ replayedBy }) => replayedBy),
    ),
    runsOfLetters(
      ctx,
      items.flatMap(({ runId }) => runId ?? []),
    ),
    clientNames(
      ctx,
      items.map(({ ofTenant }) => ofTenant),
    ),
  ]);
  return {
    items: items.map((letter) => ({
      ...letter,
      tenantName: clients.get(letter.ofTenant ?? "") ?? null,
      run: runs.get(letter.runId ?? "") ?? null,
      replayedByName: people.get(letter.replayedBy ?? "") ?? null,
    })),
    next: found.length > limit ? (items.at(-1)?.id ?? null) : null,
  };
}
