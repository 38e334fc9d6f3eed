import { parse, serialize } from "hono/utils/cookie";

/** What a person may choose; `system` follows the operating system. */
export const THEMES = ["dark", "light", "system"] as const;
export type Theme = (typeof THEMES)[number];

/** Dark comes first: it is what a browser gets that has not chosen. */
export const DEFAULT_THEME: Theme = "dark";
export const THEME_COOKIE = "atrium_theme";

/** The ground of a page in each, for what a browser draws around it; as `--canvas` in styles.css. */
export const CANVAS = { dark: "#05070b", light: "#f5f7fa" } as const;

const ONE_YEAR_SECONDS = 31_536_000;

export function isTheme(value: unknown): value is Theme {
  return THEMES.some((theme) => theme === value);
}

/** The theme that a `Cookie` header names, or the default when it names none or an unknown one. */
export function readTheme(cookieHeader: string | null): Theme {
  const value = readCookie(cookieHeader, THEME_COOKIE);
  return isTheme(value) ? value : DEFAULT_THEME;
}

/** One cookie's value out of a `Cookie` header. */
export const readCookie = (cookieHeader: string | null, name: string): string | undefined => parse(cookieHeader ?? "", name)[name];

/** A `Set-Cookie` value that keeps a display choice (theme, language) in this browser for a year. */
export const choiceCookie = (name: string, value: string, request: Request): string =>
  serialize(name, value, {
    path: "/",
    maxAge: ONE_YEAR_SECONDS,
    sameSite: "Lax",
    httpOnly: true,
    secure: new URL(request.url).protocol === "https:",
  });
