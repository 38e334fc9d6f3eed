import type { Coded, Params } from "#server/errors.ts";
import { errors as en } from "./en/errors.ts";
import { errors as fr } from "./fr/errors.ts";
import { errors as he } from "./he/errors.ts";
import type { Locale } from "./locale.ts";
import { createTranslator } from "./translator.ts";

const sayIn = Object.fromEntries(
  Object.entries({ en, fr, he }).map(([locale, errors]) => [locale, createTranslator(locale as Locale, { errors }).say("errors")]),
) as Record<Locale, ReturnType<ReturnType<typeof createTranslator>["say"]>>;

/** What was refused, in one language. By itself, so that an answer to a program loads no words of pages. */
export const sayError = (locale: Locale, { code, params }: Coded): string => sayIn[locale](code, inLanguage(locale, params));

/** Params as a sentence takes them: a text of the catalogue's is one of its languages. */
export const inLanguage = (locale: Locale, params: Params): Record<string, string | number> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typeof value === "object" ? value[locale] : value]));
