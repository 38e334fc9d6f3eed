import { instantOf, wallClock, weeksUntil } from "./clock.ts";
import { readSales, type SaleLine } from "./csv.ts";
import type { OrderRow, ProductRow, ShopRows } from "./model.ts";
import { parsePrice, roundedLine } from "./money.ts";

interface Invoice {
  id: number;
  wall: number;
  customerId: number | null;
  country: string;
  amount: number;
  lines: string[];
}

/**
 * The shop of a file, by the mapping of the issue: an order is an invoice of digits only with its lines of positive quantity and
 * price; a C invoice is a refund on its customer's latest order not later than it, or nothing. The clock moves by whole weeks of
 * local time, so that the last order is as late as it can be without lying beyond `now`.
 */
export async function mapShop(path: string, input: { now: number; timezone: string }): Promise<ShopRows> {
  const orders = new Map<string, Invoice>();
  const cancellations = new Map<string, Invoice>();
  const products = new Map<string, ProductRow>();
  for await (const sale of readSales(path)) {
    rememberProduct(products, sale);
    if (/^\d+$/.test(sale.invoice)) {
      if (sale.quantity > 0 && isPositive(sale.price)) addLine(orders, sale, sale.quantity);
    } else if (/^C\d+$/.test(sale.invoice) && isPositive(sale.price)) {
      addLine(cancellations, sale, Math.abs(sale.quantity));
    }
  }
  const sorted = [...orders.values()].sort((a, b) => a.wall - b.wall || a.id - b.id);
  const last = sorted.at(-1);
  if (!last) throw new Error(`${path}: no order in it`);
  const shift = weeksUntil(last.wall, input.timezone, input.now);
  const moved = (wall: number) => instantOf(wall + shift, input.timezone);

  const rows = sorted.map(
    (order): OrderRow => ({
      id: order.id,
      createdAt: moved(order.wall),
      customerId: order.customerId,
      country: order.country,
      gross: order.amount,
      lines: order.lines.join(";"),
      refunds: [],
    }),
  );
  const byCustomer = new Map<number, { wall: number; row: OrderRow }[]>();
  sorted.forEach(({ wall, customerId }, index) => {
    const row = rows[index];
    if (row && customerId !== null) byCustomer.set(customerId, [...(byCustomer.get(customerId) ?? []), { wall, row }]);
  });
  for (const { id, wall, customerId, amount } of cancellations.values()) {
    const target = customerId === null ? undefined : byCustomer.get(customerId)?.findLast((order) => order.wall <= wall);
    target?.row.refunds.push({ id, createdAt: moved(wall), amount });
  }
  return { orders: rows, products: [...products.values()] };
}

function isPositive(price: string): boolean {
  return !price.startsWith("-") && /[1-9]/.test(price);
}

function addLine(invoices: Map<string, Invoice>, sale: SaleLine, quantity: number): void {
  let invoice = invoices.get(sale.invoice);
  if (!invoice) {
    invoice = {
      id: Number(sale.invoice.replace(/^C/, "")),
      wall: wallClock(sale.at),
      customerId: sale.customer === "" ? null : Number(sale.customer),
      country: sale.country,
      amount: 0,
      lines: [],
    };
    invoices.set(sale.invoice, invoice);
  }
  invoice.amount += roundedLine(quantity, parsePrice(sale.price));
  invoice.lines.push(`${sale.code.replace(/[|;]/g, "-")}|${quantity}|${sale.price}`);
}

/** One product per stock code: its first real title and first positive price. */
function rememberProduct(products: Map<string, ProductRow>, { code, title, price }: SaleLine): void {
  const known = products.get(code);
  if (known && known.title !== code && known.price !== "0.00") return;
  const named = title !== "" && /[A-Z]{3}/.test(title) ? title : code;
  const priced = isPositive(price) ? twoPlaces(price) : "0.00";
  products.set(code, {
    code,
    title: known && known.title !== code ? known.title : named,
    price: known && known.price !== "0.00" ? known.price : priced,
  });
}

function twoPlaces(price: string): string {
  const minor = roundedLine(1, parsePrice(price));
  return `${Math.trunc(minor / 100)}.${String(minor % 100).padStart(2, "0")}`;
}
