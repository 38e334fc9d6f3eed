import { linesOf } from "./build.ts";
import type { Shop } from "./model.ts";

/** How many lines the orders of a shop have, trials left out, and which one has the most. */
export function lineFigures(shop: Shop): { lines: number; orders: number; longest: { order: string; lines: number } } {
  const counts = shop.orders.filter(({ test }) => !test).map((order) => ({ order: String(order.id), lines: linesOf(order).length }));
  counts.sort((a, b) => b.lines - a.lines || (a.order < b.order ? -1 : 1));
  return {
    lines: counts.reduce((sum, { lines }) => sum + lines, 0),
    orders: counts.length,
    longest: counts[0] ?? { order: "", lines: 0 },
  };
}
