import * as z from "zod";
import type { FailedRow } from "#db/words/actions.ts";
import { type CrmCompared, type CrmField, crmCompared, crmFields } from "#db/words/crm.ts";
import type { Text } from "#db/words/locales.ts";
import { comparable, hashOfField } from "#server/catalog/crm.ts";
import { type Buyer, readBuyers } from "#server/catalog/providers/shopify-buyers.ts";
import { type Attempt, type Doing, defineAction } from "./action.ts";
import {
  associate,
  chunked,
  companyKey,
  ensureProperty,
  type HubspotObject,
  type HubspotRow,
  readLifecycle,
  readObjects,
  rowsABatch,
  searchObjects,
  writeObjects,
} from "./hubspot-wire.ts";
import { ShopId } from "./payload.ts";

/** HubSpot's id of a record. */
export const RecordId = z.string().regex(/^\d{1,20}$/);
/** 16 hex digits of a keyed hash; empty: nothing was said. */
export const Said = z.string().regex(/^([0-9a-f]{16})?$/);
export const OwnerId = z.string().regex(/^\d{1,20}$/);
/** `custom.tax_id`: where a shop keeps its buyers' tax ids. */
export const TaxField = z.string().regex(/^[A-Za-z][\w-]{2,60}\.[A-Za-z][\w-]{1,62}$/);

const Payload = z.strictObject({
  /**
   * Of each buyer the fields that go, each with what HubSpot said when it was proposed; who is to look after them where nobody does; and the company that
   * we made or matched for them before, where the shop calls it otherwise now.
   */
  contacts: z
    .array(
      z.strictObject({
        ...{ customerId: ShopId, fields: z.partialRecord(z.enum(crmCompared), Said) },
        ...{ owner: OwnerId.optional(), company: RecordId.optional() },
      }),
    )
    .min(1)
    .max(5_000),
  taxField: TaxField,
});
type Payload = z.output<typeof Payload>;

/** What HubSpot calls a buyer's fields. */
export const hubspotFields: Record<CrmField, string> = { firstName: "firstname", lastName: "lastname", phone: "phone" };
export const fieldWords: Record<CrmCompared, Text> = {
  firstName: { en: "First name", fr: "Prénom", he: "שם פרטי" },
  lastName: { en: "Last name", fr: "Nom", he: "שם משפחה" },
  phone: { en: "Phone", fr: "Téléphone", he: "טלפון" },
  company: { en: "Company name", fr: "Nom d’entreprise", he: "שם החברה" },
};
/** The lifecycle stage of somebody who bought, as every portal has it from the beginning. */
const boughtStage = "customer";

const labels = {
  contacts: { en: "Contacts", fr: "Contacts", he: "אנשי קשר" },
  fields: { en: "Fields", fr: "Champs", he: "שדות" },
  owned: { en: "Given an owner", fr: "Avec propriétaire attribué", he: "שויכו לאחראי" },
  buyers: { en: "Customers", fr: "Clients", he: "לקוחות" },
} satisfies Record<string, Text>;
const namedCustomers = 10;

/** By what a company of the shop's is one record: its tax id, else its name. Null for a buyer who names no company. */
export function companyKeyOf({ company, taxId }: Pick<Buyer, "company" | "taxId">): string | null {
  if (company === null) return null;
  const plain = (text: string) => text.normalize("NFKC").toLowerCase();
  return taxId === null ? `name:${plain(company).replace(/\s+/g, " ")}` : `tax:${plain(taxId).replace(/[^\p{L}\p{N}]/gu, "")}`;
}

/**
 * Company buyers as HubSpot contacts and companies, tied together.
 *
 * Done once: a contact is upserted by email, a company by a property of ours that is unique in the portal, and a tie is the same however often it is made
 * (../shared/writes-and-voice.md, 3 HubSpot). There is no way back, since nobody keeps what a field was before.
 *
 * What is written is read from the shop right before. A field that HubSpot's people changed since it was proposed is left as it is. A company that
 * they keep already under that name becomes the shop's; where several have it nobody guesses. One that the shop calls otherwise now is still the one
 * that it was. A lifecycle stage only moves forward, and an owner is given to whom nobody looks after.
 */
