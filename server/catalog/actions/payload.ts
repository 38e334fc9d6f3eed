import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { decimalOf } from "#server/catalog/money.ts";

/** Around what an address must have: with all of its name before the @, a long text would be read once from each of its characters on. */
const address = /[^\s@]@[^\s@]+\.[^\s@]/u;
/** An international number, or one with the zero that dials out; ids, dates and codes have neither. */
const phone = /\+\d[\d\s().-]{6,}\d|(?<![\w.-])\(?0\d{1,4}\)?[\s.-]\d{2,4}[\s.-]?\d{2,}/u;

/** Whether a text holds what looks like somebody's address or phone number. */
export const looksPersonal = (text: string): boolean => address.test(text) || phone.test(text);

/** A text of a payload: what rests there names people by the shop's ids alone. */
export const impersonal = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !looksPersonal(text), "an address or a phone number does not rest in a payload");

/** The number in a shop's own id of a customer, an order or a product. */
export const ShopId = z.string().regex(/^\d{1,20}$/);

export const Amount = z.strictObject({ minor: z.number().int().positive(), currency: z.enum([...currencies.keys()]) });
export type Amount = z.output<typeof Amount>;

/** As it is read in any language: `49.90 EUR`. */
export const amountText = ({ minor, currency }: Amount): string => `${decimalOf(minor, currency)} ${currency}`;

/** What has no translation, such as the name of a property. */
export const asIs = (text: string): Text => ({ en: text, fr: text, he: text });

/** An instant as a person reads it before deciding, in UTC: `2026-12-01 09:00 UTC`. */
export const instantText = (iso: string): string => `${new Date(iso).toISOString().slice(0, 16).replace("T", " ")} UTC`;

export const labels = {
  customer: { en: "Customer", fr: "Client", he: "לקוח" },
  friendsOf: { en: "For friends of customer", fr: "Pour les amis du client", he: "לחברים של לקוח" },
  code: { en: "Code", fr: "Code", he: "קוד" },
  event: { en: "Event", fr: "Événement", he: "אירוע" },
  channel: { en: "Channel", fr: "Canal", he: "ערוץ" },
  value: { en: "Value", fr: "Montant", he: "סכום" },
  at: { en: "Happened at", fr: "Survenu le", he: "התרחש ב" },
  tags: { en: "Tags", fr: "Tags", he: "תגיות" },
  discount: { en: "Discount", fr: "Remise", he: "הנחה" },
  minimum: { en: "Minimum order", fr: "Commande minimale", he: "מינימום הזמנה" },
  starts: { en: "Starts", fr: "Début", he: "התחלה" },
  ends: { en: "Ends", fr: "Fin", he: "סיום" },
  uses: { en: "Uses", fr: "Utilisations", he: "מספר שימושים" },
  title: { en: "Name in Shopify", fr: "Nom dans Shopify", he: "השם ב-Shopify" },
  text: { en: "Message", fr: "Message", he: "הודעה" },
  profiles: { en: "Profiles", fr: "Profils", he: "פרופילים" },
  others: { en: "Further profiles", fr: "Autres profils", he: "פרופילים נוספים" },
  list: { en: "List", fr: "Liste", he: "רשימה" },
  optIn: { en: "Sign-ups by form", fr: "Inscriptions par formulaire", he: "הרשמות בטופס" },
  products: { en: "Products", fr: "Produits", he: "מוצרים" },
  variants: { en: "Variants", fr: "Variantes", he: "וריאנטים" },
  leaving: { en: "No longer sold", fr: "Plus en vente", he: "כבר לא נמכרים" },
  coupon: { en: "Coupon in Klaviyo", fr: "Coupon dans Klaviyo", he: "קופון ב-Klaviyo" },
  codes: { en: "Codes", fr: "Codes", he: "קודים" },
  handOutUntil: { en: "Handed out until", fr: "Distribués jusqu’au", he: "מחולקים עד" },
  properties: { en: "Properties", fr: "Propriétés", he: "מאפיינים" },
} satisfies Record<string, Text>;
