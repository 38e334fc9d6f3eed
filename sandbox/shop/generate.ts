import { type Currency, priceInMinor } from "#sandbox/currencies.ts";
import { seededRandom } from "#sandbox/seed.ts";
import type { OrderRow, ProductRow, ShopRows } from "./model.ts";
import { decimalOf, parsePrice, roundedLine } from "./money.ts";

const dayMs = 86_400_000;
const wares = [
  "Candle",
  "Mug",
  "Lantern",
  "Cushion",
  "Tea Towel",
  "Jigsaw",
  "Bunting",
  "Doorstop",
  "Lunch Box",
  "Clock",
  "Frame",
  "Basket",
];
const finishes = ["Red", "Blue", "Ivory", "Vintage", "Retrospot", "Striped", "Wooden", "Enamel", "Small", "Large"];
const home = "United Kingdom";
const countries = [home, home, home, home, "Germany", "France", "EIRE", "Spain"];
const homes: Partial<Record<Currency, string>> = { HUF: "Hungary", JPY: "Japan", KWD: "Kuwait", USD: "USA" };

/**
 * A year of a gift shop before `endsAt` (or `days` of it), the same for the same seed, with prices in the shop's currency: a year-end season, customers who come back, a quarter of
 * the orders by guests, a refund now and then.
 */
export function generateShop(input: { seed: string; orders: number; endsAt: number; currency: Currency; days?: number }): ShopRows {
  const { currency, days = 365 } = input;
  const random = seededRandom(input.seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const products = wares.flatMap((ware, wareIndex) =>
    finishes.map(
      (finish, index): ProductRow => ({
        code: String(20_000 + wareIndex * 100 + index),
        title: `${finish} ${ware}`,
        price: priced(`${1 + Math.floor(random() * 15)}.${pick(["25", "45", "65", "95"])}`, currency),
      }),
    ),
  );
  const regulars = Math.max(5, Math.round(input.orders / 5));
  const orders: OrderRow[] = [];
  for (let index = 0; index < input.orders; index++) {
    // The square root thickens the season that the year ends with.
    const age = (1 - Math.sqrt((index + 1) / input.orders)) * days * dayMs;
    const createdAt = Math.floor((input.endsAt - age) / 1000) * 1000;
    const guest = random() < 0.07;
    // Squared: few customers make many of the orders.
    const customer = Math.floor(random() ** 2 * regulars);
    const lines: string[] = [];
    let gross = 0;
    for (let count = 1 + Math.floor(random() ** 2 * 12); count > 0; count--) {
      const product = pick(products);
      const quantity = 1 + Math.floor(random() ** 3 * 24);
      lines.push(`${product.code}|${quantity}|${product.price}`);
      gross += roundedLine(quantity, parsePrice(product.price), currency);
    }
    const id = 500_001 + index;
    const refundAt = createdAt + Math.floor(random() * 14 * dayMs);
    const refunded = !guest && random() < 0.08 && refundAt <= input.endsAt;
    orders.push({
      id,
      createdAt,
      customerId: guest ? null : 12_000 + customer,
      country: countryOf(customer, currency),
      gross,
      lines: lines.join(";"),
      refunds: refunded
        ? [{ id: 900_001 + index, createdAt: refundAt, amount: Math.max(1, Math.floor(gross * (random() < 0.3 ? 1 : random()))) }]
        : [],
    });
  }
  return { orders, products };
}

/** A price in pounds, in the shop's currency. */
function priced(pounds: string, currency: Currency): string {
  return decimalOf(priceInMinor(roundedLine(1, parsePrice(pounds)), currency), currency);
}

function countryOf(customer: number, currency: Currency): string {
  const country = countries[customer % countries.length] ?? home;
  return country === home ? (homes[currency] ?? home) : country;
}
