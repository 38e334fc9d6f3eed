import * as z from "zod";
import type { Money, Text } from "#db/words/locales.ts";
import { defineAction } from "./action.ts";
import { Amount, amountText, impersonal, instantText, labels, ShopId } from "./payload.ts";
import { describeGuard, holdsAtShop, ShopGuard } from "./shop-guard.ts";
import { endDiscount, holderOf, makeDiscount, offText } from "./shopify-codes.ts";

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
  execute: (doing, payload) => makeDiscount(doing, payload, termsOf(payload)),
  idempotency: "lookup",
  // No figure is published; a search of Shopify's own catches up within seconds.
  settledAfterMs: 60_000,
  async lookup({ account }, payload) {
    const holder = await holderOf(account, payload);
    // Whoever has it, it was not created here.
    return holder === "other" ? "absent" : holder;
  },
  undo: (doing, payload, receipt) => endDiscount(doing, payload, receipt),
});

// Friends are nobody's list: a shop learns who they are when they order.
const termsOf = ({ minimum, startsAt, endsAt, friends, customerId }: Payload) => ({
  ...{ minimum, startsAt, endsAt, uses: friends?.uses ?? 1 },
  ...(!friends && { customerId }),
});
