import { realShop } from "#sandbox/endpoints.ts";
import { huShop, jpShop } from "#sandbox/places.ts";

/** Who is there in a demo. `.example` addresses reach nobody. */
export const admin = "admin@agency.example";
/** A secret is only revealed where a second admin allows it. */
export const secondAdmin = "second-admin@agency.example";

/**
 * Three clients whose accounts differ from each other, and from what they are kept in here: in currency, in time zone (ahead of UTC,
 * behind it, with clocks that change and clocks that do not), in what happens to their orders, and in age. `accounts` are those
 * to choose on the sandbox's consent pages.
 */
export const clients = [
  {
    id: "acme",
    name: "Acme Gifts",
    owner: "owner@acme.example",
    currency: "GBP",
    timezone: "Europe/London",
    locale: "en",
    shop: realShop,
    accounts: { klaviyo: "AcmeG1", google: "owner@acme-gifts.example" },
    websiteCurrency: "GBP",
  },
  {
    id: "beta",
    name: "Beta Maison",
    owner: "owner@beta.example",
    currency: "EUR",
    timezone: "Europe/Paris",
    locale: "fr",
    shop: huShop,
    accounts: { klaviyo: "BetaB2", google: "owner@beta.example" },
    websiteCurrency: "EUR",
  },
  {
    id: "gamma",
    name: "Gamma Studio",
    owner: "owner@gamma.example",
    currency: "ILS",
    timezone: "Asia/Jerusalem",
    locale: "he",
    shop: jpShop,
    accounts: { klaviyo: "GammC3", google: "owner@gamma.example" },
    websiteCurrency: "USD",
  },
] as const;

export type DemoClient = (typeof clients)[number];
