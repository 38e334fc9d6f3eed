import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import { exponentOf } from "#server/catalog/money.ts";

const rate = (label: Text, hint: Text) => z.number().min(0).max(1_000_000).default(0).meta({ label, hint });
const notKnown: Text = {
  en: "0 if you don’t know it. Orders are held until the rate is set, unless your shop sells in this currency.",
  fr: "0 si vous ne le connaissez pas. Les commandes sont retenues tant que le taux n’est pas indiqué, sauf si votre boutique vend dans cette devise.",
  he: "0 אם השער לא ידוע. הזמנות מוחזקות עד שהשער נקבע, אלא אם החנות מוכרת במטבע הזה.",
};

export const SupplyConfig = z.object({
  minMarginPercent: z
    .number()
    .int()
    .min(0)
    .max(90)
    .default(20)
    .meta({
      label: { en: "Smallest margin, percent", fr: "Marge minimale, en %", he: "הרווח המינימלי, באחוזים" },
      hint: {
        en: "Of what the items bring before tax, after the supplier’s price and shipping. What the customer pays for shipping isn’t counted.",
        fr: "De ce que rapportent les articles hors taxes, après le prix et la livraison du fournisseur. Les frais de port payés par le client ne sont pas comptés.",
        he: "ממה שהפריטים מכניסים לפני מס, אחרי מחיר הספק והמשלוח. דמי המשלוח שהלקוח משלם לא נספרים.",
      },
    }),
  usdRate: rate(
    { en: "One US dollar in your currency", fr: "Un dollar américain dans votre devise", he: "דולר אמריקאי אחד במטבע שלך" },
    notKnown,
  ),
  eurRate: rate({ en: "One euro in your currency", fr: "Un euro dans votre devise", he: "אירו אחד במטבע שלך" }, notKnown),
  ratesOn: z
    .string()
    .regex(/^(\d{4}-\d{2}-\d{2})?$/)
    .default("")
    .meta({
      label: { en: "Rates as of (YYYY-MM-DD)", fr: "Taux du (AAAA-MM-JJ)", he: "השערים נכונים ליום (YYYY-MM-DD)" },
      hint: {
        en: "Rates older than 31 days aren’t used.",
        fr: "Des taux de plus de 31 jours ne sont pas utilisés.",
        he: "שערים בני יותר מ-31 יום לא בשימוש.",
      },
    }),
  cjWarehouse: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default("CN")
    .meta({
      label: { en: "CJ ships from (country code)", fr: "CJ expédie depuis (code pays)", he: "CJ שולחת מ (קוד מדינה)" },
    }),
  silentDays: z
    .number()
    .int()
    .min(1)
    .max(60)
    .default(5)
    .meta({
      label: { en: "Days without tracking before you’re told", fr: "Jours sans suivi avant signalement", he: "ימים בלי מעקב עד שמסמנים" },
    }),
  notifyCustomer: z
    .boolean()
    .default(true)
    .meta({
      label: {
        en: "Shopify emails customers their tracking",
        fr: "Shopify envoie le suivi aux clients par e-mail",
        he: "Shopify שולחת ללקוחות את המעקב באימייל",
      },
    }),
});
export type SupplyConfig = z.output<typeof SupplyConfig>;

const dayMs = 86_400_000;
const ratesLastMs = 31 * dayMs;

/**
 * What an amount of a supplier's is in the shop's currency, rounded up, by the rate that the client gave and its day. Null where there is none, or
 * none of late: no rate is guessed.
 */
export function inShopCurrency(
  amount: { minor: number; currency: string },
  { currency, config, now }: { currency: string; config: SupplyConfig; now: number },
): number | null {
  if (amount.currency === currency) return amount.minor;
  const given = amount.currency === "USD" ? config.usdRate : config.eurRate;
  const from = Date.parse(config.ratesOn);
  // Of a day that is still to come there are no rates, and a day is over at different hours.
  const isOfLate = Number.isFinite(from) && from <= now + dayMs && now - from <= ratesLastMs;
  if (given <= 0 || !isOfLate) return null;
  const exact = amount.minor * given * 10 ** (exponentOf(currency) - exponentOf(amount.currency));
  // What a float has too much is no cent.
  return Math.ceil(Number(exact.toFixed(6)));
}
