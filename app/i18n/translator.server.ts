import { CATALOGUES } from "./catalogues.server.ts";
import type { Locale } from "./locale.ts";
import { createTranslator, type Namespace, type Say, type Translator } from "./translator.ts";

const made = new Map<Locale, Translator>();

/** What a page is rendered with. On the server a translator never changes, so that all requests of an isolate share it. */
export function translatorOf(locale: Locale): Translator {
  const translator = made.get(locale) ?? createTranslator(locale, CATALOGUES[locale]);
  made.set(locale, translator);
  return translator;
}

/** Words for loaders and actions, each by its namespace: titles, and messages that are shown on the next page. */
export const wordsIn = (locale: Locale): Say<never, Namespace> => translatorOf(locale).say("common") as Say<never, Namespace>;