export const hubspotContacts = defineAction<Payload>({
  id: "hubspot-contacts",
  title: {
    en: "Update HubSpot contacts and companies",
    fr: "Mettre à jour contacts et entreprises HubSpot",
    he: "עדכון אנשי קשר וחברות ב-HubSpot",
  },
  need: {
    provider: "hubspot",
    scopes: [
      ...["crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.companies.read", "crm.objects.companies.write"],
      ...["crm.schemas.contacts.read", "crm.schemas.companies.read", "crm.schemas.companies.write"],
    ],
  },
  reads: [
    {
      provider: "shopify",
      scopes: ["read_customers"],
      optional: {
        without: {
          en: "Without the shop there is nothing to write.",
          fr: "Sans la boutique, il n’y a rien à écrire.",
          he: "ללא החנות אין מה לכתוב.",
        },
      },
    },
  ],
  payload: Payload,
  touches: "internal",
  idempotency: "natural",
  describe({ contacts }) {
    const count = String(contacts.length);
    const one = contacts.length === 1;
    const fields = crmCompared.filter((field) => contacts.some((each) => each.fields[field] !== undefined));
    const owned = contacts.filter(({ owner }) => owner !== undefined).length;
    const more = contacts.length > namedCustomers ? `, +${contacts.length - namedCustomers}` : "";
    return {
      sentence: {
        en: `Add or update ${count} HubSpot ${one ? "contact" : "contacts"} with ${one ? "its company" : "their companies"}. Values are read from the shop when it runs.`,
        fr: `Ajouter ou mettre à jour ${count} ${one ? "contact" : "contacts"} HubSpot avec ${one ? "son entreprise" : "leurs entreprises"}. Les valeurs sont lues dans la boutique à l’exécution.`,
        he: `הוספה או עדכון של ${one ? "איש קשר אחד" : `${count} אנשי קשר`} ב-HubSpot עם החברות שלהם. הערכים נקראים מהחנות בעת הביצוע.`,
      },
      fields: [
        { label: labels.contacts, value: count },
        ...fields.map((field) => ({
          label: fieldWords[field],
          value: String(contacts.filter((each) => each.fields[field] !== undefined).length),
        })),
        ...(owned > 0 ? [{ label: labels.owned, value: String(owned) }] : []),
        {
          label: labels.buyers,
          value:
            contacts
              .slice(0, namedCustomers)
              .map(({ customerId }) => customerId)
              .join(", ") + more,
        },
      ],
    };
  },
  batch: "contacts",
  chunks: ({ contacts, ...rest }) => chunked(contacts, rowsABatch).map((some) => ({ ...rest, contacts: some })),
  async execute(doing, payload) {
    const shop = doing.also?.("shopify");
    if (!shop) return { did: "failed", failure: { kind: "revoked", message: "the shop is connected no more" } };
    if (payload.contacts.length === 0) return { did: "done", receipt: { id: null } };
    const ids = payload.contacts.map(({ customerId }) => customerId);
    const { rows, failed } = reachable(payload, await readBuyers(shop, ids, payload.taxField));
    const companies = await writeCompanies(doing, rows);
    if ("ended" in companies) return companies.ended;
    const contacts = await writeContacts(doing, rows);
    if ("ended" in contacts) return contacts.ended;
    const pairs = rows.flatMap(({ buyer, email }) => {
      const [contact, company] = [contacts.ids.get(email), companies.ids.get(companyKeyOf(buyer) ?? "")];
      return contact !== undefined && company !== undefined ? [[contact, company] as const] : [];
    });
    const tied = await associate(doing, "contacts/companies", pairs);
    if ("ended" in tied) return tied.ended;
    const untied = rows.flatMap(({ buyer, email }): FailedRow[] =>
      tied.untied.some(([contact]) => contact === contacts.ids.get(email)) ? [{ customerId: buyer.customerId, why: "refused" }] : [],
    );
    return {
      did: "done",
      receipt: {
        id: [...contacts.ids.values()][0] ?? null,
        rows: { done: contacts.ids.size, failed: [...failed, ...contacts.failed, ...companies.failed, ...untied] },
      },
    };
  },
});

