import type { i18n, TFunction } from "i18next";
import { CATALOGUES } from "./catalogues.server.ts";
import { createTranslator } from "./instance.ts";
import type { Locale } from "./locale.ts";

const made = new Map<Locale, { instance: i18n; words: TFunction<"client"> }>();

/** On the server a language's i18next never changes its language, so that all requests of an isolate share it. */
function translatorsOf(locale: Locale) {
  const known = made.get(locale);
  if (known) return known;
  const instance = createTranslator(locale, CATALOGUES[locale]);
  const translators = { instance, words: instance.getFixedT(locale, "client") };
  made.set(locale, translators);
  return translators;
}

/** What a page is rendered with. */
export const instanceOf = (locale: Locale): i18n => translatorsOf(locale).instance;

/** Words of the client's portal for loaders and actions: messages that are shown on the next page. */
export const translatorOf = (locale: Locale): TFunction<"client"> => translatorsOf(locale).words;
