import { createContext, useContext } from "react";
import type { Locale } from "./i18n/locale.ts";
import type { Theme } from "./theme.ts";

/** What the document needs even when no loader could answer: the server takes it from the request, the browser from `<html>`. */
export interface RenderContext {
  /** The CSP nonce; only the server has it, browsers hide it from scripts. */
  nonce?: string;
  /** Of the request that the document came from. */
  requestId?: string;
  locale: Locale;
  theme: Theme;
}

const Context = createContext<RenderContext>({ locale: "en", theme: "dark" });

export const RenderContextProvider = Context.Provider;

export function useRenderContext(): RenderContext {
  return useContext(Context);
}
