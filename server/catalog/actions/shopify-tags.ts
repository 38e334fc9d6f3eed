import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import { type Attempt, type Doing, defineAction } from "./action.ts";
import { impersonal, labels, ShopId } from "./payload.ts";
import { askShop, changeShop } from "./shopify-wire.ts";

const Payload = z.strictObject({
  on: z.enum(["customer", "order", "product"]),
  id: ShopId,
  /** Those that it does not have yet. A comma parts tags where a person types them. */
  tags: z
    .array(impersonal(40).regex(/^[^,]+$/, "no comma"))
    .min(1)
    .max(20),
});
type Payload = z.output<typeof Payload>;

const types = { customer: "Customer", order: "Order", product: "Product" } as const;
const nouns: Record<Payload["on"], Text> = {
  customer: { en: "customer", fr: "client", he: "לקוח" },
  order: { en: "order", fr: "commande", he: "הזמנה" },
  product: { en: "product", fr: "produit", he: "מוצר" },
};
const labelOf: Record<Payload["on"], Text> = {
  customer: labels.customer,
  order: { en: "Order", fr: "Commande", he: "הזמנה" },
  product: { en: "Product", fr: "Produit", he: "מוצר" },
};
const without = (many: Text): Text => ({
  en: `${many.en} can’t be tagged.`,
  fr: `${many.fr} ne peuvent pas recevoir de tags.`,
  he: `אי אפשר להוסיף תגיות ל${many.he}.`,
});

const gidOf = ({ on, id }: Payload): string => `gid://shopify/${types[on]}/${id}`;
const Changed = z.object({ node: z.object({ id: z.string() }) });

function change(doing: Doing, payload: Payload, field: "tagsAdd" | "tagsRemove"): Promise<Attempt> {
  const query = `mutation ($id: ID!, $tags: [String!]!) { ${field}(id: $id, tags: $tags) { node { id } userErrors { field message } } }`;
  const variables = { id: gidOf(payload), tags: payload.tags };
  return changeShop(
    doing,
    { query, variables, field, shape: Changed, repeatable: true },
    { receiptOf: (own) => ({ id: own?.node.id ?? gidOf(payload) }) },
  );
}

/**
 * Tags on a customer, an order or a product.
 *
 * Done once: adding a tag that is there changes nothing, and so does taking away one that is not (../shared/writes-and-voice.md,
 * Shopify / tags). What is there already when its turn first comes is not ours and is left alone, so that undoing takes away only what
 * was added here.
 */
export const shopifyTags = defineAction<Payload>({
  id: "shopify-tags",
  title: { en: "Add tags in Shopify", fr: "Ajouter des tags dans Shopify", he: "הוספת תגיות ב-Shopify" },
  need: {
    provider: "shopify",
    scopes: ["write_customers", "write_orders", "write_products"],
    // Each is for one of the things alone, and one is enough.
    optionalScopes: [
      { scope: "write_customers", without: without({ en: "Customers", fr: "Les clients", he: "לקוחות" }) },
      { scope: "write_orders", without: without({ en: "Orders", fr: "Les commandes", he: "הזמנות" }) },
      { scope: "write_products", without: without({ en: "Products", fr: "Les produits", he: "מוצרים" }) },
    ],
  },
  payload: Payload,
  touches: "catalog",
  idempotency: "natural",
  describe: ({ on, id, tags }) => ({
    sentence: {
      en: `Add ${tags.length === 1 ? "the tag" : "the tags"} ${tags.join(", ")} to ${nouns[on].en} ${id} in Shopify.`,
      fr: `Ajouter ${tags.length === 1 ? "le tag" : "les tags"} ${tags.join(", ")} dans Shopify (${nouns[on].fr} ${id}).`,
      he: `הוספת ${tags.length === 1 ? "התגית" : "התגיות"} ${tags.join(", ")} ב-Shopify (${nouns[on].he} ${id}).`,
    },
    fields: [
      { label: labelOf[on], value: id },
      { label: labels.tags, value: tags.join(", ") },
    ],
  }),
  async stillValid({ account, triedAt }, payload) {
    // What is there after a try that nobody knows the end of may be this action's own.
    if (triedAt !== undefined) return { valid: true };
    const { on, tags } = payload;
    const schema = z.object({ data: z.object({ [on]: z.object({ tags: z.array(z.string()) }).nullable() }) });
    const query = `query ($id: ID!) { ${on}(id: $id) { tags } }`;
    const { data } = await askShop(account, { query, variables: { id: gidOf(payload) } }, schema);
    const thing = data[on];
    if (!thing) return { valid: false, why: "gone" };
    const there = new Set(thing.tags.map((tag) => tag.toLowerCase()));
    return tags.some((tag) => there.has(tag.toLowerCase())) ? { valid: false, why: "already_there" } : { valid: true };
  },
  execute: (doing, payload) => change(doing, payload, "tagsAdd"),
  undo: (doing, payload) => change(doing, payload, "tagsRemove"),
});
