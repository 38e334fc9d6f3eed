import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { loadNamespace, loadTranslator } from "./i18n/load.client.ts";
import { DEFAULT_LOCALE, isLocale } from "./i18n/locale.ts";
import { namedNamespaces, WordsProvider } from "./i18n/words.tsx";
import { RenderContextProvider } from "./render-context.ts";
import { DEFAULT_THEME, isTheme } from "./theme.ts";

async function hydrate() {
  const { lang, dataset } = document.documentElement;
  const locale = isLocale(lang) ? lang : DEFAULT_LOCALE;
  const theme = isTheme(dataset.theme) ? dataset.theme : DEFAULT_THEME;
  // Radix's scroll lock adds a <style>, and asks for its nonce under this name (package get-nonce).
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
  Object.assign(globalThis, { __webpack_nonce__: nonce });

  const translator = await loadTranslator(locale, namedNamespaces());
  startTransition(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <RenderContextProvider value={{ locale, theme, requestId: dataset.request }}>
          <WordsProvider translator={translator} load={loadNamespace}>
            <RemixBrowser />
          </WordsProvider>
        </RenderContextProvider>
      </StrictMode>,
    );
  });
}

void hydrate();
