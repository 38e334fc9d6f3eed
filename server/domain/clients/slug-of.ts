import { foldText } from "#server/domain/tenancy/fold-text.ts";
import { TenantId } from "#server/domain/tenancy/schemas.ts";

/** Of the 40 characters of an id: what is left is for a number behind it. */
const maxLength = 34;

/**
 * The id that a client of this name would have: its letters and digits folded to ASCII ("Café Ångström" is `cafe-angstrom`). Null
 * for a name without any.
 */
export function slugOf(name: string): string | null {
  const plain = foldText(name)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, maxLength)
    .replace(/-+$/, "");
  return TenantId.safeParse(plain).success ? plain : null;
}
