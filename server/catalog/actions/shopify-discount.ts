import * as z from "zod";
import type { Receipt } from "#db/words/actions.ts";
import type { Money, Text } from "#db/words/locales.ts";
import { decimalOf, minorUnits } from "#server/catalog/money.ts";
import { type Doing, defineAction } from "./action.ts";
import { Amount, amountText, impersonal, instantText, labels, ShopId } from "./payload.ts";
import { describeGuard, holdsAtShop, ShopGuard } from "./shop-guard.ts";
import { askShop, changeShop } from "./shopify-wire.ts";

const Payload = z
  .strictObject({
    customerId: ShopId,
    /** As staff see it in Shopify; the customer sees the code alone. */
    title: impersonal(255),
    code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{3,49}$/),
    off: z.union([z.strictObject({ percent: z.number().int().min(1).max(100) }), Amount]),
    /** What an order must come to. */
    minimum: Amount,
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    /** What must still be so at the shop. */
    onlyIf: ShopGuard.optional(),
    /** It is for whoever this customer passes it on to, each once, and for so many orders in all; without it, for them alone, once. */
    friends: z.strictObject({ uses: z.number().int().min(1).max(100) }).optional(),
  })
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), "it ends before it begins")
  .refine(({ off, minimum }) => "percent" in off || off.currency === minimum.currency, "two currencies");
type Payload = z.output<typeof Payload>;

/** `space`: what stands before the sign in the language of the sentence. */
const offText = (off: Payload["off"], space = ""): string => ("percent" in off ? `${off.percent}${space}%` : amountText(off));

const Node = z.object({ codeDiscountNode: z.object({ id: z.string() }) });
const Found = z.object({
  data: z.object({
    codeDiscountNodeByCode: z
      .object({
        id: z.string(),
        // Discounts of other kinds (free shipping, buy one and get one) answer none of this.
        codeDiscount: z.object({
          title: z.string().optional(),
          customerGets: z
            .object({
              value: z.object({
                percentage: z.number().optional(),
                amount: z.object({ amount: z.string(), currencyCode: z.string() }).optional(),
              }),
            })
            .optional(),
        }),
      })
      .nullable(),
  }),
});
const foundQuery = `query ($code: String!) {
  codeDiscountNodeByCode(code: $code) {
    id
    codeDiscount {
      ... on DiscountCodeBasic {
        title
        customerGets { value { ... on DiscountPercentage { percentage } ... on DiscountAmount { amount { amount currencyCode } } } }
      }
    }
  }
}`;
const createQuery = `mutation ($discount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $discount) { codeDiscountNode { id } userErrors { code field message } }
}`;
const endQuery = `mutation ($id: ID!) {
  discountCodeDeactivate(id: $id) { codeDiscountNode { id } userErrors { code field message } }
}`;

/** Who has the code: this action, somebody else, or nobody whom the shop's reads show. */
async function holderOf({ account }: Doing, { code, title, off }: Payload): Promise<Receipt | "other" | "absent"> {
  const { data } = await askShop(account, { query: foundQuery, variables: { code } }, Found);
  const found = data.codeDiscountNodeByCode;
  if (!found) return "absent";
  const { percentage, amount } = found.codeDiscount.customerGets?.value ?? {};
  const same =
    "percent" in off
      ? percentage !== undefined && Math.round(percentage * 100) === off.percent
      : amount?.currencyCode === off.currency && minorUnits(amount.amount, off.currency) === off.minor;
  return same && found.codeDiscount.title === title ? { id: found.id } : "other";
}

const inputOf = ({ customerId, title, code, off, minimum, startsAt, endsAt, friends }: Payload) => ({
  ...{ title, code, startsAt, endsAt },
  usageLimit: friends?.uses ?? 1,
  appliesOncePerCustomer: true,
  combinesWith: { orderDiscounts: false, productDiscounts: false, shippingDiscounts: true },
  // Friends are nobody's list: a shop learns who they are when they order.
  context: friends ? { all: "ALL" } : { customers: { add: [`gid://shopify/Customer/${customerId}`] } },
  minimumRequirement: { subtotal: { greaterThanOrEqualToSubtotal: decimalOf(minimum.minor, minimum.currency) } },
  customerGets: {
    value:
      "percent" in off
        ? { percentage: off.percent / 100 }
        : { discountAmount: { amount: decimalOf(off.minor, off.currency), appliesOnEachItem: false } },
    items: { all: true },
  },
});

/** What one order takes off at the minimum. */
const offOnce = ({ off, minimum }: Payload): Money =>
  "percent" in off ? { minor: Math.ceil((minimum.minor * off.percent) / 100), currency: minimum.currency } : off;

