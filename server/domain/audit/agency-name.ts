import type { Locale } from "#db/words/locales.ts";

/** What an admin of the agency is called where a client's people read of them: not by their own name or address. */
export const agencyName: Readonly<Record<Locale, string>> = { en: "The agency", fr: "L’agence", he: "הסוכנות" };
