import type { RunErrorCode, RunLineCode, RunParams } from "#db/words/runs.ts";
import { runWords as en } from "./en/run-words.ts";
import { inLanguage } from "./error-words.ts";
import { fill } from "./fill.ts";
import { runWords as fr } from "./fr/run-words.ts";
import { runWords as he } from "./he/run-words.ts";
import type { Locale } from "./locale.ts";

const words: Record<Locale, Record<RunErrorCode | RunLineCode, string>> = { en, fr, he };

/** What a run says of itself, in one language; undefined for a code that is not (or no longer) in the tables of `db/words/runs.ts`. */
export function sayRun(locale: Locale, { code, params }: { code: string; params: RunParams }): string | undefined {
  const text = Object.entries(words[locale]).find(([key]) => key === code)?.[1];
  return text === undefined ? undefined : fill(text, inLanguage(locale, params));
}
