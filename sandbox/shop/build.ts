import { seededInteger } from "#sandbox/seed.ts";
import type { OrderRow, Shop, ShopCustomer, ShopFacts, ShopOrder, ShopProduct, ShopRows } from "./model.ts";
import { parsePrice, roundedLine } from "./money.ts";

/** A shop out of its rows: orders sorted by time, customers being those who ordered, inventories that belong to the code. */
export function buildShop(facts: ShopFacts, rows: ShopRows): Shop {
  const orders = rows.orders.map((row) => buildOrder(facts, row));
  orders.sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
  const opened = orders[0]?.createdAt ?? 0;
  const products = rows.products.map(
    (row, index): ShopProduct => ({
      ...row,
      id: row.id ?? 7_000_001 + index,
      inventory: row.inventory ?? inventoryOf(facts.domain, row.code),
      updatedAt: row.changedAt ?? opened,
    }),
  );
  const customers = customersOf(orders);
  for (const [id, consent] of rows.consents ?? []) {
    const customer = customers.get(id);
    if (customer) customers.set(id, { ...customer, consent, updatedAt: Math.max(customer.updatedAt, consent.at) });
  }
  for (const [id, birth] of rows.births ?? []) {
    const customer = customers.get(id);
    if (customer) customers.set(id, { ...customer, birth });
  }
  for (const [id, person] of rows.persons ?? []) {
    const customer = customers.get(id);
    if (customer) customers.set(id, { ...customer, person, updatedAt: Math.max(customer.updatedAt, person.at ?? 0) });
  }
  return {
    ...facts,
    orders,
    products,
    productByCode: new Map(products.map((product) => [product.code, product])),
    customers: [...customers.values()].sort((a, b) => a.id - b.id),
    customerById: customers,
    drafts: rows.drafts ?? [],
    searches: new Map(),
  };
}

/**
 * An order with what became of it. The total is "before returns" and the current total "after returns" (shopify.dev, Order): what
 * an edit adds raises both; what it takes out of an unpaid order leaves the first as it is, and a refund of nothing behind.
 */
function buildOrder({ places }: ShopFacts, row: OrderRow): ShopOrder {
  const currency = row.currency ?? (places.findLast(({ since }) => since <= row.createdAt) ?? places[0]).currency;
  const lines = linesOf(row);
  const sum = (count: "quantity" | "current") =>
    lines.reduce((total, line) => total + roundedLine(line[count], parsePrice(line.price), currency), 0);
  const total = row.edit ? sum("quantity") : row.gross;
  const refunds =
    row.edit && sum("current") < total ? [...row.refunds, { id: editRefund + row.id, createdAt: row.edit.at, amount: 0 }] : row.refunds;
  const refunded = refunds.reduce((all, { amount }) => all + amount, 0);
  const removed = row.edit ? total - sum("current") : 0;
  const returned = row.cancelledAt === undefined ? refunded + removed : Math.max(refunded, total);
  return {
    ...row,
    currency,
    refunds,
    refunded,
    total,
    returned,
    // A refund may be of more than the order, as in the file; what is left is then nothing.
    current: Math.max(0, total - returned),
    updatedAt: Math.max(
      row.createdAt,
      row.cancelledAt ?? 0,
      row.edit?.at ?? 0,
      row.paidAt ?? 0,
      ...(row.parcels ?? []).map(({ sentAt }) => sentAt),
      ...refunds.map(({ createdAt }) => createdAt),
    ),
  };
}

/** Ids of the refunds that edits leave lie beyond all others. */
const editRefund = 70_000_000;

/** The lines of an order: how many were ordered in all, and how many of them are still wanted. */
export function linesOf(row: Pick<OrderRow, "lines" | "edit">): OrderLine[] {
  const placed = parseLines(row.lines);
  if (!row.edit) return placed.map((line, place) => ({ ...line, place, current: line.quantity }));
  const wanted = parseLines(row.edit.lines);
  const same = (a: Line, b: Line) => a.code === b.code && a.price === b.price;
  const kept = placed.map((line) => {
    const found = wanted.findIndex((each) => same(each, line));
    const [now] = found < 0 ? [] : wanted.splice(found, 1);
    return { ...line, quantity: Math.max(line.quantity, now?.quantity ?? 0), current: now?.quantity ?? 0 };
  });
  return [...kept, ...wanted.map((line) => ({ ...line, current: line.quantity }))].map((line, place) => ({ ...line, place }));
}

interface Line {
  code: string;
  quantity: number;
  price: string;
}

export interface OrderLine extends Line {
  place: number;
  current: number;
}

function parseLines(text: string): Line[] {
  return text.split(";").map((line) => {
    const [code = "", quantity = "0", price = "0"] = line.split("|");
    return { code, quantity: Number(quantity), price };
  });
}

/** One product in twenty is sold out, one in eight is low. */
function inventoryOf(domain: string, code: string): number {
  const draw = seededInteger(`${domain} stock ${code}`, 0, 999);
  if (draw < 50) return 0;
  return draw < 175 ? 1 + (draw % 5) : 6 + (draw % 400);
}

function customersOf(orders: ShopOrder[]): Map<number, ShopCustomer> {
  const customers = new Map<number, ShopCustomer>();
  for (const order of orders) {
    if (order.customerId === null) continue;
    const known = customers.get(order.customerId);
    if (known) {
      known.orders += 1;
      known.spent += order.total;
      known.updatedAt = Math.max(known.updatedAt, order.updatedAt);
    } else {
      customers.set(order.customerId, {
        id: order.customerId,
        orders: 1,
        spent: order.total,
        country: order.country,
        createdAt: order.createdAt,
        updatedAt: order.updatedAt,
      });
    }
  }
  return customers;
}
