import { foldText } from "./fold-text.ts";

/** Of the 40 characters of an id: what is left is for a number behind it. */
const maxLength = 34;

/**
 * The id that a client of this name would have, which is a `TenantId`: its letters and digits folded to ASCII ("Café Ångström" is
 * `cafe-angstrom`). Null for a name without any. A browser makes it as well, so that it needs nothing but the fold.
 */
export const slugOf = (name: string): string | null =>
  foldText(name)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, maxLength)
    .replace(/-+$/, "") || null;
