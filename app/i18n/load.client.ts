import type { LocaleCatalogue } from "./instance.ts";
import type { Locale } from "./locale.ts";

const LOADERS: Record<Locale, () => Promise<{ catalogue: LocaleCatalogue }>> = {
  en: () => import("./en/catalogue.ts"),
  fr: () => import("./fr/catalogue.ts"),
  he: () => import("./he/catalogue.ts"),
};

/** The browser's way to a catalogue: one chunk a locale, so that nobody downloads a language they do not read. */
export async function loadCatalogue(locale: Locale): Promise<LocaleCatalogue> {
  const { catalogue } = await LOADERS[locale]();
  return catalogue;
}
