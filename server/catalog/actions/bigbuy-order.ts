import * as z from "zod";
import { bigbuyCurrency, checkAtBigbuy, problemOf, standingAtBigbuy } from "#server/catalog/suppliers/bigbuy.ts";
import { settledAfterMs } from "#server/catalog/suppliers/quote.ts";
import { ProviderError } from "#server/errors.ts";
import { type Attempt, attemptOf, type Doing, defineAction } from "./action.ts";
import { amountText } from "./payload.ts";
import { foundBy, orderFields, recipientOf, stillToOrder, supplierOrder } from "./supplier-order.ts";
import { failed, Reference, shopRead } from "./supply-words.ts";

const Payload = z
  .strictObject(supplierOrder({ reference: Reference }))
  .refine(({ total }) => total.currency === bigbuyCurrency, "BigBuy counts in euros");
type Payload = z.output<typeof Payload>;

/** What its codes say of an order, in words of ours: its own may repeat an address. */
const codes: Readonly<Record<string, string>> = {
  ER001: "BigBuy does not sell this product",
  ER002: "BigBuy could not read the order",
  ER003: "BigBuy is out of stock",
  ER004: "BigBuy does not take this postcode",
  ER005: "there is too little in the BigBuy purse",
  ER007: "the order is below BigBuy’s minimum",
  ER010: "BigBuy has no carrier for it",
  ER011: "BigBuy could not take the payment",
};

function refused(message: string): Attempt | null {
  const problem = problemOf(message);
  if (!problem) return null;
  const of = problem.skus.length > 0 ? `: ${problem.skus.join(", ")}` : "";
  return failed(`${problem.code} ${codes[problem.code] ?? "BigBuy refused the order"}${of}`);
}

/** What BigBuy wants of an order, to whoever the shop sends it. The purse is the only way to pay by which it is sent without a person. */
async function bodyOf(doing: Doing, payload: Payload) {
  const to = await recipientOf(doing, payload);
  if ("did" in to) return to;
  const { number, carrier, products } = payload;
  const { firstName, lastName, countryCode: country, zip: postcode, city: town, address, phone, email } = to;
  return {
    order: {
      ...{ internalReference: number, language: "en", paymentMethod: "moneybox", carriers: [{ name: carrier }] },
      shippingAddress: { firstName, lastName, country, postcode, town, address, phone, email, comment: "" },
      products: products.map(({ reference, quantity }) => ({ reference, quantity })),
    },
  };
}

/** An order of this number is there already (ER008). */
const isThere = (message: string): boolean => problemOf(message)?.code === "ER008";
async function thereAlready({ account }: Doing, number: string): Promise<Attempt> {
  const found = await standingAtBigbuy(account, number);
  return found ? { did: "done", receipt: { id: found.id } } : { did: "unsure", reason: "the order number is taken and not shown yet" };
}

/** What BigBuy would take for it, in cents without tax, or what came of it in place of that. Nothing is ordered. Throws what is none of its codes. */
async function costOf(doing: Doing, { number }: Payload, body: object): Promise<number | Attempt> {
  try {
    return (await checkAtBigbuy(doing.account, body)).withoutTax;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== "rejected") throw error;
    const known = isThere(error.message) ? await thereAlready(doing, number) : refused(error.message);
    if (!known) throw error;
    return known;
  }
}

/**
 * An order at BigBuy, which is paid from the purse as it is placed: there is nothing between the two. So BigBuy is asked right before what it
 * would take, and where that is more than was approved nothing is ordered.
 *
 * Done once: BigBuy takes our number of an order once, refuses it the second time (ER008), and finds an order by it. A success has no body: the
 * order's id stands in `Location` alone (../shared/writes-and-voice.md, BigBuy). There is no call that takes an order back.
 */
export const bigbuyOrder = defineAction<Payload>({
  id: "bigbuy-order",
  title: { en: "Order and pay at BigBuy", fr: "Commander et payer chez BigBuy", he: "הזמנה ותשלום ב-BigBuy" },
  need: { provider: "bigbuy", scopes: [] },
  reads: [shopRead],
  payload: Payload,
  touches: "money",
  describe: (payload) => ({
    sentence: {
      en: `Place order ${payload.orderId} at BigBuy and pay for it from your BigBuy purse at once: ${amountText(payload.total)} at most, before tax, with shipping.`,
      fr: `Passer la commande ${payload.orderId} chez BigBuy et la payer aussitôt avec votre porte-monnaie BigBuy : ${amountText(payload.total)} hors taxes au maximum, livraison comprise.`,
      he: `העברת הזמנה ${payload.orderId} ל-BigBuy ותשלום מיידי מהארנק ב-BigBuy: לכל היותר ${amountText(payload.total)} לפני מס, כולל משלוח.`,
    },
    fields: orderFields(payload, { items: payload.products }),
  }),
  stakeOf: ({ total }) => total,
  async stillValid(doing, payload) {
    const wanted = await stillToOrder(doing, payload);
    const body = wanted.valid && (await bodyOf(doing, payload));
    // What is missing, or what BigBuy refuses, ordering says.
    const costs = body && !("did" in body) && (await costOf(doing, payload, body));
    if (typeof costs !== "number" || costs <= payload.total.minor) return wanted;
    return { valid: false, why: "price_changed", said: amountText({ ...payload.total, minor: costs }) };
  },
  async execute(doing, payload) {
    const body = await bodyOf(doing, payload);
    if ("did" in body) return body;
    const costs = await costOf(doing, payload, body);
    if (typeof costs !== "number") return costs;
    if (costs > payload.total.minor) return failed(`BigBuy wants ${amountText({ ...payload.total, minor: costs })} for it`);
    const outcome = await doing.writer.send({ method: "POST", path: "/rest/order/create.json", body }, z.unknown());
    if (outcome.outcome === "refused" && outcome.failure.kind === "rejected") {
      if (isThere(outcome.failure.message)) return thereAlready(doing, payload.number);
      // An answer without one of its codes may stand for anything: whether it was ordered, its list says.
      return refused(outcome.failure.message) ?? { did: "unsure", reason: outcome.failure.message };
    }
    const location = outcome.outcome === "done" ? outcome.headers.get("location") : null;
    return attemptOf(outcome, () => ({ id: /\/(\d+)$/.exec(location ?? "")?.[1] ?? null }));
  },
  idempotency: "lookup",
  settledAfterMs,
  lookup: foundBy(standingAtBigbuy),
});
