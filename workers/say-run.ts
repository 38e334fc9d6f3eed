import { inLanguage, sayError } from "#app/i18n/error-words.ts";
import { fill } from "#app/i18n/fill.ts";
import type { Locale } from "#app/i18n/locale.ts";
import { sayRun } from "#app/i18n/run-words.ts";
import type { RunSaying } from "#db/words/runs.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { isErrorCode, lineOf } from "#server/errors.ts";
import type { SayRun } from "#server/trpc/say-run.ts";

/** What runs say, in one language: the engine's words are the app's, those of a job stand on the shelf. */
export const sayRunIn =
  (locale: Locale): SayRun =>
  (saying) =>
    find(locale, saying) ?? lineOf(saying); // A job that is no longer on the shelf left its lines.

function find(locale: Locale, { code, params }: RunSaying): string | undefined {
  if (isErrorCode(code)) return sayError(locale, { code, params });
  const [owner, name = ""] = code.split(".");
  if (owner === "run") return sayRun(locale, { code: name, params });
  const text = allJobs.find(({ id }) => id === owner)?.lines?.[name]?.[locale];
  return text === undefined ? undefined : fill(text, inLanguage(locale, params));
}