/** A buyer of the batch whom HubSpot can know. */
interface Reachable {
  buyer: Buyer;
  email: string;
  fields: Payload["contacts"][number]["fields"];
  owner: string | undefined;
  company: string | undefined;
}

/** Two rows with one address would have HubSpot refuse the batch: the first of them has it. */
function reachable({ contacts }: Payload, buyers: ReadonlyMap<string, Buyer>): { rows: Reachable[]; failed: FailedRow[] } {
  const rows = new Map<string, Reachable>();
  const failed: FailedRow[] = [];
  for (const { customerId, fields, owner, company } of contacts) {
    const buyer = buyers.get(customerId);
    if (!buyer) failed.push({ customerId, why: "gone" });
    else if (buyer.email === null) failed.push({ customerId, why: "no_email" });
    else if (rows.has(buyer.email)) failed.push({ customerId, why: "same_email" });
    else rows.set(buyer.email, { buyer, email: buyer.email, fields, owner, company });
  }
  return { rows: [...rows.values()], failed };
}

/**
 * HubSpot's ids of the rows' companies by our key. Those that are there by their key stay as they are, but for a name that goes and that HubSpot's people
 * did not change since.
 */
async function writeCompanies(
  doing: Doing,
  rows: readonly Reachable[],
): Promise<{ ids: Map<string, string>; failed: FailedRow[] } | { ended: Attempt }> {
  const wanted = new Map<string, Reachable>();
  for (const row of rows) {
    const key = companyKeyOf(row.buyer);
    if (key !== null && !wanted.has(key)) wanted.set(key, row);
  }
  if (wanted.size === 0) return { ids: new Map(), failed: [] };
  const unmade = await ensureProperty(doing, "companies", { name: companyKey, label: "Company in the shop" });
  if (unmade) return { ended: unmade };
  const known = await readObjects(doing.account, "companies", { by: companyKey, ids: [...wanted.keys()], properties: ["name"] });
  const before = await readObjects(doing.account, "companies", {
    ids: [...wanted].flatMap(([key, { company }]) => (known.has(key) ? [] : (company ?? []))),
    properties: ["name"],
  });
  const [kept, renamed]: [HubspotRow[], FailedRow[]] = [[], []];
  const taken = new Set<string>();
  for (const [key, row] of wanted) {
    const there = known.get(key) ?? before.get(row.company ?? "");
    if (!there || taken.has(there.id)) continue;
    taken.add(there.id);
    const named = namedBy(doing, rows, key, there);
    if (named === "changed") renamed.push({ customerId: row.buyer.customerId, why: "changed" });
    const properties = {
      ...(!known.has(key) && { [companyKey]: key }),
      ...(named !== "changed" && named !== null && { name: named }),
    };
    known.set(key, there);
    if (Object.keys(properties).length > 0) kept.push({ customerId: row.buyer.customerId, id: there.id, properties });
  }
  const missing = [...wanted].filter(([key]) => !known.has(key));
  const names = missing.map(([, { buyer }]) => buyer.company ?? "");
  const named = await searchObjects(doing.account, "companies", {
    property: "name",
    values: [...new Set(names)],
    properties: [companyKey],
  });
  const ids = new Map([...known].map(([key, { id }]) => [key, id]));
  const [linked, made, ambiguous]: [HubspotRow[], HubspotRow[], string[]] = [[], [], []];
  for (const [key, { buyer, owner }] of missing) {
    const same = named.filter(({ id, properties }) => comparableName(properties.name) === comparableName(buyer.company) && !taken.has(id));
    const [only] = same;
    if (same.length > 1 || only?.properties[companyKey]) ambiguous.push(key);
    else if (only) {
      taken.add(only.id);
      linked.push({ customerId: buyer.customerId, id: only.id, properties: { [companyKey]: key } });
      ids.set(key, only.id);
    } else {
      const properties = {
        name: buyer.company ?? "",
        ...(buyer.country && { country: buyer.country }),
        ...(owner && { hubspot_owner_id: owner }),
      };
      made.push({ customerId: buyer.customerId, id: key, properties });
    }
  }
  const [link, create] = [
    await writeObjects(doing, "companies", { rows: [...kept, ...linked] }),
    await writeObjects(doing, "companies", { by: companyKey, rows: made }),
  ];
  if ("ended" in link) return link;
  if ("ended" in create) return create;
  for (const [key, id] of create.ids) ids.set(key, id);
  const several = rows.flatMap(({ buyer }): FailedRow[] =>
    ambiguous.includes(companyKeyOf(buyer) ?? "") ? [{ customerId: buyer.customerId, why: "several" }] : [],
  );
  return { ids, failed: [...several, ...renamed, ...link.failed, ...create.failed] };
}

