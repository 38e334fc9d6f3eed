import type { RunParams, RunSaying } from "#db/words/runs.ts";
import type { Run, RunLogLine, RunWithLogs, StoredRun, StoredRunWithLogs } from "#server/domain/runs/schemas.ts";
import { lineOf } from "#server/errors.ts";

/** Says what a run says in the language of the door that it leaves by: a page's reader's, English for programs. */
export type SayRun = (saying: RunSaying) => string;

interface Door {
  sayRun?: SayRun;
}

/** A run as it goes out: what is wrong with it in words, beside its code. */
export function worded<R extends StoredRun>(door: Door, run: R): R & Run {
  const { text: errorMessage, code: errorCode } = said(door, run.errorMessage, run.errorParams);
  return { ...run, errorMessage, errorCode };
}

export const wordedPage = <R extends StoredRun>(door: Door, { items, next }: { items: readonly R[]; next: string | null }) => ({
  items: items.map((run) => worded(door, run)),
  next,
});

export const wordedWithLogs = (door: Door, run: StoredRunWithLogs): RunWithLogs => ({
  ...worded(door, run),
  logs: run.logs.map((line) => wordedLine(door, line)),
});

export function wordedLine<L extends Omit<RunLogLine, "code">>(door: Door, line: L): L & RunLogLine {
  const { text, code } = said(door, line.message, line.params);
  return { ...line, message: text, code };
}

/** What was kept is a code of ours where it has params, else text, which is said as it is. */
function said<T extends string | null>(
  { sayRun = lineOf }: Door,
  kept: T,
  params: RunParams | null,
): { text: T | string; code: string | null } {
  if (kept === null || params === null) return { text: kept, code: null };
  return { text: sayRun({ code: kept, params }), code: kept };
}
