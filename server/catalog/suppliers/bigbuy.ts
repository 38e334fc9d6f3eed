import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { minorUnits } from "#server/catalog/money.ts";
import { ProviderError } from "#server/errors.ts";
import { type Quote, type Short, type Standing, sameOrder, type Wanted } from "./quote.ts";

/** BigBuy counts in euros, without tax. */
export const bigbuyCurrency = "EUR";

const Amount = z.union([z.number(), z.string()]).transform(String);
const minor = (amount: string): number => minorUnits(amount, bigbuyCurrency);
const Id = z.union([z.string(), z.number()]).transform(String);

/** Where others say 404, it answers 200 with nothing. */
const orNothing = <S extends z.ZodType>(schema: S) => z.union([schema, z.null()]);
const Information = orNothing(z.array(z.object({ id: Id, sku: z.string(), name: z.string().nullish() })));
const Product = orNothing(z.object({ id: Id, sku: z.string(), wholesalePrice: Amount }));
const Stock = orNothing(z.array(z.object({ sku: z.string(), stocks: z.array(z.object({ quantity: z.number() })) })));
const Shipping = z.object({ shippingOptions: z.array(z.object({ cost: Amount, shippingService: z.object({ name: z.string() }) })) });
const Checked = z.object({ totalWithoutTaxes: Amount, total: Amount });
const Order = z.object({
  id: Id,
  internalReference: Id.nullish(),
  status: z.union([z.string(), z.number(), z.object({ name: z.string() })]).nullish(),
});
const Statuses = z.array(z.object({ id: Id, name: z.string() }));
const Trackings = orNothing(
  z.array(z.object({ trackings: z.array(z.object({ trackingNumber: z.string(), carrier: z.object({ name: z.string() }).nullish() })) })),
);

const Told = z.object({ data: z.object({ skus: z.array(z.string()).optional(), orderId: Id.optional() }).optional() });

/** What BigBuy said of an order that it refused, out of `ER003: {"data":…}`: its code, and what it names. Null for what is none of its codes. */
export function problemOf(message: string): { code: string; skus: readonly string[]; orderId: string | null } | null {
  const [, code, told] = /\b(ER\d{3})(?::\s*(\{.*))?/s.exec(message) ?? [];
  if (code === undefined) return null;
  let data: z.output<typeof Told>["data"];
  try {
    data = Told.safeParse(JSON.parse(told ?? "{}")).data?.data;
  } catch (error) {
    // Cut short on its way: the code says enough.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { code, skus: data?.skus ?? [], orderId: data?.orderId ?? null };
}

/** Asks for one thing; null where BigBuy says 404. */
async function askFor<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProviderError && error.kind === "rejected" && /\b404\b/.test(error.message)) return null;
    throw error;
  }
}

async function productOf(account: Account, reference: string): Promise<{ id: string; name: string } | null> {
  const path = `/rest/catalog/productinformationbysku/${encodeURIComponent(reference)}.json`;
  const found = (await askFor(account.json({ path }, Information)))?.find(({ sku }) => sku === reference);
  return found ? { id: found.id, name: found.name || reference } : null;
}

/** What BigBuy sells under exactly this reference; null where it sells nothing under it. */
export async function findAtBigbuy(account: Account, sku: string): Promise<{ reference: string; name: string } | null> {
  const found = await productOf(account, sku);
  return found && { reference: sku, name: found.name };
}

/**
 * What an order costs at BigBuy now, without tax: each product's wholesale price and stock, and one parcel. Nobody's address is told for it:
 * a country and a postcode are enough.
 */
