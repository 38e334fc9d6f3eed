import { existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { realShop } from "#sandbox/endpoints.ts";
import { placeOf } from "#sandbox/places.ts";
import { mapShop } from "./map.ts";
import type { ShopRows } from "./model.ts";

const shared = fileURLToPath(new URL("../../../../shared/data/online-retail.csv.gz", import.meta.url));

/** The shop's file: SANDBOX_SHOP, or the one beside the repository; null when there is none, and a shop is generated instead. */
export function shopFile(): string | null {
  const named = process.env.SANDBOX_SHOP;
  if (named) {
    if (!existsSync(named)) throw new Error(`SANDBOX_SHOP names ${named}, which is not there`);
    return named;
  }
  return existsSync(shared) ? shared : null;
}

/** Tells one file from another; a loaded shop keeps the clock that it was loaded with until its file is another. */
function fileMark(path: string): string {
  return `${basename(path)}:${statSync(path).size}`;
}

/** Loads the file into the sandbox, unless it was loaded before. `send` reaches the sandbox's own routes. */
export async function loadShop(
  path: string,
  send: (path: string, init: { method: string; body?: string }) => Promise<unknown>,
): Promise<void> {
  const mark = fileMark(path);
  const held = (await send(`/shop/${realShop}/mark`, { method: "GET" })) as { loaded: string | null };
  if (held.loaded === mark) return;
  const rows = await mapShop(path, { now: Date.now(), timezone: placeOf("shopify", realShop).timezone });
  await send(`/shop/${realShop}`, { method: "PUT" });
  for (const body of chunks(rows)) await send(`/shop/${realShop}/rows`, { method: "POST", body });
  await send(`/shop/${realShop}/finish`, { method: "POST", body: JSON.stringify({ mark }) });
}

/** JSON bodies well under the 2 MB that a SQLite row of a Durable Object may hold. */
function* chunks({ orders, products }: ShopRows): Generator<string> {
  for (let start = 0; start < products.length; start += 5000) yield JSON.stringify({ products: products.slice(start, start + 5000) });
  let batch: string[] = [];
  let size = 0;
  for (const order of orders) {
    const text = JSON.stringify(order);
    if (size + text.length > 1_000_000) {
      yield `{"orders":[${batch.join(",")}]}`;
      batch = [];
      size = 0;
    }
    batch.push(text);
    size += text.length;
  }
  if (batch.length > 0) yield `{"orders":[${batch.join(",")}]}`;
}
