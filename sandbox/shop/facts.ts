import { realShop } from "#sandbox/endpoints.ts";
import type { Place } from "#sandbox/places.ts";
import type { ShopFacts } from "./model.ts";

/** Restore rates are of ../shared/providers.md, Shopify / 6 Limits; a bucket holds twenty times as much. */
const plans = {
  standard: { name: "Basic", plus: false, bucket: 2000, restoreRate: 100 },
  plus: { name: "Shopify Plus", plus: true, bucket: 20_000, restoreRate: 1000 },
};

/** What a shop is beside its history. */
export function factsOf(domain: string, places: ShopFacts["places"]): ShopFacts {
  const name = domain
    .replace(".myshopify.com", "")
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
  const real = domain === realShop;
  const { currency, timezone }: Place = places.at(-1) ?? places[0];
  return { domain, name, currency, timezone, places, plan: real ? plans.plus : plans.standard };
}
