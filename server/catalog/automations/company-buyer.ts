import { minorUnits } from "#server/catalog/money.ts";
import type { Buyer } from "#server/catalog/providers/shopify-buyers.ts";

/** By what a customer is taken for one who buys for a company; any of it is enough. */
export interface BuyerRules {
  companyName: boolean;
  taxId: boolean;
  taxExempt: boolean;
  tags: readonly string[];
  /** In the shop's currency; 0: nobody by what they spent. */
  spentFrom: number;
}

const plain = (text: string) => text.trim().toLowerCase();

export function isCompanyBuyer({ company, taxId, taxExempt, tags, spent }: Buyer, rules: BuyerRules): boolean {
  if (rules.companyName && company !== null) return true;
  if (rules.taxId && taxId !== null) return true;
  if (rules.taxExempt && taxExempt) return true;
  const wanted = rules.tags.map(plain);
  if (tags.some((tag) => wanted.includes(plain(tag)))) return true;
  return rules.spentFrom > 0 && spent.minor >= minorUnits(String(rules.spentFrom), spent.currency);
}

/** `country FR = 123`, `tag VIP = 123`, `over 5000 = 123`, `all = 123`: who looks after whom, by HubSpot's id of an owner. */
export const ownerRule = /^\s*(?:country\s+([A-Za-z]{2})|tag\s+([^=]{1,80}?)|over\s+(\d{1,9})|all)\s*=\s*(\d{1,20})\s*$/;

/** Whom the first rule that fits names; undefined where none does: nobody. */
export function ownerOf({ country, tags, spent }: Buyer, rules: readonly string[], amount = spent): string | undefined {
  for (const rule of rules) {
    const [, ofCountry, tag, over, owner] = ownerRule.exec(rule) ?? [];
    if (owner === undefined) continue;
    if (ofCountry !== undefined && country?.toUpperCase() !== ofCountry.toUpperCase()) continue;
    if (tag !== undefined && !tags.some((each) => plain(each) === plain(tag))) continue;
    if (over !== undefined && amount.minor < minorUnits(over, amount.currency)) continue;
    return owner;
  }
  return undefined;
}
