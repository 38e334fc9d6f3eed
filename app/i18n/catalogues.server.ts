import { catalogue as en } from "./en/catalogue.ts";
import { catalogue as fr } from "./fr/catalogue.ts";
import { catalogue as he } from "./he/catalogue.ts";
import type { LocaleCatalogue } from "./instance.ts";
import type { Locale } from "./locale.ts";

/** The server holds all languages; a request picks its own. */
export const CATALOGUES: Record<Locale, LocaleCatalogue> = { en, fr, he };
