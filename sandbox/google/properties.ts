import type { Currency } from "#sandbox/currencies.ts";
import { type Place, placeOf } from "#sandbox/places.ts";
import { hashOf } from "#sandbox/seed.ts";

export interface Property {
  id: string;
  displayName: string;
  currencyCode: Currency;
  timeZone: string;
  /** It was made less than a month ago: there is nothing of the days before. */
  young: boolean;
}

/** Somebody who must choose: the other people of the sandbox's consent page have one shop each. */
const severalOf: Readonly<Record<string, readonly string[]>> = {
  "owner@acme-gifts.example": ["shop", "blog", "wholesale", "app", "shop (old)"],
  "owner@beta.example": ["shop"],
  "owner@gamma.example": ["shop"],
};

/** Whose property is younger than the periods that it is asked about. */
const newcomers = ["owner@beta.example", "newcomer@traffic.example"];

/** The GA4 properties of a person: one shop, and a second one for every other person who is not named above. */
export function propertiesOf(email: string, place: Place = placeOf("google", email)): Property[] {
  const named = (email.split("@")[1] ?? email).replace(/\.\w+$/, "");
  const property = (suffix: string): Property => ({
    id: String(100_000_000 + (hashOf(`${email} ${suffix}`) % 800_000_000)),
    displayName: `${named} ${suffix}`,
    currencyCode: place.currency,
    timeZone: place.timezone,
    young: newcomers.includes(email),
  });
  return (severalOf[email] ?? (hashOf(email) % 2 === 0 ? ["shop"] : ["shop", "blog"])).map(property);
}

export function accountSummaries(email: string) {
  const account = `accounts/${100_000 + (hashOf(`${email} account`) % 900_000)}`;
  return [
    {
      name: account.replace("accounts/", "accountSummaries/"),
      account,
      displayName: email.split("@")[1] ?? email,
      propertySummaries: propertiesOf(email).map(({ id, displayName }) => ({
        property: `properties/${id}`,
        displayName,
        propertyType: "PROPERTY_TYPE_ORDINARY",
        parent: account,
      })),
    },
  ];
}

export function searchSites(email: string) {
  const domain = email.split("@")[1] ?? "site.example";
  return [
    { siteUrl: `sc-domain:${domain}`, permissionLevel: "siteOwner" },
    { siteUrl: `https://www.${domain}/`, permissionLevel: "siteFullUser" },
    ...(email in severalOf && severalOf[email]?.[1]
      ? ["blog", "shop", "wholesale"].map((name) => ({ siteUrl: `https://${name}.${domain}/`, permissionLevel: "siteOwner" }))
      : []),
    { siteUrl: `https://old.${domain}/`, permissionLevel: "siteUnverifiedUser" },
  ];
}

export function calendars(email: string) {
  return [
    { kind: "calendar#calendarListEntry", id: email, summary: email, primary: true, accessRole: "owner", timeZone: "Europe/London" },
    {
      kind: "calendar#calendarListEntry",
      id: `team-${hashOf(email)}@group.calendar.google.com`,
      summary: "Team",
      accessRole: "writer",
      timeZone: "Europe/London",
    },
  ];
}
