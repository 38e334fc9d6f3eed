import { z } from "zod";
import { type Currency, currencyCodes } from "./currencies.ts";
import { realShop, type SandboxProviderId } from "./endpoints.ts";

/** Where an account keeps its books: its currency, and the clock that its days go by, since an instant. */
export interface Place {
  since: number;
  currency: Currency;
  /** As the account says it: a name that no clock knows may stand here. */
  timezone: string;
}

/** What an account says of itself, now and before. */
export interface Places {
  /** All places of an account, the oldest first; there is one at least. */
  of(provider: SandboxProviderId, account: string): readonly [Place, ...Place[]];
  move(move: Move, now: number): void;
}

/** An account that changes its currency or its time zone; without `since`, from now on. What happened before keeps its currency. */
export const Move = z.object({
  provider: z.enum(["shopify", "klaviyo", "google"]),
  /** The shop's domain, Klaviyo's account id, the Google person whose properties move. */
  account: z.string().min(1),
  currency: z.enum(currencyCodes).optional(),
  timezone: z.string().min(1).optional(),
  since: z.iso.datetime().optional(),
});
export type Move = z.infer<typeof Move>;

/** The shops of the demo's other clients, and two more: one in a currency of three decimals, one behind UTC. */
export const huShop = "maison-budapest.myshopify.com";
export const jpShop = "studio-tokyo.myshopify.com";
export const kwShop = "oud-kuwait.myshopify.com";
export const usShop = "surf-los-angeles.myshopify.com";

const at = (currency: Currency, timezone: string): Place => ({ since: 0, currency, timezone });
const usual = at("GBP", "Europe/London");

/** Accounts that are somewhere else than the usual. Europe and North America change their clocks, at different weekends; others never do. */
const elsewhere: Readonly<Record<string, Place>> = {
  [`shopify ${realShop}`]: usual,
  [`shopify ${huShop}`]: at("HUF", "Europe/Budapest"),
  [`shopify ${jpShop}`]: at("JPY", "Asia/Tokyo"),
  [`shopify ${kwShop}`]: at("KWD", "Asia/Kuwait"),
  [`shopify ${usShop}`]: at("USD", "America/Los_Angeles"),
  "klaviyo BetaB2": at("EUR", "Europe/Paris"),
  "klaviyo GammC3": at("ILS", "Asia/Jerusalem"),
  "google owner@beta.example": at("EUR", "Europe/Paris"),
  "google owner@gamma.example": at("USD", "America/Los_Angeles"),
};

export const placeOf = (provider: SandboxProviderId, account: string): Place => elsewhere[`${provider} ${account}`] ?? usual;

export function openPlaces(sql: SqlStorage): Places {
  sql.exec("CREATE TABLE IF NOT EXISTS places (account TEXT NOT NULL, since INTEGER NOT NULL, body TEXT NOT NULL)");
  const of: Places["of"] = (provider, account) => {
    const first = placeOf(provider, account);
    const moved = sql
      .exec<{ body: string }>("SELECT body FROM places WHERE account = ? ORDER BY since, rowid", `${provider} ${account}`)
      .toArray()
      .map(({ body }) => JSON.parse(body) as Place);
    // A move from the very beginning takes the place of the first.
    const begun = moved.filter(({ since }) => since <= 0).at(-1) ?? first;
    return [begun, ...moved.filter(({ since }) => since > 0)];
  };
  return {
    of,
    move({ provider, account, currency, timezone, since }, now) {
      const from = since === undefined ? now : Math.max(0, Date.parse(since));
      const before = of(provider, account).findLast((place) => place.since <= from) ?? placeOf(provider, account);
      const place: Place = { since: from, currency: currency ?? before.currency, timezone: timezone ?? before.timezone };
      sql.exec("INSERT INTO places VALUES (?, ?, ?)", `${provider} ${account}`, from, JSON.stringify(place));
    },
  };
}

/** Where an account is now. */
export const currentPlace = (places: Places, provider: SandboxProviderId, account: string): Place => {
  const all = places.of(provider, account);
  return all.at(-1) ?? all[0];
};

/** The zone whose clock an account's days go by: what it says, or UTC where no clock knows that name. */
export function clockOf(timezone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return timezone;
  } catch (error) {
    if (error instanceof RangeError) return "UTC";
    throw error;
  }
}