export async function quoteAtBigbuy(
  account: Account,
  { wanted, country, zip }: { wanted: readonly Wanted[]; country: string; zip: string },
): Promise<Quote> {
  let goods = 0;
  const unknown: string[] = [];
  const short: Short[] = [];
  for (const { reference, quantity } of wanted) {
    const known = await productOf(account, reference);
    const product = known && (await askFor(account.json({ path: `/rest/catalog/product/${known.id}.json` }, Product)));
    const stock = known && (await askFor(account.json({ path: `/rest/catalog/productstockbyhandlingdays/${known.id}.json` }, Stock)));
    const own = stock?.find(({ sku }) => sku === reference);
    // One of a product's variations has a price of its own, which is not told here: it is not guessed at.
    if (!product || product.sku !== reference || !own) {
      unknown.push(reference);
      continue;
    }
    goods += minor(product.wholesalePrice) * quantity;
    const there = own.stocks.reduce((sum, each) => sum + each.quantity, 0);
    if (there < quantity) short.push({ reference, quantity, there });
  }
  if (unknown.length > 0) return { fault: "unknown_product", references: unknown };
  if (short.length > 0) return { fault: "short", short };
  const [way] = await waysTo(account, { wanted, country, zip });
  if (!way) return { fault: "no_carrier" };
  const inEuros = (amount: number) => ({ minor: amount, currency: bigbuyCurrency });
  return { goods: inEuros(goods), freight: inEuros(way.freight), total: inEuros(goods + way.freight), carrier: way.carrier };
}

async function waysTo(account: Account, { wanted, country, zip }: { wanted: readonly Wanted[]; country: string; zip: string }) {
  const body = { order: { delivery: { isoCountry: country, postcode: zip }, products: wanted } };
  try {
    const { shippingOptions } = await account.json({ method: "POST", reads: true, path: "/rest/shipping/orders.json", body }, Shipping);
    return shippingOptions
      .map(({ cost, shippingService }) => ({ carrier: shippingService.name.toLowerCase(), freight: minor(cost) }))
      .sort((a, b) => a.freight - b.freight);
  } catch (error) {
    if (error instanceof ProviderError && problemOf(error.message)?.code === "ER010") return [];
    throw error;
  }
}

/** What an order would take from the purse, in cents, with and without tax; nothing is ordered. Throws what BigBuy refuses of it. */
export async function checkAtBigbuy(account: Account, body: unknown): Promise<{ total: number; withoutTax: number }> {
  const checked = await account.json({ method: "POST", reads: true, path: "/rest/order/check.json", body }, Checked);
  return { total: minor(checked.total), withoutTax: minor(checked.totalWithoutTaxes) };
}

/** Of BigBuy's own words for where an order is, which it lists and may change, those that say it. What says nothing of these was paid as it was ordered. */
const meanings: readonly (readonly [RegExp, Standing["state"]])[] = [
  [/cancel|refund/i, "cancelled"],
  [/deliver/i, "delivered"],
  [/ship|sent|transit/i, "shipped"],
  [/pending|awaiting|waiting/i, "unpaid"],
];

/** How an order stands at BigBuy, by our number of it; null where BigBuy knows none. */
export async function standingAtBigbuy(account: Account, number: string): Promise<Standing | null> {
  const order = await askFor(account.json({ path: `/rest/order/reference/${encodeURIComponent(number)}.json` }, orNothing(Order)));
  if (!order) return null;
  sameOrder(account.provider, number, order.internalReference);
  const word = await wordOf(account, order.status ?? "");
  const tracked = await askFor(account.json({ path: `/rest/tracking/order/${order.id}.json` }, Trackings));
  const parcels = (tracked ?? []).flatMap(({ trackings }) => trackings).filter(({ trackingNumber }) => trackingNumber !== "");
  return {
    id: order.id,
    state: meanings.find(([says]) => says.test(word))?.[1] ?? "paid",
    word,
    total: null,
    numbers: [...new Set(parcels.map(({ trackingNumber }) => trackingNumber))],
    carrier: parcels[0]?.carrier?.name ?? null,
  };
}

/** A status by its name: some replies carry its number alone, which only the list explains. */
async function wordOf(account: Account, status: NonNullable<z.output<typeof Order>["status"]>): Promise<string> {
  if (typeof status === "object") return status.name;
  if (!/^\d+$/.test(String(status))) return String(status);
  const all = await account.json({ path: "/rest/order/orderstatuses.json" }, Statuses);
  return all.find(({ id }) => id === String(status))?.name ?? String(status);
}
