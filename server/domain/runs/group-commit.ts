import { batchOf, type Db } from "#db/client.ts";
import { tryAgain } from "#db/patient-d1.ts";
import { grouped } from "#server/domain/turns/grouped.ts";
import type { StepOutcome } from "./outcome.ts";
import { outcomeStatements } from "./outcome-statements.ts";

/** Answers whether the run was still held, so that its outcome was written. Rejects where D1 did not take it. */
export type Commit = (outcome: StepOutcome) => Promise<boolean>;

/** More than this many runs in one D1 batch gain nothing. */
const maxGroup = 100;

/** Writes outcomes of one D1 in groups, so that a hundred quick runs cost a handful of round trips. */
export function createGroupCommit(db: Db, { lease, now }: { lease: string; now: () => number }): Commit {
  const ended = new Map<StepOutcome, { held: boolean } | { error: unknown }>();

  async function write(outcomes: readonly StepOutcome[]): Promise<void> {
    try {
      const { effects, conclusion } = outcomeStatements(db, { outcomes, lease, now: now() });
      // Twice is once: what was written holds no lease any more, and is not written again.
      const results = await tryAgain(() => batchOf(db, [...effects, conclusion]));
      const held = new Set((results.at(-1) as { id: string }[]).map(({ id }) => id));
      for (const outcome of outcomes) ended.set(outcome, { held: held.has(outcome.run) });
    } catch (error) {
      const [only] = outcomes;
      if (only && outcomes.length === 1) return void ended.set(only, { error });
      // One outcome that D1 refuses must not take the others with it: halve the group until it stands alone.
      const half = Math.ceil(outcomes.length / 2);
      await write(outcomes.slice(0, half));
      await write(outcomes.slice(half));
    }
  }

  const add = grouped(write, maxGroup);
  return async (outcome) => {
    await add(outcome);
    const end = ended.get(outcome);
    ended.delete(outcome);
    if (!end || "error" in end) throw end?.error;
    return end.held;
  };
}
