import type { Currency } from "#sandbox/currencies.ts";
import type { Shop, ShopOrder } from "./model.ts";

/** What a shop's sales in one currency add up to, in minor units; orders that were only tried are none. */
export interface CurrencyFigures {
  orders: number;
  /** Distinct customers with an order that stands. */
  customers: number;
  guest_orders: number;
  cancelled: number;
  edited: number;
  /** The totals before returns. */
  gross_minor: number;
  /** What was taken back of them: refunds, cancellations, and lines that an edit took out. */
  returned_minor: number;
  /** What is left. */
  net_minor: number;
}

/** Told from the shop's own rows, by what Shopify means by its totals. */
export function figuresByCurrency(shop: Shop): Partial<Record<Currency, CurrencyFigures>> {
  const real = shop.orders.filter(({ test }) => !test);
  const currencies = [...new Set(real.map(({ currency }) => currency))];
  return Object.fromEntries(currencies.map((currency) => [currency, addUp(real.filter((order) => order.currency === currency))]));
}

function addUp(orders: ShopOrder[]): CurrencyFigures {
  const standing = orders.filter(({ cancelledAt }) => cancelledAt === undefined);
  const sum = (value: (order: ShopOrder) => number) => orders.reduce((total, order) => total + value(order), 0);
  const [gross, returned] = [sum(({ total }) => total), sum(({ returned: back }) => back)];
  return {
    orders: orders.length,
    customers: new Set(standing.flatMap(({ customerId }) => customerId ?? [])).size,
    guest_orders: orders.filter(({ customerId }) => customerId === null).length,
    cancelled: orders.length - standing.length,
    edited: orders.filter(({ edit }) => edit).length,
    gross_minor: gross,
    returned_minor: returned,
    net_minor: gross - returned,
  };
}
