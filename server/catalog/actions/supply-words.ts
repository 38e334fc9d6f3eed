import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import type { Account } from "#server/catalog/account.ts";
import type { Need } from "#server/catalog/job.ts";
import { type OrderedLine, orderFault } from "#server/catalog/suppliers/shop-order.ts";
import { supplyNumbers } from "#server/catalog/supply.ts";
import type { Doing, Verdict } from "./action.ts";
import { Amount, asIs, impersonal, ShopId } from "./payload.ts";

/** Our number of an order at a supplier: the shop's, the order's, which part of it, and which attempt where an earlier one was called off there. */
export const OrderNumber = z.string().regex(supplyNumbers);

/** A supplier's own id of what it sells: CJ's vid, BigBuy's reference. */
export const Reference = z.string().regex(/^[\w-]{1,64}$/);

export const Ordered = {
  orderId: ShopId,
  number: OrderNumber,
  /** At most this, all in all; what costs more by then is not ordered. */
  total: Amount,
};
export const Carrier = impersonal(60);
export const Country = z.string().regex(/^[A-Z]{2}$/);
export const Quantity = z.number().int().min(1).max(10_000);

export const supplyLabels = {
  order: { en: "Order", fr: "Commande", he: "הזמנה" },
  number: { en: "Our number at the supplier", fr: "Notre numéro chez le fournisseur", he: "המספר שלנו אצל הספק" },
  carrier: { en: "Carrier", fr: "Transporteur", he: "חברת שילוח" },
  country: { en: "Ships to", fr: "Livraison", he: "נשלח אל" },
  from: { en: "Ships from", fr: "Expédié de", he: "נשלח מ" },
  total: { en: "Costs at most", fr: "Coût maximal", he: "עלות מרבית" },
  item: { en: "Item", fr: "Article", he: "פריט" },
  tracking: { en: "Tracking number", fr: "Numéro de suivi", he: "מספר מעקב" },
  lines: { en: "Order lines", fr: "Lignes de commande", he: "שורות בהזמנה" },
  notify: { en: "Shopify emails the customer", fr: "E-mail de Shopify au client", he: "אימייל מ-Shopify ללקוח" },
} satisfies Record<string, Text>;

export const yesOrNo = (yes: boolean): string => (yes ? "✓" : "–");

/** Reading the shop: whether an order still stands, and to whom it goes. Without it nothing is ordered. */
export const shopRead: Need & Required<Pick<Need, "optional">> = {
  provider: "shopify",
  scopes: ["read_orders", "read_customers", "read_products"],
  optional: {
    without: {
      en: "Nothing is ordered: the shop must say whether an order stands and where it goes.",
      fr: "Rien n’est commandé : la boutique doit dire si la commande tient et où elle va.",
      he: "שום דבר לא מוזמן: החנות צריכה לומר אם ההזמנה בתוקף ולאן היא נשלחת.",
    },
  },
};

/** The shop whose order it is; null where it is connected no more. */
export const shopOf = ({ also }: Doing): Account | null => also?.("shopify") ?? null;

/** Whether what is to be ordered or paid for is still wanted: asked of the shop right before. */
export async function stillWanted(doing: Doing, order: string, lines: readonly OrderedLine[]): Promise<Verdict> {
  const shop = shopOf(doing);
  const why = shop ? await orderFault(shop, order, lines) : "gone";
  return why === null ? { valid: true } : { valid: false, why };
}

export const failed = (message: string) => ({ did: "failed", failure: { kind: "rejected", message } }) as const;
export const missingFrom = (missing: string) => failed(`the order’s ${missing} is missing or cannot be used`);
export const supplierName = { cj: asIs("CJ Dropshipping"), bigbuy: asIs("BigBuy") };
