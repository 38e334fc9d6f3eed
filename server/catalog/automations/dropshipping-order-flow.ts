import * as z from "zod";
import type { Supplier } from "#db/words/supply.ts";
import { bigbuyOrder } from "#server/catalog/actions/bigbuy-order.ts";
import { cjOrder } from "#server/catalog/actions/cj-order.ts";
import { cjPayment } from "#server/catalog/actions/cj-payment.ts";
import { shopifyFulfilment } from "#server/catalog/actions/shopify-fulfilment.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import type { Reading, Step } from "#server/catalog/job.ts";
import { readShopOrder } from "#server/catalog/suppliers/shop-order.ts";
import type { Supply, SupplyKey, SupplyOrder, SupplyRecord } from "#server/catalog/supply.ts";
import { ProviderError } from "#server/errors.ts";
import { followHeld, followOrder, followProposal, followStuck } from "./follow-supply.ts";
import { type Assessed, beginRow, held, hourMs, type SupplyReading, stands, standsAt } from "./stands-supply.ts";
import { SupplyConfig } from "./supply-settings.ts";

/** What was found longer ago than this is not handed any more: it was off, or the shop away for days. */
const staleMs = 3 * 24 * hourMs;
const heardAStep = 10;
/** Each is some questions to a supplier that may answer one a second. */
const lookedAtAStep = 4;

/** Up to which place of what happened it was told. */
const Cursor = z.object({ seq: z.number().int() });
type Looking = Reading<SupplyConfig, z.output<typeof Cursor>>;

const words = {
  cj: {
    en: "The items bring {{brings}} and cost {{costs}} in all ({{goods}} for the goods, {{freight}} shipping): {{percent}}% margin. CJ has them in stock.",
    fr: "Les articles rapportent {{brings}} et coûtent {{costs}} en tout ({{goods}} de marchandise, {{freight}} de livraison) : {{percent}} % de marge. CJ les a en stock.",
    he: "הפריטים מכניסים {{brings}} ועולים {{costs}} בסך הכול ({{goods}} סחורה, {{freight}} משלוח): {{percent}}% רווח. הם במלאי של CJ.",
  },
  bigbuy: {
    en: "The items bring {{brings}} and cost {{costs}} in all ({{goods}} for the goods, {{freight}} shipping): {{percent}}% margin. BigBuy has them in stock.",
    fr: "Les articles rapportent {{brings}} et coûtent {{costs}} en tout ({{goods}} de marchandise, {{freight}} de livraison) : {{percent}} % de marge. BigBuy les a en stock.",
    he: "הפריטים מכניסים {{brings}} ועולים {{costs}} בסך הכול ({{goods}} סחורה, {{freight}} משלוח): {{percent}}% רווח. הם במלאי של BigBuy.",
  },
};
const waived = {
  en: "Someone chose to order it whatever the margin.",
  fr: "Quelqu’un a choisi de la commander quelle que soit la marge.",
  he: "מישהו בחר להזמין בכל רווח שהוא.",
};
const withWaived = (text: (typeof words)["cj"]) => ({
  en: `${text.en} ${waived.en}`,
  fr: `${text.fr} ${waived.fr}`,
  he: `${text.he} ${waived.he}`,
});

/**
 * Sends a shop's paid orders to the suppliers that have their things, and the suppliers' parcels back to the shop.
 *
 * Which variant is what at a supplier is a person's word (`supply_mappings`). An order is read live before anything is said of it, and again before each
 * step is done: paid, not cancelled, not given back, of low risk, not sent. Its price, stock and freight are asked of the supplier, and held against
 * the margin in the shop's currency by a rate that the client gave; without one nothing is guessed. Ordering and paying are two steps of one
 * chain at CJ; at BigBuy ordering is paying. Each order has one number at its supplier: whatever is lost on the way, it is looked up by that.
 * What cannot be ordered, and what is called off, split or silent afterwards, is a state of its own with its reason (`supply_orders`).
 */