/** For whom it is, and how often it works, in a sentence. */
const sentenceOf = ({ customerId, code, off, minimum, friends }: Payload): Text =>
  friends
    ? {
        en: `Create the code ${code} in Shopify for friends of customer ${customerId}: ${offText(off)} off an order of ${amountText(minimum)} or more, once per friend, ${friends.uses} orders in all.`,
        fr: `Créer le code ${code} dans Shopify pour les amis du client ${customerId} : ${offText(off, " ")} de remise sur une commande d’au moins ${amountText(minimum)}, une fois par ami, ${friends.uses} commandes en tout.`,
        he: `יצירת הקוד ${code} ב-Shopify לחברים של לקוח ${customerId}: הנחה של ${offText(off)} על הזמנה של ${amountText(minimum)} לפחות, פעם אחת לכל חבר, ${friends.uses} הזמנות בסך הכול.`,
      }
    : {
        en: `Create the code ${code} in Shopify: ${offText(off)} off one order of ${amountText(minimum)} or more, for customer ${customerId} only.`,
        fr: `Créer le code ${code} dans Shopify : ${offText(off, " ")} de remise sur une commande d’au moins ${amountText(minimum)}, pour le client ${customerId} uniquement.`,
        he: `יצירת הקוד ${code} ב-Shopify: הנחה של ${offText(off)} על הזמנה אחת של ${amountText(minimum)} לפחות, רק ללקוח ${customerId}.`,
      };

/**
 * A discount code for one customer: used once, from a minimum on, with an end. Or for the friends of one: the same, once for each of them, so many times in all.
 *
 * Done once: Shopify takes no key for it, but a code is unique in its shop, whatever its case (../shared/writes-and-voice.md, Shopify /
 * discountCodeBasicCreate). The code stands in the payload, so that every try asks for the same one; after a lost reply the code is
 * looked up, and with the same title and value it is ours. A code that another discount has is a failure: nobody is promised a code
 * that is not theirs. Undone by ending it, which an order that used it does not notice.
 */
export const shopifyDiscount = defineAction<Payload>({
  id: "shopify-discount",
  title: { en: "Create a discount code", fr: "Créer un code de réduction", he: "יצירת קוד הנחה" },
  need: { provider: "shopify", scopes: ["read_discounts", "write_discounts"] },
  payload: Payload,
  touches: "money",
  describe: (payload) => ({
    sentence: sentenceOf(payload),
    fields: [
      { label: labels.code, value: payload.code },
      { label: labels.discount, value: offText(payload.off) },
      { label: labels.minimum, value: amountText(payload.minimum) },
      { label: payload.friends ? labels.friendsOf : labels.customer, value: payload.customerId },
      { label: labels.starts, value: instantText(payload.startsAt) },
      { label: labels.ends, value: instantText(payload.endsAt) },
      { label: labels.uses, value: String(payload.friends?.uses ?? 1) },
      { label: labels.title, value: payload.title },
      ...(payload.onlyIf ? describeGuard(payload.onlyIf) : []),
    ],
  }),
  // Not the code: the event of the same chain that tells it to the customer would name another.
  edits: [
    { path: "off", label: labels.discount },
    { path: "off.percent", label: { en: "Percent off", fr: "Remise en %", he: "אחוז ההנחה" } },
    { path: "minimum", label: labels.minimum },
    { path: "friends.uses", label: labels.uses },
    { path: "startsAt", label: labels.starts },
    { path: "endsAt", label: labels.ends },
    { path: "title", label: labels.title },
  ],
  // All that it may take off, each time at the minimum.
  stakeOf: (payload) => {
    const { minor, currency } = offOnce(payload);
    return { minor: minor * (payload.friends?.uses ?? 1), currency };
  },
  stillValid: async ({ account, now }, { customerId, onlyIf }) =>
    onlyIf ? holdsAtShop(account, onlyIf, { customerId, now }) : { valid: true },
  async execute(doing, payload) {
    const { currency } = payload.minimum;
    // Amounts go without their currency and are taken to be the shop's.
    if (doing.account.currency !== undefined && doing.account.currency !== currency) {
      return { did: "failed", failure: { kind: "rejected", message: `the shop counts in ${doing.account.currency}, not in ${currency}` } };
    }
    return changeShop(
      doing,
      { query: createQuery, variables: { discount: inputOf(payload) }, field: "discountCodeBasicCreate", shape: Node },
      {
        receiptOf: (own) => ({ id: own?.codeDiscountNode.id ?? null }),
        async refused(errors) {
          if (!errors.some(({ code }) => code === "TAKEN")) return null;
          const holder = await holderOf(doing, payload);
          if (holder === "other") return null;
          // Taken, and not to be seen: reads lag behind writes.
          return holder === "absent" ? { did: "unsure", reason: "the code is taken and not shown yet" } : { did: "done", receipt: holder };
        },
      },
    );
  },
  idempotency: "lookup",
  // No figure is published; a search of Shopify's own catches up within seconds.
  settledAfterMs: 60_000,
  async lookup(doing, payload) {
    const holder = await holderOf(doing, payload);
    // Whoever has it, it was not created here.
    return holder === "other" ? "absent" : holder;
  },
  async undo(doing, payload, receipt) {
    const holder = receipt.id === null ? await holderOf(doing, payload) : receipt;
    const gone = { did: "done", receipt } as const;
    if (typeof holder === "string" || holder.id === null) {
      return holder === "other" ? gone : { did: "failed", failure: { kind: "rejected", message: "the discount is not to be found" } };
    }
    return changeShop(
      doing,
      { query: endQuery, variables: { id: holder.id }, field: "discountCodeDeactivate", shape: Node },
      {
        receiptOf: () => receipt,
        // One that was deleted in the shop has ended too.
        refused: async () => ((await holderOf(doing, payload)) === "absent" ? gone : null),
      },
    );
  },
});
