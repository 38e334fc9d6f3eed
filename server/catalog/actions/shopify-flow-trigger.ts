import * as z from "zod";
import { type FlowTriggerHandle, flowPayloadBytes, flowTriggerHandles, flowTriggerOf } from "#server/catalog/flow-triggers.ts";
import { defineAction } from "./action.ts";
import { impersonal, ShopId } from "./payload.ts";
import { changeShop } from "./shopify-wire.ts";

const Payload = z
  .strictObject({
    trigger: z.enum(flowTriggerHandles),
    /** What the extension declares, by its keys; all of it, since Flow refuses a payload that lacks a field. */
    fields: z.record(impersonal(60), z.union([impersonal(flowPayloadBytes), z.number()])),
    /** The customer, order or product that the trigger is about, by the shop's number. */
    reference: ShopId.refine((id) => Number.isSafeInteger(Number(id)), "a number that JSON would not keep").optional(),
  })
  .superRefine((payload, { addIssue }) => {
    const { fields, reference } = flowTriggerOf(payload.trigger);
    const given = Object.entries(payload.fields);
    const isDeclared = ([key, value]: (typeof given)[number]) =>
      fields.some((field) => field.key === key && (field.type === "number") === (typeof value === "number"));
    if (given.length !== fields.length || !given.every(isDeclared))
      addIssue({ code: "custom", message: "not the fields that the trigger has" });
    if ((reference === null) !== (payload.reference === undefined))
      addIssue({ code: "custom", message: "not the reference that the trigger has" });
    if (bytesOf(payload) > flowPayloadBytes)
      addIssue({ code: "custom", message: `more than the ${flowPayloadBytes} bytes that Flow takes` });
  });
type Payload = z.output<typeof Payload>;

/** As Shopify wants it: fields by their keys, and a reference by its number (../shared/writes-and-voice.md, Shopify / Flow trigger). */
function wireOf({ trigger, fields, reference }: Payload): Record<string, unknown> {
  const of = flowTriggerOf(trigger).reference;
  return { ...fields, ...(of !== null && reference !== undefined && { [`${of}_id`]: Number(reference) }) };
}

const bytesOf = (payload: Payload): number => new TextEncoder().encode(JSON.stringify(wireOf(payload))).length;

const readScopes = { customer: "read_customers", order: "read_orders", product: "read_products" } as const;

/**
 * Tells Shopify Flow that something happened, so that the shop's own workflows start on it.
 *
 * Done once as far as anybody can know: Flow takes no key and tells nobody what it has received (../shared/writes-and-voice.md, Shopify / Flow
 * trigger), so that after a lost reply nothing is sent again and a person looks; each payload carries an `Event ID`, by which a
 * workflow can tell a repeated one. A trigger that is not deployed, and a payload that does not fit its extension, is refused in HTTP 200. That
 * it was taken does not say that a workflow ran. Numbers go as JSON numbers, which no source of ours says of `number_decimal`.
 */
export const shopifyFlowTrigger = defineAction<Payload>({
  id: "shopify-flow-trigger",
  title: { en: "Start Shopify Flow workflows", fr: "Lancer des workflows Shopify Flow", he: "הפעלת תהליכי Shopify Flow" },
  need: {
    provider: "shopify",
    scopes: Object.values(readScopes),
    // A reference needs the right to read what it names, and Flow wants no other.
    optionalScopes: [
      {
        scope: readScopes.customer,
        without: {
          en: "Workflows can’t start on a customer.",
          fr: "Les workflows ne peuvent pas démarrer sur un client.",
          he: "תהליכים לא יכולים להתחיל מלקוח.",
        },
      },
      {
        scope: readScopes.order,
        without: {
          en: "Workflows can’t start on an order.",
          fr: "Les workflows ne peuvent pas démarrer sur une commande.",
          he: "תהליכים לא יכולים להתחיל מהזמנה.",
        },
      },
      {
        scope: readScopes.product,
        without: {
          en: "Workflows can’t start on a product.",
          fr: "Les workflows ne peuvent pas démarrer sur un produit.",
          he: "תהליכים לא יכולים להתחיל ממוצר.",
        },
      },
    ],
  },
  payload: Payload,
  touches: "internal",
  describe({ trigger, fields, reference }) {
    const { title, fields: declared, reference: of } = flowTriggerOf(trigger as FlowTriggerHandle);
    return {
      sentence: {
        en: `Start the Shopify Flow workflows that listen to “${title.en}”.`,
        fr: `Lancer les workflows Shopify Flow qui écoutent « ${title.fr} ».`,
        he: `הפעלת תהליכי Shopify Flow שמאזינים ל"${title.he}".`,
      },
      fields: [
        ...(of !== null && reference !== undefined ? [{ label: referenceLabels[of], value: reference }] : []),
        ...declared.flatMap(({ key, label }) => (fields[key] === undefined ? [] : [{ label, value: String(fields[key]) }])),
      ],
    };
  },
  idempotency: "lookup",
  settledAfterMs: 0,
  // Shopify has nothing that says what Flow received.
  lookup: async () => "unknown",
  execute(doing, payload) {
    const query =
      "mutation ($handle: String!, $payload: JSON!) { flowTriggerReceive(handle: $handle, payload: $payload) { userErrors { field message } } }";
    const variables = { handle: payload.trigger, payload: wireOf(payload) };
    return changeShop(
      doing,
      { query, variables, field: "flowTriggerReceive", shape: z.looseObject({}) },
      { receiptOf: () => ({ id: String(payload.fields["Event ID"]) }) },
    );
  },
});

const referenceLabels = {
  customer: { en: "Customer", fr: "Client", he: "לקוח" },
  order: { en: "Order", fr: "Commande", he: "הזמנה" },
  product: { en: "Product", fr: "Produit", he: "מוצר" },
} as const;
