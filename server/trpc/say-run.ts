import type { Saying } from "#db/words/locales.ts";
import type { Run, RunLogLine, RunWithLogs, StoredRun, StoredRunWithLogs } from "#server/domain/runs/schemas.ts";
import { type Voice, voiceOf } from "./voice.ts";

interface Door {
  voice?: Voice;
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
export function said<T extends string | null>(
  door: Door,
  kept: T,
  params: Saying["params"] | null,
): { text: T | string; code: string | null } {
  if (kept === null || params === null) return { text: kept, code: null };
  return { text: voiceOf(door).say({ code: kept, params }), code: kept };
}
