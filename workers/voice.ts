import { inLanguage, sayError } from "#app/i18n/error-words.ts";
import { fill } from "#app/i18n/fill.ts";
import { formatMoney } from "#app/i18n/format.ts";
import type { Locale } from "#app/i18n/locale.ts";
import { sayCode } from "#app/i18n/said.ts";
import type { Named, Saying, Text } from "#db/words/locales.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { isErrorCode, lineOf, type Params } from "#server/errors.ts";
import type { Voice } from "#server/trpc/voice.ts";

/**
 * What the domain says, for readers of one language. The app has the sentences (`run.done`, `connection.ended`, a refusal by its bare
 * code), the shelf those of a job's own lines (`shopify-sensor.page_unknown`) and an automation's reasons.
 */
export const voiceIn = (locale: Locale): Voice => ({
  say: (saying) => say(locale, saying),
  text: (saying) => ({ en: say("en", saying), fr: say("fr", saying), he: say("he", saying) }),
});

function say(locale: Locale, { code, params }: Saying): string {
  const inside = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, named(locale, value)]));
  return find(locale, { code, params: inside }) ?? lineOf({ code, params }); // A job that is no longer on the shelf left its lines.
}

/** A sentence inside of a sentence, and money, as they are said in it. */
function named(locale: Locale, value: Named): string | number | Text {
  if (typeof value !== "object") return value;
  if ("code" in value) return say(locale, value);
  return "minor" in value ? formatMoney(locale, value) : value;
}

function find(locale: Locale, { code, params }: { code: string; params: Params }): string | undefined {
  if (isErrorCode(code)) return sayError(locale, { code, params });
  const [owner, name = ""] = code.split(".");
  const job = allJobs.find(({ id }) => id === owner);
  const text = (job?.lines?.[name] ?? job?.acts?.reasons[name])?.[locale];
  return text === undefined ? sayCode(locale, { code, params }) : fill(text, inLanguage(locale, params));
}
