import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { minorUnits } from "#server/catalog/money.ts";
import { ProviderError } from "#server/errors.ts";
import { type Quote, type Short, type Standing, sameOrder, type Wanted } from "./quote.ts";

/** CJ counts in dollars alone. */
export const cjCurrency = "USD";

/** A number, or the same as text. */
const Amount = z.union([z.number(), z.string()]).transform(String);
const minor = (amount: string): number => minorUnits(amount, cjCurrency);

const Variant = z.object({
  vid: z.string(),
  variantSku: z.string().nullish(),
  variantNameEn: z.string().nullish(),
  variantSellPrice: Amount,
});
const Found = z.object({ data: z.object({ productNameEn: z.string().nullish(), variants: z.array(Variant).nullish() }).nullable() });
const One = z.object({ data: Variant.nullable() });
const Stock = z.object({
  data: z
    .array(z.object({ countryCode: z.string().nullish(), cjInventoryNum: z.number().nullish(), storageNum: z.number().nullish() }))
    .nullable(),
});
const Freight = z.object({
  data: z.array(z.object({ logisticName: z.string(), logisticPrice: Amount, totalPostageFee: Amount.nullish() })).nullable(),
});
const Detail = z.object({
  data: z
    .object({
      orderId: z.union([z.string(), z.number()]).transform(String),
      orderNum: z.union([z.string(), z.number()]).transform(String).nullish(),
      orderStatus: z.string(),
      trackNumber: z.string().nullish(),
      logisticName: z.string().nullish(),
      orderAmount: Amount.nullish(),
    })
    .nullable(),
});

/**
 * Asks CJ for one thing; null where it says that there is none. Codes: ../shared/writes-and-voice.md, CJ / envelope, limits, errors; 1600300,
 * a parameter error, is what it says of an order that it does not know too.
 */
async function askFor<T>(asked: Promise<T>, none: RegExp): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProviderError && error.kind === "rejected" && none.test(error.message)) return null;
    throw error;
  }
}
const noProduct = /\b160200[0123]\b/;
const noOrder = /\b(1603100|1600300)\b/;
const noCarrier = /\b160500[0-2]\b/;
const param = encodeURIComponent;

/** What CJ sells under exactly this SKU; null where it sells nothing under it. (3rd: `/product/query?variantSku=`.) */
export async function findAtCj(account: Account, sku: string): Promise<{ reference: string; name: string } | null> {
  const found = await askFor(account.json({ path: `/product/query?variantSku=${param(sku)}` }, Found), noProduct);
  const variant = found?.data?.variants?.find(({ variantSku }) => variantSku === sku);
  return variant ? { reference: variant.vid, name: variant.variantNameEn || found?.data?.productNameEn || sku } : null;
}

/** What a vid is called at CJ; null where it is none. */
export async function nameAtCj(account: Account, vid: string): Promise<string | null> {
  const found = await askFor(account.json({ path: `/product/variant/queryByVid?vid=${param(vid)}` }, One), noProduct);
  return found?.data ? found.data.variantNameEn || found.data.variantSku || vid : null;
}

/**
 * What an order costs at CJ now: each variant's price and stock, and one parcel. Stock is what lies on CJ's own shelf in the country that it
 * is sent from (`cjInventoryNum`); what only its factory has cannot be promised.
 */
export async function quoteAtCj(
  account: Account,
  { wanted, from, country, zip }: { wanted: readonly Wanted[]; from: string; country: string; zip: string },
): Promise<Quote> {
  let goods = 0;
  const unknown: string[] = [];
  const short: Short[] = [];
  for (const { reference, quantity } of wanted) {
    const found = await askFor(account.json({ path: `/product/variant/queryByVid?vid=${param(reference)}` }, One), noProduct);
    const stock =
      found?.data && (await askFor(account.json({ path: `/product/stock/queryByVid?vid=${param(reference)}` }, Stock), noProduct));
    if (!found?.data || !stock) {
      unknown.push(reference);
      continue;
    }
    goods += minor(found.data.variantSellPrice) * quantity;
    const there = (stock.data ?? [])
      .filter(({ countryCode }) => countryCode === from)
      .reduce((sum, { cjInventoryNum, storageNum }) => sum + (cjInventoryNum ?? storageNum ?? 0), 0);
    if (there < quantity) short.push({ reference, quantity, there });
  }
  if (unknown.length > 0) return { fault: "unknown_product", references: unknown };
  if (short.length > 0) return { fault: "short", short };
  const products = wanted.map(({ reference: vid, quantity }) => ({ vid, quantity }));
  const body = { startCountryCode: from, endCountryCode: country, zip, products };
  const offered = await askFor(account.json({ method: "POST", reads: true, path: "/logistic/freightCalculate", body }, Freight), noCarrier);
  const ways = (offered?.data ?? []).map(({ logisticName, logisticPrice, totalPostageFee }) => ({
    carrier: logisticName,
    freight: minor(totalPostageFee ?? logisticPrice),
  }));
  const [way] = ways.sort((a, b) => a.freight - b.freight);
  if (!way) return { fault: "no_carrier" };
  const inDollars = (amount: number) => ({ minor: amount, currency: cjCurrency });
  return { goods: inDollars(goods), freight: inDollars(way.freight), total: inDollars(goods + way.freight), carrier: way.carrier };
}

const states: Readonly<Record<string, Standing["state"]>> = {
  CREATED: "unpaid",
  IN_CART: "unpaid",
  UNPAID: "unpaid",
  UNSHIPPED: "paid",
  SHIPPED: "shipped",
  DELIVERED: "delivered",
  CANCELLED: "cancelled",
};

/**
 * How an order stands at CJ, by our number of it; null where CJ knows none. A status that is on no list (OTHER, or one that CJ adds) counts as paid:
 * it is neither ordered nor paid again.
 */
export async function standingAtCj(account: Account, number: string): Promise<Standing | null> {
  const found = await askFor(account.json({ path: `/shopping/order/getOrderDetail?orderId=${param(number)}` }, Detail), noOrder);
  if (!found?.data) return null;
  const { orderId, orderNum, orderStatus, trackNumber, logisticName, orderAmount } = found.data;
  sameOrder(account.provider, number, orderNum);
  return {
    id: orderId,
    state: states[orderStatus] ?? "paid",
    word: orderStatus,
    total: orderAmount === null || orderAmount === undefined ? null : { minor: minor(orderAmount), currency: cjCurrency },
    numbers: (trackNumber ?? "").split(/[\s,;]+/).filter(Boolean),
    carrier: logisticName ?? null,
  };
}
