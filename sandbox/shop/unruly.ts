import type { Currency } from "#sandbox/currencies.ts";
import { huShop, jpShop, kwShop, usShop } from "#sandbox/places.ts";
import type { OrderRow, ProductRow, ShopRows } from "./model.ts";
import { parsePrice, roundedLine } from "./money.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Shops in whose history happens what happens in shops; all others sell and refund, and nothing else. */
export const isUnruly = (domain: string): boolean => [huShop, jpShop, kwShop, usShop].includes(domain);

/**
 * A history in which orders are edited to less and to more, cancelled with and without a refund, tried out, and stamped two days
 * ahead. One in so many, the same ones each time.
 */
export function unsettle({ orders, products }: ShopRows, { currency, endsAt }: { currency: Currency; endsAt: number }): ShopRows {
  const happened = orders.map((order, index): OrderRow => {
    const later = Math.min(order.createdAt + ((index % 20) + 1) * hourMs, endsAt);
    // Whoever was refunded in part keeps the order as it is: each order shows one thing.
    if (order.refunds.length > 0) return order;
    if (index % 23 === 5) return cancelled(order, later, index % 2 === 0);
    if (index % 17 === 3) return edited(order, later, order.lines.split(";").slice(0, -1));
    if (index % 29 === 7) return edited(order, later, [...order.lines.split(";"), oneOf(products[index % products.length])]);
    if (index % 61 === 11) return { ...order, test: true };
    return order;
  });
  return { products, orders: [...happened, ...ahead(products, { currency, endsAt, after: orders.length })] };
}

const oneOf = (product: ProductRow | undefined) => (product ? `${product.code}|1|${product.price}` : "");

function cancelled(order: OrderRow, at: number, paid: boolean): OrderRow {
  const refunds = paid ? [{ id: 950_000 + order.id, createdAt: at, amount: order.gross }] : [];
  return { ...order, cancelledAt: at, refunds };
}

function edited(order: OrderRow, at: number, lines: string[]): OrderRow {
  const left = lines.filter((line) => line !== "");
  return left.length === 0 ? order : { ...order, edit: { at, lines: left.join(";") } };
}

/** Two orders of the last day that say they are of the day after tomorrow. */
function ahead(products: ProductRow[], { currency, endsAt, after }: { currency: Currency; endsAt: number; after: number }): OrderRow[] {
  const [product] = products;
  if (!product) return [];
  return [1, 2].map((place) => ({
    id: 500_000 + after + place,
    createdAt: endsAt + 2 * dayMs + place * hourMs,
    customerId: null,
    country: "United Kingdom",
    gross: roundedLine(place, parsePrice(product.price), currency),
    lines: `${product.code}|${place}|${product.price}`,
    refunds: [],
  }));
}
