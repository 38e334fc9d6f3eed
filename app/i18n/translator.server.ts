import type { TFunction } from "i18next";
import { CATALOGUES } from "./catalogues.server.ts";
import { createTranslator } from "./instance.ts";
import type { Locale } from "./locale.ts";

const made = new Map<Locale, TFunction<"client">>();

/** Words of the client's portal for loaders and actions: messages that are shown on the next page. */
export function translatorOf(locale: Locale): TFunction<"client"> {
  const known = made.get(locale);
  if (known) return known;
  const translator = createTranslator(locale, CATALOGUES[locale]).getFixedT(locale, "client");
  made.set(locale, translator);
  return translator;
}
