import { startTransition, useEffect } from "react";
import { loadTranslator } from "./load.client.ts";
import type { Locale } from "./locale.ts";
import { namedNamespaces, useWordsContext } from "./words.tsx";

/** Turns the page to another language after a client-side navigation changed it (a profile saved, a sign-in). */
export function useLocaleSync(locale: Locale) {
  const { translator, turnTo } = useWordsContext();
  useEffect(() => {
    if (translator.locale === locale) return;
    let current = true;
    void loadTranslator(locale, namedNamespaces()).then((other) => {
      if (current) startTransition(() => turnTo(other));
    });
    return () => {
      current = false;
    };
  }, [translator, turnTo, locale]);
}
