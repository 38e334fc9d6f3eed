import { readSales } from "./csv.ts";

/** What a shop's whole history adds up to. Money is minor units. */
export interface ShopFigures {
  orders: number;
  /** Distinct customers with an order. */
  customers: number;
  guest_orders: number;
  gross_minor: number;
  refunds_minor: number;
  currency: string;
}

/** Computed straight from the file and apart from the mapping that the sandbox serves, so that the one can be checked against the other. */
export async function shopFigures(csvPath: string): Promise<ShopFigures> {
  const orders = new Map<string, { customer: string; at: string; pence: number }>();
  const refunds = new Map<string, { customer: string; at: string; pence: number }>();
  for await (const { invoice, quantity, price, customer, at } of readSales(csvPath)) {
    const thousandths = Math.round(Number(price) * 1000);
    if (thousandths <= 0) continue;
    const refund = invoice.startsWith("C");
    if (!refund && (quantity <= 0 || !/^\d+$/.test(invoice))) continue;
    const book = refund ? refunds : orders;
    const entry = book.get(invoice) ?? { customer, at, pence: 0 };
    entry.pence += Math.floor((Math.abs(quantity) * thousandths + 5) / 10);
    book.set(invoice, entry);
  }
  const firstOrderAt = new Map<string, string>();
  for (const { customer, at } of orders.values()) {
    const first = firstOrderAt.get(customer);
    if (customer !== "" && (first === undefined || at < first)) firstOrderAt.set(customer, at);
  }
  // A refund counts when its customer had an order by then, whichever order it falls on.
  const counted = [...refunds.values()].filter(({ customer, at }) => (firstOrderAt.get(customer) ?? "9") <= at);
  const sum = (entries: Iterable<{ pence: number }>) => [...entries].reduce((total, { pence }) => total + pence, 0);
  return {
    orders: orders.size,
    customers: firstOrderAt.size,
    guest_orders: [...orders.values()].filter(({ customer }) => customer === "").length,
    gross_minor: sum(orders.values()),
    refunds_minor: sum(counted),
    currency: "GBP",
  };
}
