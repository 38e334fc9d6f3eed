import * as z from "zod";
import { cjCurrency, standingAtCj } from "#server/catalog/suppliers/cj.ts";
import { type Standing, settledAfterMs } from "#server/catalog/suppliers/quote.ts";
import type { Writer } from "#server/catalog/writer.ts";
import { type Attempt, attemptOf, type Doing, defineAction } from "./action.ts";
import { amountText, ShopId } from "./payload.ts";
import { anotherThere, isOtherThan, mayBeHidden, notShownYet } from "./supplier-order.ts";
import { failed, Ordered, Quantity, shopRead, stillWanted, supplyLabels } from "./supply-words.ts";

const Payload = z
  .strictObject({
    ...Ordered,
    lines: z
      .array(z.strictObject({ line: ShopId, quantity: Quantity }))
      .min(1)
      .max(50),
  })
  .refine(({ total }) => total.currency === cjCurrency, "CJ counts in dollars");
type Payload = z.output<typeof Payload>;

const Confirmed = z.object({ data: z.object({ shipmentsId: z.union([z.string(), z.number()]).transform(String) }) });
const Opened = z.object({ data: z.object({ payId: z.union([z.string(), z.number()]).transform(String) }) });

/**
 * Puts an order through to CJ's till and pays it from the balance. All but the last call spend nothing, so that after a lost reply they are
 * made again from where the order stands.
 */
async function pay(writer: Writer, { id, word }: Standing): Promise<Attempt> {
  const post = <S extends z.ZodType>(path: string, body: object, schema: S) => writer.send({ method: "POST", path, body }, schema);
  const list = { cjOrderIdList: [id] };
  if (word === "CREATED") {
    const added = await post("/shopping/order/addCart", list, z.unknown());
    if (added.outcome !== "done") return attemptOf(added, () => ({ id }));
  }
  const confirmed = await post("/shopping/order/addCartConfirm", list, Confirmed);
  if (confirmed.outcome !== "done") return attemptOf(confirmed, () => ({ id }));
  const shipmentOrderId = confirmed.body?.data.shipmentsId;
  if (shipmentOrderId === undefined) return failed("CJ did not say under which number the order is to be paid");
  const opened = await post("/shopping/order/saveGenerateParentOrder", { shipmentOrderId }, Opened);
  if (opened.outcome !== "done") return attemptOf(opened, () => ({ id }));
  const payId = opened.body?.data.payId;
  if (payId === undefined) return failed("CJ did not open a payment");
  return attemptOf(await post("/shopping/pay/payBalanceV2", { shipmentOrderId, payId }, z.unknown()), () => ({ id }));
}

const isPaid = ({ state }: Standing): boolean => state !== "unpaid" && state !== "cancelled";
/** Whether what CJ shows under our number is another order than the one that it made. */
const isAnother = ({ before: [made] }: Doing, found: Standing): boolean => made !== undefined && isOtherThan(made, found);

/**
 * Pays an order at CJ Dropshipping from the balance there: four calls, of which the last one spends.
 *
 * Done once: CJ takes no key for it. Where the order stands is asked before anything is sent and after every try whose end nobody knows: one
 * that is paid is not paid again, and one that costs more than was approved is not paid at all (../shared/writes-and-voice.md, CJ / orders). Nor is
 * one whose making nobody saw confirmed: whether CJ keeps it back is said in that reply alone. What CJ made and shows no more, or shows as another
 * order, is not paid either, and a person looks there.
 */
export const cjPayment = defineAction<Payload>({
  id: "cj-payment",
  title: { en: "Pay an order at CJ Dropshipping", fr: "Payer une commande chez CJ Dropshipping", he: "תשלום הזמנה ב-CJ Dropshipping" },
  need: { provider: "cj", scopes: [] },
  reads: [shopRead],
  payload: Payload,
  touches: "money",
  describe: ({ orderId, number, total }) => ({
    sentence: {
      en: `Pay for order ${orderId} from your CJ Dropshipping balance: ${amountText(total)} at most.`,
      fr: `Payer la commande ${orderId} avec votre solde CJ Dropshipping : ${amountText(total)} au maximum.`,
      he: `תשלום על הזמנה ${orderId} מהיתרה ב-CJ Dropshipping: לכל היותר ${amountText(total)}.`,
    },
    fields: [
      { label: supplyLabels.order, value: orderId },
      { label: supplyLabels.total, value: amountText(total) },
      { label: supplyLabels.number, value: number },
    ],
  }),
  stakeOf: ({ total }) => total,
  async stillValid(doing, { orderId, number, lines, total }) {
    const verdict = await stillWanted(doing, orderId, lines);
    if (!verdict.valid) return verdict;
    const found = await standingAtCj(doing.account, number);
    if (!found && mayBeHidden(doing)) throw notShownYet(doing);
    const [made] = doing.before;
    if (!found) return { valid: false, why: made && made.id !== null ? "unconfirmed" : "gone" };
    if (isAnother(doing, found)) return { valid: false, why: "unconfirmed" };
    if (found.state === "cancelled") return { valid: false, why: "gone" };
    if (isPaid(found)) return { valid: true };
    if (made && made.id !== null && !made.made) return { valid: false, why: "unconfirmed" };
    if (found.total === null || found.total.minor <= total.minor) return { valid: true };
    return { valid: false, why: "price_changed", said: amountText({ ...total, minor: found.total.minor }) };
  },
  async execute(doing, { number, total }) {
    const { account, writer } = doing;
    const found = await standingAtCj(account, number);
    if (!found && mayBeHidden(doing)) return { did: "limited", retryAfterS: undefined };
    if (!found) return failed("CJ has no such order");
    if (isAnother(doing, found)) return failed(anotherThere);
    if (isPaid(found)) return { did: "done", receipt: { id: found.id } };
    if (found.state === "cancelled") return failed("CJ has this order as cancelled");
    if (found.total === null) return failed("CJ did not say what the order costs");
    if (found.total.minor > total.minor) return failed(`CJ wants ${amountText({ ...total, minor: found.total.minor })} for it`);
    return pay(writer, found);
  },
  idempotency: "lookup",
  settledAfterMs,
  async lookup(doing, { number }) {
    const found = await standingAtCj(doing.account, number);
    if (!found || isAnother(doing, found)) return "unknown";
    return isPaid(found) ? { id: found.id } : "absent";
  },
});