/** What a company is to be called, where one of its buyers' rows says that it is; null: as it is. */
function namedBy(doing: Doing, rows: readonly Reachable[], key: string, there: HubspotObject): string | "changed" | null {
  const says = rows.find(({ buyer, fields }) => fields.company !== undefined && companyKeyOf(buyer) === key);
  if (!says) return null;
  return saidOf(doing, "company", there.properties.name) === says.fields.company ? says.buyer.company : "changed";
}

const comparableName = (name: string | null | undefined): string => (name ?? "").trim().replace(/\s+/g, " ").toLowerCase();

/** HubSpot's ids of the rows' contacts by email. */
async function writeContacts(
  doing: Doing,
  rows: readonly Reachable[],
): Promise<{ ids: Map<string, string>; failed: FailedRow[] } | { ended: Attempt }> {
  const properties = [...Object.values(hubspotFields), "lifecyclestage", "hubspot_owner_id"];
  const known = await readObjects(doing.account, "contacts", { by: "email", ids: rows.map(({ email }) => email), properties });
  const stages = await readLifecycle(doing.account);
  const changed: FailedRow[] = [];
  const batch = rows.map(({ buyer, email, fields, owner }): HubspotRow => {
    const there = known.get(email);
    const values = crmFields.flatMap((field): [string, string][] => {
      const [seen, value] = [fields[field], buyer[field]];
      if (seen === undefined || value === null) return [];
      // HubSpot's people wrote something else meanwhile: that is for the next look to compare.
      if (saidBy(doing, field, there) !== seen) return [];
      return [[hubspotFields[field], value]];
    });
    const own = crmFields.filter((field) => fields[field] !== undefined);
    if (values.length === 0 && own.length > 0) changed.push({ customerId: buyer.customerId, why: "changed" });
    const isBehind = buyer.orders > 0 && isBefore(stages, there?.properties.lifecyclestage);
    return {
      ...{ customerId: buyer.customerId, id: email },
      properties: {
        ...Object.fromEntries(values),
        ...(isBehind && { lifecyclestage: boughtStage }),
        ...(owner !== undefined && !there?.properties.hubspot_owner_id && { hubspot_owner_id: owner }),
      },
    };
  });
  const written = await writeObjects(doing, "contacts", { by: "email", rows: batch });
  return "ended" in written ? written : { ids: written.ids, failed: [...changed, ...written.failed] };
}

/** What HubSpot says of a field, as a payload knows it. */
export const saidBy = (doing: Pick<Doing, "hashOf">, field: CrmField, there: HubspotObject | undefined): string =>
  saidOf(doing, field, there?.properties[hubspotFields[field]]);

const saidOf = ({ hashOf }: Pick<Doing, "hashOf">, field: CrmCompared, value: string | null | undefined): string =>
  hashOfField(hashOf, field, comparable(field, value ?? null));

/** Whether a contact's stage comes before that of somebody who bought; one that is none of the list is not moved. */
function isBefore(stages: readonly string[], stage: string | null | undefined): boolean {
  const bought = stages.indexOf(boughtStage);
  if (bought < 0) return false;
  return !stage || (stages.includes(stage) && stages.indexOf(stage) < bought);
}
