import type { ParamsFor } from "#db/words/locales.ts";
import type { RunLineCode, RunSaying, runLineCodes } from "#db/words/runs.ts";
import type { Log } from "#server/log.ts";
import { writable } from "./writable.ts";

/** What a run says: a sentence of ours by its code, or a provider's own words. */
export type Said = RunSaying | { theirs: string };

const maxMessage = 500;
const maxParams = 1_000;

/** A line of the engine's own. */
export const ofEngine = <C extends RunLineCode>(
  code: C,
  ...[params = {}]: ParamsFor<(typeof runLineCodes)[C], string | number>
): RunSaying => ({
  code: `run.${code}`,
  params,
});

/** What was said as it is kept: `params` (JSON) where the message is a code of ours. Redacted first, then cut. */
export function kept(log: Pick<Log, "redact">, said: Said): { message: string; params: string | null } {
  if ("theirs" in said) return { message: log.redact(said.theirs).slice(0, maxMessage), params: null };
  return { message: log.redact(said.code).slice(0, maxMessage), params: writable(log, said.params, maxParams) };
}
