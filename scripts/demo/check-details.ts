import { readSales } from "#sandbox/shop/csv.ts";
import { shopFile } from "#sandbox/shop/load.ts";
import type { Outputs } from "#server/trpc/root.ts";
import type { DemoClient } from "./people.ts";
import type { Demo } from "./start.ts";
import { waitFor } from "./wait-for.ts";

/** What is stored of a shop beyond its figures, and how long the first reading took. */
export interface Details {
  lines: number;
  orders: number;
  products: number;
  customers: number;
  /** The order of the most lines. */
  longest: { order: string; lines: number };
  /** Orders whose lines do not add up to what was paid. */
  misadded: number;
  /** What of it rests in D1. */
  bytes: number;
  ms: number;
}

type LatestRun = () => Promise<Outputs["runs"]["all"]["items"][number] | undefined>;

const deadlineMs = 240_000;

/** Waits for the first reading, and throws where something else is stored than the shop has. */
export async function readDetails(demo: Demo, client: DemoClient, latestRun: LatestRun): Promise<Details> {
  const begin = Date.now();
  await waitFor(`the details of ${client.id}`, deadlineMs, async () => {
    await demo.server.tick();
    const run = await latestRun();
    if (run?.status === "dead" || run?.status === "failed") throw new Error(`the details of ${client.id}: ${run.errorMessage}`);
    return run?.status === "succeeded" ? true : null;
  });
  const details = { ...(await storedOf(demo, client.id)), ms: Date.now() - begin };
  const { lines, orders, longest } = await linesOf(demo, client);
  const wanted = { lines, orders, longest, misadded: 0 };
  const found = { lines: details.lines, orders: details.orders, longest: details.longest, misadded: details.misadded };
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`what is in the orders of ${client.id}: ${JSON.stringify(found)} is stored, ${JSON.stringify(wanted)} is sold`);
  return details;
}

async function storedOf(demo: Demo, tenant: string): Promise<Omit<Details, "ms">> {
  const { DB } = await demo.server.bindings();
  const first = async <T>(query: string): Promise<T> => {
    const row = await DB.prepare(query).bind(tenant).first<T>();
    if (!row) throw new Error("an aggregate answers one row");
    return row;
  };
  const { lines, orders, bytes } = await first<{ lines: number; orders: number; bytes: number }>(`
    select sum(json_array_length(lines)) as lines, count(*) as orders,
      sum(length(tenant_id) + length(connection_id) + length(external_id) + length(lines) + length(codes) + length(fulfilments) + 16) as bytes
    from order_contents where tenant_id = ?`);
  const longest = await first<Details["longest"]>(`
    select external_id as "order", json_array_length(lines) as lines from order_contents where tenant_id = ? order by 2 desc, 1 limit 1`);
  const { misadded } = await first<{ misadded: number }>(`
    select count(*) as misadded from orders o left join order_contents c using (tenant_id, connection_id, external_id)
    where o.tenant_id = ? and o.gross_minor is not (select sum(l.value ->> 6) from json_each(c.lines) l)`);
  const { products } = await first<{ products: number }>("select count(*) as products from products where tenant_id = ?");
  const { customers } = await first<{ customers: number }>("select count(*) as customers from customers where tenant_id = ?");
  return { lines, orders, products, customers, longest, misadded, bytes };
}

/** What was sold: from the file and apart from what the sandbox makes of it; of a generated shop as the sandbox says. */
async function linesOf(demo: Demo, { shop }: DemoClient): Promise<Pick<Details, "lines" | "orders" | "longest">> {
  const file = shopFile();
  if (file === null) {
    const told = await fetch(`${demo.sandbox}/__sandbox/shop/${shop}`);
    const { lines } = (await told.json()) as { lines: Pick<Details, "lines" | "orders" | "longest"> };
    return lines;
  }
  const sold = new Map<string, number>();
  for await (const { invoice, quantity, price } of readSales(file))
    if (/^\d+$/.test(invoice) && quantity > 0 && Number(price) > 0) sold.set(invoice, (sold.get(invoice) ?? 0) + 1);
  const [order = "", lines = 0] = [...sold].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))[0] ?? [];
  return { lines: [...sold.values()].reduce((sum, count) => sum + count, 0), orders: sold.size, longest: { order, lines } };
}
