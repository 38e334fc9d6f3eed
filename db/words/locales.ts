export const locales = ["en", "fr", "he"] as const;
export type Locale = (typeof locales)[number];

/** The same words in every language that we speak. */
export type Text = Record<Locale, string>;
