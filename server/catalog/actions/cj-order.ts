import * as z from "zod";
import { cjCurrency, standingAtCj } from "#server/catalog/suppliers/cj.ts";
import { readRecipient } from "#server/catalog/suppliers/shop-order.ts";
import { type Attempt, attemptOf, type Doing, defineAction } from "./action.ts";
import { amountText, ShopId } from "./payload.ts";
import {
  Carrier,
  Country,
  failed,
  itemFields,
  missingFrom,
  Ordered,
  Quantity,
  Reference,
  shopOf,
  shopRead,
  stillWanted,
  supplyLabels,
} from "./supply-words.ts";

const Payload = z
  .strictObject({
    ...Ordered,
    carrier: Carrier,
    from: Country,
    country: Country,
    products: z
      .array(z.strictObject({ line: ShopId, ordered: Quantity, vid: Reference, quantity: Quantity }))
      .min(1)
      .max(50),
  })
  .refine(({ total }) => total.currency === cjCurrency, "CJ counts in dollars");
type Payload = z.output<typeof Payload>;

const Created = z.object({
  data: z.object({
    orderId: z.union([z.string(), z.number()]).transform(String),
    interceptOrderReasons: z
      .array(z.object({ code: z.union([z.string(), z.number()]).nullish(), message: z.string().nullish() }))
      .nullish(),
  }),
});
const Refused = z.object({ code: z.coerce.number() });
/** An order of this number is there already. */
const exists = 1603003;

/** What CJ wants of an order, to whoever the shop sends it. It is made unpaid (`payType` 3): 2 would spend the balance in the same call. */
async function bodyOf(doing: Doing, { orderId, number, carrier, from, products }: Payload) {
  const shop = shopOf(doing);
  if (!shop) return failed("the shop is not connected");
  const to = await readRecipient(shop, orderId);
  if ("missing" in to) return missingFrom(to.missing);
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
 * back (`interceptOrderReasons`) was made all the same: it fails here, so that it is not paid. Taken back by deleting it, as long as it is unpaid.
 */
export const cjOrder = defineAction<Payload>({
  id: "cj-order",
  title: { en: "Order at CJ Dropshipping", fr: "Commander chez CJ Dropshipping", he: "הזמנה ב-CJ Dropshipping" },
  need: { provider: "cj", scopes: [] },
  reads: [shopRead],
  payload: Payload,
  touches: "money",
  describe: ({ orderId, number, carrier, from, country, products, total }) => ({
    sentence: {
      en: `Place order ${orderId} at CJ Dropshipping without paying it, for ${amountText(total)} with shipping.`,
      fr: `Passer la commande ${orderId} chez CJ Dropshipping sans la payer, pour ${amountText(total)} livraison comprise.`,
      he: `העברת הזמנה ${orderId} ל-CJ Dropshipping בלי לשלם עליה, בסך ${amountText(total)} כולל משלוח.`,
    },
    fields: [
      { label: supplyLabels.order, value: orderId },
      ...itemFields(products.map(({ vid: reference, quantity }) => ({ reference, quantity }))),
      { label: supplyLabels.total, value: amountText(total) },
      { label: supplyLabels.carrier, value: carrier },
      { label: supplyLabels.from, value: from },
      { label: supplyLabels.country, value: country },
      { label: supplyLabels.number, value: number },
    ],
  }),
  stakeOf: ({ total }) => total,
  stillValid: (doing, { orderId, products }) =>
    stillWanted(
      doing,
      orderId,
      products.map(({ line, ordered: quantity }) => ({ line, quantity })),
    ),
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
      const reasons = kept.map(({ code, message }) => [code, message].filter(Boolean).join(" ")).join("; ");
      return failed(`CJ made the order, unpaid, and keeps it back: ${reasons}`);
    }
    return attemptOf(outcome, (created) => ({ id: created?.data.orderId ?? null }));
  },
  idempotency: "lookup",
  // No figure is published.
  settledAfterMs: 120_000,
  async lookup({ account }, { number }) {
    const found = await standingAtCj(account, number);
    return found ? { id: found.id } : "absent";
  },
  async undo({ account, writer }, { number }, receipt) {
    const found = await standingAtCj(account, number);
    if (!found || found.state === "cancelled") return { did: "done", receipt };
    if (found.state !== "unpaid") return failed("CJ has been paid for this order");
    const path = `/shopping/order/deleteOrder?orderId=${encodeURIComponent(found.id)}`;
    return attemptOf(await writer.send({ method: "DELETE", path }, z.unknown()), () => receipt);
  },
});
