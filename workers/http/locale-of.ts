import { isLocale, LOCALE_COOKIE, type Locale, negotiateLocale } from "#app/i18n/locale.ts";
import { readCookie } from "#app/theme.ts";
import type { Actor } from "#server/ctx.ts";

/** The language chosen in this browser, else the person's own, else what the browser asks for. `actor`: where it is known who asks. */
export function localeOf({ headers }: Request, actor: Actor | undefined): Locale {
  const chosen = readCookie(headers.get("cookie"), LOCALE_COOKIE);
  if (isLocale(chosen)) return chosen;
  return actor?.type === "user" ? actor.locale : negotiateLocale(headers.get("accept-language"));
}
