import * as z from "zod";
import { cjCurrency, standingAtCj } from "#server/catalog/suppliers/cj.ts";
import { settledAfterMs } from "#server/catalog/suppliers/quote.ts";
import { type Attempt, attemptOf, type Doing, defineAction } from "./action.ts";
import { amountText } from "./payload.ts";
import {
  anotherThere,
  foundBy,
  isOtherThan,
  mayBeHidden,
  orderFields,
  recipientOf,
  stillToOrder,
  supplierOrder,
} from "./supplier-order.ts";
import { Country, failed, Reference, shopRead } from "./supply-words.ts";

const Payload = z
  .strictObject({ ...supplierOrder({ vid: Reference }), from: Country })
  .refine(({ total }) => total.currency === cjCurrency, "CJ counts in dollars");
type Payload = z.output<typeof Payload>;

const Created = z.object({
  data: z.object({
    orderId: z.union([z.string(), z.number()]).transform(String),
    interceptOrderReasons: z.array(z.object({ code: z.union([z.string(), z.number()]).nullish() })).nullish(),
  }),
});
const Refused = z.object({ code: z.coerce.number() });
/** An order of this number is there already. */
const exists = 1603003;

/** What CJ wants of an order, to whoever the shop sends it. It is made unpaid (`payType` 3): 2 would spend the balance in the same call. */
async function bodyOf(doing: Doing, payload: Payload) {
  const to = await recipientOf(doing, payload);
  if ("did" in to) return to;
  const { number, carrier, from, products } = payload;
  return {
    ...{ orderNumber: number, payType: 3, logisticName: carrier, fromCountryCode: from },
    ...{ shippingCountryCode: to.countryCode, shippingCountry: to.country, shippingProvince: to.province, shippingCity: to.city },
    ...{ shippingAddress: to.address, shippingZip: to.zip, shippingCustomerName: `${to.firstName} ${to.lastName}` },
    ...{ shippingPhone: to.phone, email: to.email },
    products: products.map(({ line, vid, quantity }) => ({ vid, quantity, storeLineItemId: line })),
  };
}

/**
 * An order at CJ Dropshipping, not paid: paying it is the next step of its chain.
 *
 * Done once: CJ takes our number of an order once, and refuses it the second time (1603003), after which the one that is there is looked up
 * (../shared/writes-and-voice.md, CJ / orders). The number is in the payload, and of an order that was called off at CJ it is never used again. What CJ keeps
 * back (`interceptOrderReasons`) was made all the same: it fails here, so that it is not paid. Only this reply says so: of an order whose reply was
 * lost nobody knows it, and its receipt says nothing of who made it (`made`). Taken back by deleting it, as long as it is unpaid.
 */
export const cjOrder = defineAction<Payload>({
  id: "cj-order",
  title: { en: "Order at CJ Dropshipping", fr: "Commander chez CJ Dropshipping", he: "הזמנה ב-CJ Dropshipping" },
  need: { provider: "cj", scopes: [] },
  reads: [shopRead],
  payload: Payload,
  touches: "money",
  describe: (payload) => ({
    sentence: {
      en: `Place order ${payload.orderId} at CJ Dropshipping without paying it, for ${amountText(payload.total)} with shipping.`,
      fr: `Passer la commande ${payload.orderId} chez CJ Dropshipping sans la payer, pour ${amountText(payload.total)} livraison comprise.`,
      he: `העברת הזמנה ${payload.orderId} ל-CJ Dropshipping בלי לשלם עליה, בסך ${amountText(payload.total)} כולל משלוח.`,
    },
    fields: orderFields(payload, {
      items: payload.products.map(({ vid: reference, quantity }) => ({ reference, quantity })),
      from: payload.from,
    }),
  }),
  stakeOf: ({ total }) => total,
  stillValid: stillToOrder,
  async execute(doing, payload): Promise<Attempt> {
    const body = await bodyOf(doing, payload);
    if ("did" in body) return body;
    const outcome = await doing.writer.send({ method: "POST", path: "/shopping/order/createOrderV2", body }, Created);
    if (outcome.outcome === "refused" && Refused.safeParse(outcome.body).data?.code === exists) {
      const found = await standingAtCj(doing.account, payload.number);
      // It is there, and its reads do not show it yet.
      if (!found) return { did: "unsure", reason: "the order number is taken and not shown yet" };
      return found.state === "cancelled" ? failed("CJ has this order as cancelled") : { did: "done", receipt: { id: found.id } };
    }
    const kept = outcome.outcome === "done" ? (outcome.body?.data.interceptOrderReasons ?? []) : [];
    if (kept.length > 0) {
      // Its codes alone: its words may repeat the address.
      const codes = kept.map(({ code }) => String(code ?? "")).filter((code) => /^[\w-]{1,40}$/.test(code));
      return failed(`CJ made the order, unpaid, and keeps it back${codes.length > 0 ? `: ${codes.join(", ")}` : ""}`);
    }
    return attemptOf(outcome, (created) => (created ? { id: created.data.orderId, made: true } : { id: null }));
  },
  idempotency: "lookup",
  settledAfterMs,
  lookup: foundBy(standingAtCj),
  async undo(doing, { number }, receipt) {
    const { account, writer } = doing;
    const found = await standingAtCj(account, number);
    if (!found && mayBeHidden(doing)) return { did: "unsure", reason: "the order is not shown there yet" };
    // What was there and is shown no more was not taken back by that: a person looks there.
    if (!found) return receipt.id === null ? { did: "done", receipt } : failed("CJ does not show the order that it made");
    if (isOtherThan(receipt, found)) return failed(anotherThere);
    if (found.state === "cancelled") return { did: "done", receipt };
    if (found.state !== "unpaid") return failed("CJ has been paid for this order");
    const path = `/shopping/order/deleteOrder?orderId=${encodeURIComponent(found.id)}`;
    return attemptOf(await writer.send({ method: "DELETE", path }, z.unknown()), () => receipt);
  },
});
