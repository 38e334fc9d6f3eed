import { seededInteger } from "#test/sandbox/seed.ts";
import type { Shop, ShopCustomer, ShopFacts, ShopOrder, ShopProduct, ShopRows } from "./model.ts";

/** A shop out of its rows: orders sorted by time, customers being those who ordered, inventories that belong to the code. */
export function buildShop(facts: ShopFacts, rows: ShopRows): Shop {
  const orders = rows.orders.map(
    (row): ShopOrder => ({
      ...row,
      updatedAt: row.refunds.reduce((latest, { createdAt }) => Math.max(latest, createdAt), row.createdAt),
      refunded: row.refunds.reduce((sum, { amount }) => sum + amount, 0),
    }),
  );
  orders.sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
  const opened = orders[0]?.createdAt ?? 0;
  const products = rows.products.map(
    (row, index): ShopProduct => ({ ...row, id: 7_000_001 + index, inventory: inventoryOf(facts.domain, row.code), updatedAt: opened }),
  );
  const customers = customersOf(orders);
  return {
    ...facts,
    orders,
    products,
    productByCode: new Map(products.map((product) => [product.code, product])),
    customers: [...customers.values()].sort((a, b) => a.id - b.id),
    customerById: customers,
    searches: new Map(),
  };
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
      known.spent += order.gross;
      known.updatedAt = Math.max(known.updatedAt, order.updatedAt);
    } else {
      customers.set(order.customerId, {
        id: order.customerId,
        orders: 1,
        spent: order.gross,
        country: order.country,
        createdAt: order.createdAt,
        updatedAt: order.updatedAt,
      });
    }
  }
  return customers;
}
