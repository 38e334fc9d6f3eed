import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import { createTranslator } from "./i18n/instance.ts";
import { loadCatalogue } from "./i18n/load.client.ts";
import { DEFAULT_LOCALE, isLocale } from "./i18n/locale.ts";
import { RenderContextProvider } from "./render-context.ts";
import { DEFAULT_THEME, isTheme } from "./theme.ts";

async function hydrate() {
  const { lang, dataset } = document.documentElement;
  const locale = isLocale(lang) ? lang : DEFAULT_LOCALE;
  const theme = isTheme(dataset.theme) ? dataset.theme : DEFAULT_THEME;
  // Radix's scroll lock adds a <style>, and asks for its nonce under this name (package get-nonce).
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
  Object.assign(globalThis, { __webpack_nonce__: nonce });

  const translator = createTranslator(locale, await loadCatalogue(locale));
  startTransition(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <RenderContextProvider value={{ locale, theme, requestId: dataset.request }}>
          <I18nextProvider i18n={translator}>
            <RemixBrowser />
          </I18nextProvider>
        </RenderContextProvider>
      </StrictMode>,
    );
  });
}

void hydrate();