export const dropshippingOrderFlow = defineAutomation({
  id: "dropshipping-order-flow",
  title: { en: "Dropshipping orders", fr: "Commandes en dropshipping", he: "הזמנות דרופשיפינג" },
  description: {
    en: "Orders what customers paid for at CJ Dropshipping and BigBuy, and brings the tracking back to Shopify.",
    fr: "Commande chez CJ Dropshipping et BigBuy ce que les clients ont payé, et rapporte le suivi dans Shopify.",
    he: "מזמינה ב-CJ Dropshipping וב-BigBuy את מה שהלקוחות שילמו עליו, ומחזירה ל-Shopify את המעקב.",
  },
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_products", "read_customers"] }],
  without: {
    cj: {
      en: "Items that are mapped to CJ Dropshipping aren’t ordered until CJ Dropshipping is connected.",
      fr: "Les articles associés à CJ Dropshipping ne sont pas commandés tant que CJ Dropshipping n’est pas connecté.",
      he: "פריטים שמשויכים ל-CJ Dropshipping לא מוזמנים עד ש-CJ Dropshipping יחובר.",
    },
    bigbuy: {
      en: "Items that are mapped to BigBuy aren’t ordered until BigBuy is connected.",
      fr: "Les articles associés à BigBuy ne sont pas commandés tant que BigBuy n’est pas connecté.",
      he: "פריטים שמשויכים ל-BigBuy לא מוזמנים עד ש-BigBuy יחובר.",
    },
  },
  hears: ["order_paid", "order_cancelled"],
  everyS: 900,
  kinds: [cjOrder, cjPayment, bigbuyOrder, shopifyFulfilment],
  acts: {
    shows: "suppliers",
    feeds: ["shopify-sensor", "shopify-details-sensor"],
    stricter: [{ setting: "minMarginPercent", by: 5 }],
    reasons: {
      ...words,
      cj_waived: withWaived(words.cj),
      bigbuy_waived: withWaived(words.bigbuy),
      parcel: {
        en: "The supplier sent it as parcel {{parcels}}.",
        fr: "Le fournisseur l’a expédié dans le colis {{parcels}}.",
        he: "הספק שלח את זה בחבילה {{parcels}}.",
      },
      parcels: {
        en: "The supplier sent it in {{count}} parcels: {{parcels}}.",
        fr: "Le fournisseur l’a expédié en {{count}} colis : {{parcels}}.",
        he: "הספק שלח את זה ב-{{count}} חבילות: {{parcels}}.",
      },
    },
    never: {
      en: "It never orders what isn’t paid, was cancelled or refunded, is risky or already sent, never twice, never above the approved price, and never below your margin unless someone says so for that order. It never maps a product on its own, never guesses an exchange rate, and never stores a name or an address.",
      fr: "Elle ne commande jamais ce qui n’est pas payé, a été annulé ou remboursé, présente un risque ou est déjà expédié, jamais deux fois, jamais au-dessus du prix approuvé, et jamais sous votre marge sauf si quelqu’un le demande pour cette commande. Elle n’associe jamais un produit sans que quelqu’un le décide, ne devine jamais un taux de change et ne conserve ni nom ni adresse.",
      he: "האוטומציה לעולם לא מזמינה מה שלא שולם, בוטל או הוחזר, מסוכן או כבר נשלח, לעולם לא פעמיים, לעולם לא מעל המחיר שאושר, ולעולם לא מתחת לרווח שקבעת אלא אם מישהו ביקש זאת להזמנה הזו. היא לא משייכת מוצר על דעת עצמה, לא מנחשת שער חליפין ולא שומרת שם או כתובת.",
    },
  },
  config: SupplyConfig,
  cursor: Cursor,
  async step(reading) {
    const { cursor, occurrences, now } = reading;
    const since = now - staleMs;
    const seq = cursor?.seq ?? Number.MAX_SAFE_INTEGER;
    const { items, newest } = await occurrences.behind({ seq, kinds: ["order_paid", "order_cancelled"], since, limit: heardAStep });
    // What happened before its first run is not its to act on.
    if (!cursor) return { cursor: { seq: newest }, done: false };
    if (items.length > 0) return { ...(await hear(reading, items)), cursor: { seq: items.at(-1)?.seq ?? seq }, done: false };
    return { ...(await lookAgain(reading)), cursor: { seq: Math.max(seq, newest) } };
  },
});

const readingOf = (reading: Looking): SupplyReading => ({
  shop: reading.account("shopify"),
  at: (provider) => reading.optionalAccount(provider),
  supply: reading.supply,
  config: reading.config,
  now: reading.now,
});

