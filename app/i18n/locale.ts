export const LOCALES = ["en", "fr", "he"] as const;
export type Locale = (typeof LOCALES)[number];

export const DEFAULT_LOCALE: Locale = "en";
export const LOCALE_COOKIE = "atrium_locale";

/** Each language by its own name, as a language menu shows it. */
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", fr: "Français", he: "עברית" };

export function isLocale(value: unknown): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

export function directionOf(locale: Locale): "ltr" | "rtl" {
  return locale === "he" ? "rtl" : "ltr";
}

/** The best of our locales for an `Accept-Language` header, by its quality values. */
export const negotiateLocale = (acceptLanguage: string | null): Locale =>
  wishesIn(acceptLanguage)
    .map(({ language }) => language)
    .find(isLocale) ?? DEFAULT_LOCALE;

/**
 * How numbers and dates are written for a reader of `locale`: as where an `Accept-Language` header says that the reader is at home
 * ("en-GB": 21 Nov, "en-US": Nov 21), else as the language alone has it. A tag that every engine knows.
 */
export function regionOf(acceptLanguage: string | null, locale: Locale): string {
  const { region } = wishesIn(acceptLanguage).find((wish) => wish.language === locale && wish.region !== undefined) ?? {};
  return region === undefined ? locale : `${locale}-${region}`;
}

/** What the header asks for, the most wanted first; a language of which it wants nothing is not in it. */
function wishesIn(acceptLanguage: string | null) {
  return (acceptLanguage ?? "")
    .slice(0, MAX_HEADER)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().split(";");
      const quality = parameters.find((parameter) => parameter.trim().startsWith("q="));
      const [language = "", ...subtags] = tag.split("-");
      const region = subtags.find((subtag) => /^[a-z]{2}$/i.test(subtag))?.toUpperCase();
      return { language: language.toLowerCase(), region, quality: quality ? Number(quality.trim().slice(2)) : 1 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

const MAX_HEADER = 500;
