export const locales = ["en", "fr", "he"] as const;
export type Locale = (typeof locales)[number];

/** The same words in every language that we speak. */
export type Text = Record<Locale, string>;

/** An amount of money in minor units. */
export interface Money {
  minor: number;
  currency: string;
}

/**
 * A sentence of ours before it is said: its code, and what it names. A `Text` is the catalogue's, and a sentence inside of a sentence is
 * said in the same language. The sentences are in `app/i18n`; which code is whose, stands in `workers/voice.ts`.
 */
export interface Saying {
  code: string;
  params: Readonly<Record<string, Named>>;
}
export type Named = string | number | Text | Saying | Money;

/** What a code of a table must be said with: the names that its sentence has, or nothing. */
export type ParamsFor<Names extends readonly string[], Of = Named> = Names["length"] extends 0
  ? [params?: Record<never, never>]
  : [params: Readonly<Record<Names[number], Of>>];
