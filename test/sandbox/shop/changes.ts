import { z } from "zod";
import type { OrderRow, Shop, ShopRows } from "./model.ts";
import { parsePrice, roundedLine } from "./money.ts";

/** What happens in a shop while a test or the demo looks on: new orders, refunds of known ones. `at` is now without it. */
export const ShopChange = z.object({
  orders: z
    .array(
      z.object({
        customerId: z.number().int().positive().nullable().default(null),
        lines: z.array(z.object({ code: z.string(), quantity: z.number().int().positive() })).min(1),
        at: z.iso.datetime().optional(),
      }),
    )
    .default([]),
  refunds: z
    .array(z.object({ orderId: z.number().int(), amount: z.number().int().positive(), at: z.iso.datetime().optional() }))
    .default([]),
});
export type ShopChange = z.infer<typeof ShopChange>;

/** A change with its ids, as it is kept and applied again after a restart. */
export interface AppliedChange {
  orders: OrderRow[];
  refunds: { orderId: number; id: number; createdAt: number; amount: number }[];
}

/** Numbers a change; throws when it names a product or an order that the shop does not have. */
export function numberChange(shop: Shop, { orders, refunds }: ShopChange, now: number): AppliedChange {
  const instant = (at: string | undefined) => (at === undefined ? Math.floor(now / 1000) * 1000 : Date.parse(at));
  let nextOrder = shop.orders.reduce((highest, { id }) => Math.max(highest, id), 0) + 1;
  let nextRefund = 2_000_001 + shop.orders.reduce((sum, order) => sum + order.refunds.length, 0);
  return {
    orders: orders.map(({ customerId, lines, at }) => {
      const priced = lines.map(({ code, quantity }) => {
        const price = shop.productByCode.get(code)?.price;
        if (price === undefined) throw new Error(`${shop.domain} has no product ${code}`);
        return { code, quantity, price };
      });
      return {
        id: nextOrder++,
        createdAt: instant(at),
        customerId,
        country: "United Kingdom",
        gross: priced.reduce((sum, { quantity, price }) => sum + roundedLine(quantity, parsePrice(price)), 0),
        lines: priced.map(({ code, quantity, price }) => `${code}|${quantity}|${price}`).join(";"),
        refunds: [],
      };
    }),
    refunds: refunds.map(({ orderId, amount, at }) => {
      if (!shop.orders.some(({ id }) => id === orderId)) throw new Error(`${shop.domain} has no order ${orderId}`);
      return { orderId, id: nextRefund++, createdAt: instant(at), amount };
    }),
  };
}

export function applyChanges(rows: ShopRows, changes: AppliedChange[]): ShopRows {
  if (changes.length === 0) return rows;
  const orders = [...rows.orders, ...changes.flatMap((change) => change.orders)];
  const refunds = changes.flatMap((change) => change.refunds);
  return {
    products: rows.products,
    orders: orders.map((order) => {
      const added = refunds.filter(({ orderId }) => orderId === order.id);
      return added.length > 0 ? { ...order, refunds: [...order.refunds, ...added] } : order;
    }),
  };
}
