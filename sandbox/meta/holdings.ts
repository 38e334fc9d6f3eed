import { hashOf } from "#sandbox/seed.ts";

/** The person whose login opens more ad accounts than anybody looks through. */
export const metaAgency = "10210000000000900";
const agencyAccounts = 312;
const severalShops = "10210000000000101";

interface Named {
  id: string;
  name: string;
}

export interface AdAccount extends Named {
  account_id: string;
  account_status: number;
  currency: string;
  timezone_name: string;
  business: Named;
  adspixels: { data: Named[] };
}

const zones = [
  ["GBP", "Europe/London"],
  ["EUR", "Europe/Paris"],
  ["USD", "America/New_York"],
  ["ILS", "Asia/Jerusalem"],
] as const;

/** What a person's name is, as `/me` says it. */
export function personName(person: string): string {
  if (person === metaAgency) return "Northlight Agency";
  return (
    { "10210000000000101": "Acme Owner", "10210000000000102": "Beta Owner", "10210000000000103": "Gamma Owner" }[person] ??
    `Person ${person}`
  );
}

export function businessesOf(person: string): Named[] {
  const names =
    person === metaAgency ? ["Northlight Retail", "Northlight Travel", "Northlight Food"] : [`${personName(person)}’s business`];
  return names.map((name) => ({ id: String(20_000_000_000 + hashOf(`${person} ${name}`)), name }));
}

/** One shop and an account that was closed (Acme: three shops); an agency's hundreds. Accounts of one business share a pixel. */
export function adAccountsOf(person: string): AdAccount[] {
  const businesses = businessesOf(person);
  const count = person === metaAgency ? agencyAccounts : person === severalShops ? 4 : 2;
  return Array.from({ length: count }, (_, index) => {
    const business = businesses[index % businesses.length] ?? { id: "0", name: "none" };
    const [currency, timezone_name] = zones[(index + hashOf(person)) % zones.length] ?? zones[0];
    const account_id = String(300_000_000_000 + (hashOf(`${person} ad account ${index}`) % 100_000_000) * 1000 + index);
    const name =
      person === metaAgency ? `Client ${String(index + 1).padStart(3, "0")}` : ["Shop", "Old shop", "Outlet", "Wholesale"][index];
    const pixel = { id: String(40_000_000_000 + hashOf(business.id)), name: `${business.name} pixel` };
    return {
      id: `act_${account_id}`,
      account_id,
      name: name ?? account_id,
      account_status: person !== metaAgency && index === 1 ? 101 : 1,
      currency,
      timezone_name,
      business,
      adspixels: { data: [pixel] },
    };
  });
}

/** Pages with their own tokens, which nobody should ask for in a list. */
export function pagesOf(person: string): (Named & { access_token: string; tasks: string[] })[] {
  const names =
    person === metaAgency ? Array.from({ length: 24 }, (_, index) => `Client page ${index + 1}`) : [`${personName(person)}’s page`];
  return names.map((name) => ({
    id: String(50_000_000_000 + hashOf(`${person} ${name}`)),
    name,
    access_token: `EAA-page-${hashOf(`${person} ${name} token`)}`,
    tasks: ["ADVERTISE", "ANALYZE"],
  }));
}
