import { sql } from "drizzle-orm";
import { runs } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, requireStaff } from "#server/ctx.ts";
import { type OpenLetter, openLetters, type WhichLetters } from "#server/domain/health/open-letters.ts";
import { DomainError } from "#server/errors.ts";
import { matchingOf } from "./matching.ts";
import { replayDeadLetter } from "./replay-dead-letter.ts";
import type { Matching, ReplayedLetters, ReplayLetters } from "./schemas.ts";

/** So many are counted, and so many of those that are meant are sent by one call: each is a handful of statements. */
const countedAtMost = 500;
const sentAtOnce = 50;

/** What `replayLetters` would replay, by client and job. For staff. */
export async function listReplayable(ctx: Ctx, which: WhichLetters): Promise<Matching> {
  requireStaff(ctx);
  const { letters, more } = await openLetters(ctx, which, countedAtMost);
  return matchingOf(
    ctx,
    letters.map(({ id, tenantId, run }) => ({ id, tenantId, job: run?.job ?? null })),
    more,
  );
}

/**
 * Replays the open dead letters of a job, a cause or a client, the oldest first and 50 at most, as `replayDeadLetter` replays each; `left`
 * says how many are there still. One that cannot be replayed (a run of its job is open, which the one before it may be) holds back no
 * other one. A dry run only counts. For staff.
 */
export async function replayLetters(ctx: Ctx, { dryRun, ...which }: ReplayLetters): Promise<ReplayedLetters> {
  requireStaff(ctx);
  const letters = (await openLetters(ctx, which, countedAtMost)).letters.reverse();
  const clients = [...new Set(letters.flatMap(({ tenantId }) => tenantId ?? []))];
  const found = { found: letters.length, clients };
  if (dryRun) return { ...found, replayed: 0, refused: 0, left: letters.length };
  const free = await freeOf(ctx, letters);
  let replayed = 0;
  let refused = letters.length - free.length;
  for (const { id } of free.slice(0, sentAtOnce)) {
    if (await tryReplay(ctx, id)) replayed++;
    else refused++;
  }
  return { ...found, replayed, refused, left: letters.length - replayed };
}

/** The letters without those whose job has an open run, and those behind another one of their job. */
async function freeOf(ctx: Ctx, letters: readonly OpenLetter[]): Promise<OpenLetter[]> {
  const slots = [...new Set(letters.flatMap((letter) => slotOf(letter) ?? []))];
  const asked = sql`(select value->>0, value->>1 from json_each(${`[${slots.join()}]`}))`;
  const open = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({ tenantId: runs.tenantId, job: runs.job })
        .from(runs)
        // Literal as the index has it: SQLite does not see bound values when it picks one.
        .where(sql`(${runs.tenantId}, ${runs.job}) in ${asked} and status in ('queued', 'running')`),
    ),
  );
  const taken = new Set(open.flat().map(({ tenantId, job }) => JSON.stringify([tenantId, job])));
  return letters.filter((letter) => {
    const slot = slotOf(letter);
    if (slot === null) return true;
    if (taken.has(slot)) return false;
    taken.add(slot);
    return true;
  });
}

/** Of a client and a job one run is open at most. Null for what is no run, or of one that was forgotten. */
const slotOf = ({ tenantId, run }: OpenLetter): string | null => (run === null ? null : JSON.stringify([tenantId, run.job]));

/** Whether it was sent: not where somebody was faster, or where it cannot be. */
async function tryReplay(ctx: Ctx, letterId: string): Promise<boolean> {
  try {
    return (await replayDeadLetter(ctx, { letterId })).replayed;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
