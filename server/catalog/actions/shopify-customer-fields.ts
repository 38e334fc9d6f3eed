import * as z from "zod";
import type { FailedRow } from "#db/words/actions.ts";
import { crmFields } from "#db/words/crm.ts";
import type { Text } from "#db/words/locales.ts";
import { comparable, hashOfField } from "#server/catalog/crm.ts";
import { readBuyers } from "#server/catalog/providers/shopify-buyers.ts";
import { type Attempt, type Doing, defineAction } from "./action.ts";
import { fieldWords, hubspotFields, Said, saidBy, TaxField } from "./hubspot-contacts.ts";
import { chunked, readObjects } from "./hubspot-wire.ts";
import { ShopId } from "./payload.ts";
import { changeShop } from "./shopify-wire.ts";

/** Each is a mutation of its own, and a step has a minute. */
const customersAStep = 25;
const namedCustomers = 10;

const Payload = z.strictObject({
  /** Of each customer the fields that come from HubSpot, each with what the shop and HubSpot said when it was proposed. */
  customers: z
    .array(z.strictObject({ customerId: ShopId, fields: z.partialRecord(z.enum(crmFields), z.strictObject({ shop: Said, crm: Said })) }))
    .min(1)
    .max(5_000),
  taxField: TaxField,
});
type Payload = z.output<typeof Payload>;

const labels = {
  customers: { en: "Customers", fr: "Clients", he: "לקוחות" },
  ids: { en: "Customer IDs", fr: "Identifiants des clients", he: "מזהי לקוחות" },
} satisfies Record<string, Text>;

/**
 * Fields of customers as HubSpot's people changed them, for the fields that the client lets go both ways.
 *
 * Done once: what is set is the same however often it is set. Both sides are read right before: a field that either changed since it was proposed
 * is left as it is. There is no way back, since nobody keeps what a field was before.
 */
export const shopifyCustomerFields = defineAction<Payload>({
  id: "shopify-customer-fields",
  title: { en: "Update customers from HubSpot", fr: "Mettre à jour des clients depuis HubSpot", he: "עדכון לקוחות מ-HubSpot" },
  need: {
    provider: "shopify",
    scopes: ["read_customers", "write_customers"],
    optionalScopes: [
      {
        scope: "write_customers",
        without: {
          en: "Changes made in HubSpot don’t reach your shop.",
          fr: "Les changements faits dans HubSpot n’arrivent pas dans votre boutique.",
          he: "שינויים שנעשו ב-HubSpot לא מגיעים לחנות.",
        },
      },
    ],
  },
  reads: [
    {
      provider: "hubspot",
      scopes: ["crm.objects.contacts.read"],
      optional: {
        without: {
          en: "Without HubSpot there is nothing to write.",
          fr: "Sans HubSpot, il n’y a rien à écrire.",
          he: "ללא HubSpot אין מה לכתוב.",
        },
      },
    },
  ],
  payload: Payload,
  touches: "internal",
  idempotency: "natural",
  describe({ customers }) {
    const count = String(customers.length);
    const one = customers.length === 1;
    const fields = crmFields.filter((field) => customers.some((each) => each.fields[field] !== undefined));
    const more = customers.length > namedCustomers ? `, +${customers.length - namedCustomers}` : "";
    return {
      sentence: {
        en: `Update ${count} Shopify ${one ? "customer" : "customers"} with what was changed in HubSpot. Values are read from HubSpot when it runs.`,
        fr: `Mettre à jour ${count} ${one ? "client" : "clients"} Shopify avec ce qui a changé dans HubSpot. Les valeurs sont lues dans HubSpot à l’exécution.`,
        he: `עדכון ${one ? "לקוח אחד" : `${count} לקוחות`} ב-Shopify לפי מה ששונה ב-HubSpot. הערכים נקראים מ-HubSpot בעת הביצוע.`,
      },
      fields: [
        { label: labels.customers, value: count },
        ...fields.map((field) => ({
          label: fieldWords[field],
          value: String(customers.filter((each) => each.fields[field] !== undefined).length),
        })),
        {
          label: labels.ids,
          value:
            customers
              .slice(0, namedCustomers)
              .map(({ customerId }) => customerId)
              .join(", ") + more,
        },
      ],
    };
  },
  batch: "customers",
  chunks: ({ customers, ...rest }) => chunked(customers, customersAStep).map((some) => ({ ...rest, customers: some })),
  async execute(doing, payload) {
    const crm = doing.also?.("hubspot");
    if (!crm) return { did: "failed", failure: { kind: "revoked", message: "HubSpot is connected no more" } };
    if (payload.customers.length === 0) return { did: "done", receipt: { id: null } };
    const buyers = await readBuyers(
      doing.account,
      payload.customers.map(({ customerId }) => customerId),
      payload.taxField,
    );
    const mails = [...buyers.values()].flatMap(({ email }) => email ?? []);
    const contacts = await readObjects(crm, "contacts", { by: "email", ids: mails, properties: Object.values(hubspotFields) });
    const failed: FailedRow[] = [];
    const done: string[] = [];
    for (const { customerId, fields } of payload.customers) {
      const buyer = buyers.get(customerId);
      const there = contacts.get(buyer?.email ?? "");
      const values: Record<string, string> = {};
      let isSet = false;
      for (const field of crmFields) {
        const [seen, value] = [fields[field], there?.properties[hubspotFields[field]]?.trim()];
        if (!seen || !buyer || !value) continue;
        const [shop, said] = [hashOfField(doing.hashOf, field, comparable(field, buyer[field])), saidBy(doing, field, there)];
        // A try before this one may have set it.
        if (shop === said) isSet = true;
        else if (shop === seen.shop && said === seen.crm) values[field] = value;
      }
      if (!buyer || !there) failed.push({ customerId, why: "gone" });
      else if (Object.keys(values).length === 0) isSet ? done.push(customerId) : failed.push({ customerId, why: "changed" });
      else {
        const attempt = await setFields(doing, customerId, values);
        if (attempt.did === "done") done.push(customerId);
        else if (attempt.did === "failed" && attempt.failure.kind === "rejected") failed.push({ customerId, why: "invalid" });
        else return attempt;
      }
    }
    return { did: "done", receipt: { id: done[0] ?? null, rows: { done: done.length, failed } } };
  },
});

function setFields(doing: Doing, customerId: string, values: Readonly<Record<string, string>>): Promise<Attempt> {
  const id = `gid://shopify/Customer/${customerId}`;
  return changeShop(
    doing,
    {
      query: "mutation ($input: CustomerInput!) { customerUpdate(input: $input) { customer { id } userErrors { field message } } }",
      variables: { input: { id, ...values } },
      field: "customerUpdate",
      shape: z.object({ customer: z.object({ id: z.string() }).nullable() }),
      repeatable: true,
    },
    { receiptOf: () => ({ id }) },
  );
}
