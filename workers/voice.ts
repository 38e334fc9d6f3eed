import { inLanguage, sayError } from "#app/i18n/error-words.ts";
import { fill } from "#app/i18n/fill.ts";
import type { Locale } from "#app/i18n/locale.ts";
import { sayCode } from "#app/i18n/said.ts";
import type { Saying } from "#db/words/locales.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { isErrorCode, lineOf, type Params } from "#server/errors.ts";
import type { Voice } from "#server/trpc/voice.ts";

/**
 * What the domain says, for readers of one language. The app has the sentences (`run.done`, `connection.ended`, a refusal by its bare
 * code), the shelf those of a job's own lines (`shopify-sensor.page_unknown`).
 */
export const voiceIn = (locale: Locale): Voice => ({
  say: (saying) => say(locale, saying),
  text: (saying) => ({ en: say("en", saying), fr: say("fr", saying), he: say("he", saying) }),
});

function say(locale: Locale, { code, params }: Saying): string {
  const named = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === "object" && "code" in value ? say(locale, value) : value]),
  );
  return find(locale, { code, params: named }) ?? lineOf({ code, params }); // A job that is no longer on the shelf left its lines.
}

function find(locale: Locale, { code, params }: { code: string; params: Params }): string | undefined {
  if (isErrorCode(code)) return sayError(locale, { code, params });
  const [owner, name = ""] = code.split(".");
  const text = allJobs.find(({ id }) => id === owner)?.lines?.[name]?.[locale];
  return text === undefined ? sayCode(locale, { code, params }) : fill(text, inLanguage(locale, params));
}
