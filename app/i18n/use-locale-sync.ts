import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { loadCatalogue } from "./load.client.ts";
import type { Locale } from "./locale.ts";

/** Turns the page to another language after a client-side navigation changed it (a profile saved, a sign-in). */
export function useLocaleSync(locale: Locale) {
  const { i18n } = useTranslation();
  useEffect(() => {
    if (i18n.language === locale) return;
    let current = true;
    void loadCatalogue(locale).then((catalogue) => {
      if (!current) return;
      for (const [namespace, keys] of Object.entries(catalogue)) i18n.addResourceBundle(locale, namespace, keys);
      void i18n.changeLanguage(locale);
    });
    return () => {
      current = false;
    };
  }, [i18n, locale]);
}
