import * as en from "./en/catalogue.ts";
import * as fr from "./fr/catalogue.ts";
import * as he from "./he/catalogue.ts";
import type { Locale } from "./locale.ts";
import type { Namespace, Tree } from "./translator.ts";

/** The server holds all languages; a request picks its own. */
export const CATALOGUES = { en, fr, he } satisfies Record<Locale, Record<Namespace, Tree>>;
