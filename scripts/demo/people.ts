/** Who is there in a demo. `.example` addresses reach nobody. */
export const admin = "admin@agency.example";
/** A secret is only revealed where a second admin allows it. */
export const secondAdmin = "second-admin@agency.example";

export const clients = [
  {
    id: "acme",
    name: "Acme Gifts",
    owner: "owner@acme.example",
    currency: "GBP",
    timezone: "Europe/London",
    locale: "en",
    shop: "acme-gifts.myshopify.com",
  },
  {
    id: "beta",
    name: "Beta Maison",
    owner: "owner@beta.example",
    currency: "EUR",
    timezone: "Europe/Paris",
    locale: "fr",
    shop: "beta-maison.myshopify.com",
  },
  {
    id: "gamma",
    name: "Gamma Studio",
    owner: "owner@gamma.example",
    currency: "ILS",
    timezone: "Asia/Jerusalem",
    locale: "he",
    shop: "gamma-studio.myshopify.com",
  },
] as const;

export type DemoClient = (typeof clients)[number];
