import { type Ctx, requireStaff } from "#server/ctx.ts";
import { openLetters, type WhichLetters } from "#server/domain/health/open-letters.ts";
import { DomainError } from "#server/errors.ts";
import { matchingOf } from "./matching.ts";
import { replayDeadLetter } from "./replay-dead-letter.ts";
import type { Matching, ReplayedLetters, ReplayLetters } from "./schemas.ts";

/** So many are looked at, and so many of those that are meant are sent by one call: each is a handful of statements. */
const lookedAt = 500;
const sentAtOnce = 50;

/** What `replayLetters` would replay, by client and job. For staff. */
export async function listReplayable(ctx: Ctx, which: WhichLetters): Promise<Matching> {
  requireStaff(ctx);
  const letters = await openLetters(ctx, which, lookedAt);
  return matchingOf(
    ctx,
    letters.map(({ tenantId, run }) => ({ tenantId, job: run?.job ?? null })),
  );
}

/**
 * Replays the open dead letters of a job, a cause or a client, the oldest first and 50 at most, as `replayDeadLetter` replays each; `left`
 * says how many are there still. One that cannot be replayed (a run of its job is open) holds back no other one. A dry run only counts. For
 * staff.
 */
export async function replayLetters(ctx: Ctx, { dryRun, ...which }: ReplayLetters): Promise<ReplayedLetters> {
  requireStaff(ctx);
  const letters = (await openLetters(ctx, which, lookedAt)).reverse();
  const clients = [...new Set(letters.flatMap(({ tenantId }) => tenantId ?? []))];
  const found = { found: letters.length, clients };
  if (dryRun) return { ...found, replayed: 0, refused: 0, left: letters.length };
  let [replayed, refused] = [0, 0];
  for (const { id } of letters.slice(0, sentAtOnce)) {
    if (await tryReplay(ctx, id)) replayed++;
    else refused++;
  }
  return { ...found, replayed, refused, left: letters.length - replayed };
}

/** Whether it was sent: not where somebody was faster, or where it cannot be. */
async function tryReplay(ctx: Ctx, letterId: string): Promise<boolean> {
  try {
    return (await replayDeadLetter(ctx, { letterId })).replayed;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
