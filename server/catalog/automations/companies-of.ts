import type { Account } from "#server/catalog/account.ts";
import { companyKeyOf } from "#server/catalog/actions/hubspot-contacts.ts";
import { companyKey, type HubspotObject, hasProperty, readObjects, readTies } from "#server/catalog/actions/hubspot-wire.ts";
import { type CrmRecord, type CrmRecords, comparable } from "#server/catalog/crm.ts";
import type { Buyer } from "#server/catalog/providers/shopify-buyers.ts";

/** The company in HubSpot that a buyer's contact is tied to. */
export interface TiedCompany {
  id: string;
  name: string | null;
  /** Whether it is known by the key that the shop says now; else by what we made or matched before, and all its buyers say another key. */
  isByKey: boolean;
  /** Whether this buyer's word for it is compared: where it is the same, or all its buyers have one word, of whom the first says it. */
  isNamed: boolean;
}

interface Present {
  record: CrmRecord;
  buyer: Buyer;
}
interface Reading {
  hubspot: Account;
  crm: CrmRecords;
  buyersOf(ids: readonly string[]): Promise<ReadonlyMap<string, Buyer>>;
}

const byName = ["name"];
const nameOf = (name: string | null | undefined): string => comparable("company", name ?? null);

/**
 * Of each buyer (by the shop's id) the company that their contact is tied to. A buyer whose company is called otherwise now either is with another company or
 * it was renamed: it was renamed where all its buyers say so. Before our property is there nobody has one.
 */
export async function companiesOf(
  reading: Reading,
  present: readonly Present[],
  contacts: ReadonlyMap<string, HubspotObject>,
): Promise<Map<string, TiedCompany>> {
  const { hubspot } = reading;
  const keys = [...new Set(present.flatMap(({ buyer }) => companyKeyOf(buyer) ?? []))];
  if (keys.length === 0 || contacts.size === 0 || !(await hasProperty(hubspot, "companies", companyKey))) return new Map();
  const byKey = await readObjects(hubspot, "companies", { by: companyKey, ids: keys, properties: byName });
  const ties = await readTies(
    hubspot,
    "contacts/companies",
    [...contacts.values()].map(({ id }) => id),
  );
  const before = await readObjects(hubspot, "companies", {
    ids: present.flatMap(({ record, buyer }) => (byKey.has(companyKeyOf(buyer) ?? "") ? [] : (record.companyId ?? []))),
    properties: byName,
  });
  const tied = present.flatMap(({ record, buyer }) => {
    const key = companyKeyOf(buyer);
    const contact = contacts.get(buyer.email ?? "");
    const company = key === null ? undefined : (byKey.get(key) ?? before.get(record.companyId ?? ""));
    if (!company || !contact || !ties.get(contact.id)?.includes(company.id)) return [];
    const name = company.properties.name ?? null;
    return [{ buyer, id: company.id, name, isByKey: byKey.has(key ?? ""), isSame: nameOf(name) === nameOf(buyer.company) }];
  });
  const asked = tied.filter(({ isByKey, isSame }) => !isByKey || !isSame).map(({ id }) => id);
  const voices = await voicesOf(reading, [...new Set(asked)], tied);
  return new Map(
    tied.flatMap(({ buyer, id, name, isByKey, isSame }) => {
      const voice = voices.get(id);
      if (!isByKey && !voice?.isOneKey) return [];
      const isNamed = isSame || (voice?.isOneName === true && voice.first === buyer.customerId);
      return [[buyer.customerId, { id, name, isByKey, isNamed }] as const];
    }),
  );
}

/** What all buyers of a company say of it: whether they say one key and one name, and who says it. Those who name no company are none of them any more. */
interface Voice {
  isOneKey: boolean;
  isOneName: boolean;
  first: string;
}

async function voicesOf(
  { hubspot, crm, buyersOf }: Reading,
  companies: readonly string[],
  tied: readonly { buyer: Buyer; id: string }[],
): Promise<Map<string, Voice>> {
  if (companies.length === 0) return new Map();
  const mates = await crm.tiedTo({ accountId: hubspot.connectionId, companies });
  const here = new Set(tied.map(({ buyer }) => buyer.customerId));
  const others = await buyersOf(mates.map(({ customerId }) => customerId).filter((id) => !here.has(id)));
  const all = [
    ...tied,
    ...mates.flatMap(({ customerId, companyId }) => {
      const buyer = others.get(customerId);
      return buyer && companyId !== null ? [{ buyer, id: companyId }] : [];
    }),
  ].filter(({ buyer }) => buyer.company !== null);
  return new Map(
    companies.map((company) => {
      const own = all.filter(({ id }) => id === company).map(({ buyer }) => buyer);
      return [
        company,
        {
          isOneKey: new Set(own.map(companyKeyOf)).size === 1,
          isOneName: new Set(own.map((buyer) => nameOf(buyer.company))).size === 1,
          first: own.map(({ customerId }) => customerId).sort()[0] ?? "",
        },
      ];
    }),
  );
}
