import { createInstance, type i18n, type Resource } from "i18next";
import { initReactI18next } from "react-i18next";
import { DEFAULT_LOCALE, type Locale } from "./locale.ts";

/** What one locale's `catalogue.ts` exports: namespace -> keys. */
export type LocaleCatalogue = Resource[string];

/**
 * An i18next that knows one locale and is ready at once. The server keeps one for each language (two requests
 * may speak different ones in the same isolate), the browser has one. React escapes, so i18next does not.
 */
export function createTranslator(locale: Locale, catalogue: LocaleCatalogue): i18n {
  const instance = createInstance();
  void instance.use(initReactI18next).init({
    lng: locale,
    fallbackLng: DEFAULT_LOCALE,
    defaultNS: "common",
    ns: Object.keys(catalogue),
    resources: { [locale]: catalogue },
    initImmediate: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  return instance;
}
