import * as z from "zod";
import type { Receipt } from "#db/words/actions.ts";
import type { Account } from "#server/catalog/account.ts";
import type { Standing } from "#server/catalog/suppliers/quote.ts";
import { readRecipient, type ShopRecipient } from "#server/catalog/suppliers/shop-order.ts";
import { ProviderError } from "#server/errors.ts";
import type { Doing, Verdict } from "./action.ts";
import { amountText, ShopId } from "./payload.ts";
import { Carrier, Country, failed, missingFrom, Ordered, Quantity, shopOf, stillWanted, supplyLabels } from "./supply-words.ts";

/** Lines of the shop's, each with what it is at the supplier. */
const productsOf = <P extends z.core.$ZodLooseShape>(product: P) =>
  z
    .array(z.strictObject({ line: ShopId, ordered: Quantity, quantity: Quantity, ...product }))
    .min(1)
    .max(50);

/** What an order at any supplier is approved as: the shop's order, our number of it, how and where it goes, what it costs at most. */
export const supplierOrder = <P extends z.core.$ZodLooseShape>(product: P) => ({
  ...{ ...Ordered, carrier: Carrier, country: Country },
  products: productsOf(product),
});

interface Payload {
  orderId: string;
  number: string;
  total: { minor: number; currency: string };
  carrier: string;
  country: string;
  products: readonly { line: string; ordered: number; quantity: number }[];
}

/** What is said of one beside its sentence. `from`: where it is sent from, where that is said. */
export const orderFields = (
  { orderId, number, total, carrier, country }: Payload,
  { items, from }: { items: readonly { reference: string; quantity: number }[]; from?: string },
) => [
  { label: supplyLabels.order, value: orderId },
  ...items.map(({ reference, quantity }) => ({ label: supplyLabels.item, value: `${quantity} × ${reference}` })),
  { label: supplyLabels.total, value: amountText(total) },
  { label: supplyLabels.carrier, value: carrier },
  ...(from === undefined ? [] : [{ label: supplyLabels.from, value: from }]),
  { label: supplyLabels.country, value: country },
  { label: supplyLabels.number, value: number },
];

/** Whether the shop still wants it ordered, and sent to the country that its price is of. What of an address is missing, ordering says. */
export async function stillToOrder(doing: Doing, { orderId, country, products }: Payload): Promise<Verdict> {
  const lines = products.map(({ line, ordered: quantity }) => ({ line, quantity }));
  const wanted = await stillWanted(doing, orderId, lines);
  const shop = shopOf(doing);
  if (!wanted.valid || !shop) return wanted;
  const to = await readRecipient(shop, orderId);
  return "missing" in to || to.countryCode === country ? wanted : { valid: false, why: "country_changed" };
}

/** To whom it goes, read as it is ordered; or why it is not ordered. Not to be stored, logged or shown. */
export async function recipientOf(doing: Doing, { orderId, country }: Payload): Promise<ShopRecipient | ReturnType<typeof failed>> {
  const shop = shopOf(doing);
  if (!shop) return failed("the shop is not connected");
  const to = await readRecipient(shop, orderId);
  if ("missing" in to) return missingFrom(to.missing);
  return to.countryCode === country ? to : failed("the order goes to another country by now");
}

/** What asks a supplier for an order by our number of it. */
type StandingAt = (account: Account, number: string) => Promise<Standing | null>;

/** After a lost reply: whether it is there by its number. */
export const foundBy =
  (standingAt: StandingAt) =>
  async ({ account }: Doing, { number }: Payload) => {
    const found = await standingAt(account, number);
    return found ? { id: found.id } : ("absent" as const);
  };

/** Whether a supplier shows another order under our number than the one that it told us of as it was made. */
export const isOtherThan = ({ id }: Receipt, found: Standing): boolean => id !== null && id !== found.id;
export const anotherThere = "another order is shown under our number";

/** Whether reads may still not show what was written just before: that an order is not there says nothing then. */
export const mayBeHidden = ({ shownAt, now }: Doing): boolean => shownAt !== undefined && now < shownAt;

/** To be asked again a little later. */
export const notShownYet = ({ account: { provider } }: Doing): ProviderError =>
  new ProviderError(provider, "unavailable", "the order is not shown there yet");
