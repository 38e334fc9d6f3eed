import type { Rates } from "#server/catalog/provider.ts";
import { windowOf } from "./windows.ts";

/** Calls a second and a minute, by operation and account: `x-klaviyo-ratelimit` of Klaviyo's OpenAPI file of 2026-07-15. */
const tiers = { rare: [1, 15], small: [3, 60], medium: [10, 150], large: [75, 700], largest: [350, 3_500], report: [1, 2] } as const;
type Tier = keyof typeof tiers;

/** By the method and what stands in the path besides ids; without a method, all of them. What is not here is `medium`. */
const tierOf: Readonly<Record<string, Tier>> = {
  accounts: "rare",
  "POST segments": "rare",
  "POST flows": "rare",
  flows: "small",
  "metric-aggregates": "small",
  coupons: "small",
  "data-privacy-deletion-jobs": "small",
  "GET lists": "large",
  "GET lists/profiles": "large",
  "GET segments": "large",
  "GET segments/profiles": "large",
  profiles: "large",
  "profile-import": "large",
  "profile-subscription-bulk-create-jobs": "large",
  templates: "large",
  "catalog-items": "large",
  "catalog-variants": "large",
  "catalog-item-bulk-create-jobs": "large",
  "catalog-item-bulk-update-jobs": "large",
  "catalog-item-bulk-delete-jobs": "large",
  "catalog-variant-bulk-create-jobs": "large",
  "catalog-variant-bulk-update-jobs": "large",
  "catalog-variant-bulk-delete-jobs": "large",
  "coupon-code-bulk-create-jobs": "large",
  events: "largest",
  "coupon-codes": "largest",
  "campaign-values-reports": "report",
  "flow-values-reports": "report",
  "flow-series-reports": "report",
};

/** Klaviyo's two windows of each operation. What a reply says is of the minute's alone. */
export const klaviyoRates: Rates = {
  of({ method, path }) {
    const [, resource = "", , ...inner] = path.replace(/^\/api\//, "/").split("/");
    const what = [resource, ...inner].join("/");
    const operation = `${method} ${what}`;
    const [second, minute] = tiers[tierOf[operation] ?? tierOf[what] ?? "medium"];
    return [windowOf(`${operation} a second`, second, 1), windowOf(`${operation} a minute`, minute, 60)];
  },
  said({ headers }, limits) {
    const left = Number(headers.get("ratelimit-remaining") ?? Number.NaN);
    const [, minute] = limits;
    return { said: minute && Number.isFinite(left) ? [{ name: minute.name, left }] : [] };
  },
};