type Looked = Pick<Step<never>, "supplied" | "proposals" | "despite">;

/** Orders that were paid become rows where something of theirs is mapped; those that were cancelled are looked at at once. */
async function hear(reading: Looking, items: readonly { kind: string; subject: string }[]): Promise<Looked> {
  const { supply, now } = reading;
  const idOf = (subject: string) => subject.slice("order:".length);
  const known = await supply.known([...new Set(items.map(({ subject }) => idOf(subject)))]);
  const cancelled = new Set(items.filter(({ kind }) => kind === "order_cancelled").map(({ subject }) => idOf(subject)));
  // Also what nobody looks at, since a person has to do something about it.
  const due = known.filter(({ orderId, state }) => cancelled.has(orderId) && state !== "over");
  const unknown = [...new Set(items.filter(({ kind }) => kind === "order_paid").map(({ subject }) => idOf(subject)))].filter(
    (id) => !known.some(({ orderId }) => orderId === id),
  );
  const found: SupplyRecord[] = [];
  for (const orderId of unknown) {
    const order = await readShopOrder(reading.account("shopify"), orderId);
    const mapped = order && (await supply.mappings(order.lines.flatMap(({ variant }) => variant ?? [])));
    for (const provider of new Set<Supplier>((mapped ?? []).map((each) => each.provider))) {
      found.push(beginRow({ orderId, provider, part: 0, customerId: order?.customerId ?? null }, now));
    }
  }
  return { supplied: [...found, ...due.map((each) => standsAt(each, now, { ...each, inMs: 0 }))] };
}

/** What is due is looked at, some at a time; each is due again later, so that all have their turn. */
async function lookAgain(reading: Looking): Promise<Looked & { done: boolean }> {
  const { supply, now } = reading;
  const due = await supply.due({ now, limit: lookedAtAStep });
  const looked: Assessed[] = [];
  // What was just proposed of an order is not proposed once more of its other rows.
  const asked = { ...readingOf(reading), supply: withLooked(supply, looked) };
  for (const order of due) looked.push(await lookAt(asked, order));
  return {
    supplied: looked.flatMap(({ record, parts = [] }) => [record, ...parts]),
    proposals: looked.flatMap(({ proposals }) => proposals),
    // A supplier that says no to one order, or is away, keeps no other from its turn; it is said of the order.
    despite: ["rejected", "unavailable", "rate_limited"],
    done: due.length < lookedAtAStep,
  };
}

const isSame = (one: SupplyKey, other: SupplyKey): boolean =>
  one.orderId === other.orderId && one.provider === other.provider && one.part === other.part;

/** What is stored, as it will be once these looks are written. */
const withLooked = (supply: Supply, looked: readonly Assessed[]): Supply => ({
  ...supply,
  known: async (orders) =>
    (await supply.known(orders)).map((row) => ({ ...row, ...looked.findLast(({ record }) => isSame(record, row))?.record })),
});

async function lookAt(reading: SupplyReading, order: SupplyOrder): Promise<Assessed> {
  try {
    switch (order.state) {
      case "held":
        return await followHeld(reading, order);
      case "proposed":
        return await followProposal(reading, order);
      case "ordered":
      case "shipped":
        return await followOrder(reading, order);
      case "stuck":
        return await followStuck(reading, order);
      case "over":
        return stands(order, reading.now, { ...order, state: "over", inMs: null });
      default:
        return order.state satisfies never;
    }
  } catch (error) {
    if (!(error instanceof ProviderError) || error.provider !== order.provider) throw error;
    const away = error.kind === "unavailable" || error.kind === "rate_limited";
    if (!away && error.kind !== "rejected") throw error;
    const { state, reason, facts } = order;
    if (state === "held") return held(order, reading.now, { reason: away ? "supplier_down" : "supplier_refuses" });
    // What was proposed of it is over, and its supplier does not say what came of it: a person can look there.
    const endedAt = order.action?.endedAt ?? null;
    if (state === "proposed" && endedAt !== null && reading.now - endedAt > hourMs)
      return stands(order, reading.now, { state: "stuck", reason: "unanswered", facts, inMs: hourMs / 2 });
    return stands(order, reading.now, { state, reason, facts, inMs: hourMs / 2 });
  }
}
