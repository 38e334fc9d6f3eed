import { batchOf, type Db } from "#db/client.ts";
import { tryAgain } from "#db/patient-d1.ts";
import type { StepOutcome } from "./outcome.ts";
import { outcomeStatements } from "./outcome-statements.ts";

/** Answers whether the run was still held, so that its outcome was written. Rejects where D1 did not take it. */
export type Commit = (outcome: StepOutcome) => Promise<boolean>;

/** More than this many runs in one D1 batch gain nothing. */
const maxGroup = 100;

interface Waiting {
  outcome: StepOutcome;
  resolve(held: boolean): void;
  reject(error: unknown): void;
}

/**
 * Writes outcomes of one D1 in groups: while a batch is in flight the outcomes that come in gather, and go together with
 * the next one. Nobody waits for a run that is not ready, and a hundred quick runs cost a handful of round trips.
 */
export function createGroupCommit(db: Db, { lease, now }: { lease: string; now: () => number }): Commit {
  let waiting: Waiting[] = [];
  let writing = false;

  async function write(group: readonly Waiting[]): Promise<void> {
    try {
      const { effects, conclusion } = outcomeStatements(db, { outcomes: group.map(({ outcome }) => outcome), lease, now: now() });
      // Twice is once: what was written holds no lease any more, and is not written again.
      const results = await tryAgain(() => batchOf(db, [...effects, conclusion]));
      const held = new Set((results.at(-1) as { id: string }[]).map(({ id }) => id));
      for (const { outcome, resolve } of group) resolve(held.has(outcome.run));
    } catch (error) {
      const [only] = group;
      if (only && group.length === 1) return only.reject(error);
      // One outcome that D1 refuses must not take the others with it: halve the group until it stands alone.
      const half = Math.ceil(group.length / 2);
      await write(group.slice(0, half));
      await write(group.slice(half));
    }
  }

  async function drain(): Promise<void> {
    writing = true;
    // A turn of the event loop: what becomes ready in the same one goes into the same batch.
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (waiting.length > 0) {
      const group = waiting.slice(0, maxGroup);
      waiting = waiting.slice(maxGroup);
      await write(group);
    }
    writing = false;
  }

  return (outcome) =>
    new Promise((resolve, reject) => {
      waiting.push({ outcome, resolve, reject });
      if (!writing) void drain();
    });
}
