import { realShop } from "#sandbox/endpoints.ts";
import { kwShop, type Places } from "#sandbox/places.ts";
import { buildShop } from "./build.ts";
import { type AppliedChange, applyChanges, numberChange, type ShopChange } from "./changes.ts";
import { factsOf } from "./facts.ts";
import { generateShop } from "./generate.ts";
import type { OrderRow, ProductRow, Shop, ShopRows } from "./model.ts";
import { isUnruly, unsettle } from "./unruly.ts";

/** Shops by name: loaded ones from SQLite, all others generated when they are first asked for, and kept while there is room. */
export interface ShopShelf {
  find(domain: string, now: number): Shop;
  /** The mark of what was loaded; null when the shop was not loaded. */
  loaded(domain: string): string | null;
  /** Lets something happen in the shop; answers it with its ids. */
  change(domain: string, change: ShopChange, now: number): AppliedChange;
  begin(domain: string): void;
  add(domain: string, chunk: { orders?: OrderRow[]; products?: ProductRow[] }): void;
  finish(domain: string, mark: string): void;
  /** Says that something about the shop changed elsewhere: it is built anew when it is next asked for. */
  rebuild(domain: string): void;
}

const kept = 1000;
/** A shop that opened three weeks ago: younger than the periods that it is asked about. */
const youngShop = { domain: kwShop, days: 21, orders: 90 };

export function openShelf(sql: SqlStorage, generatedOrders: number, places: Places): ShopShelf {
  sql.exec("CREATE TABLE IF NOT EXISTS shops (domain TEXT PRIMARY KEY, mark TEXT, ends_at INTEGER)");
  sql.exec("CREATE TABLE IF NOT EXISTS shop_chunks (domain TEXT NOT NULL, body TEXT NOT NULL)");
  sql.exec("CREATE TABLE IF NOT EXISTS shop_changes (domain TEXT NOT NULL, body TEXT NOT NULL)");
  const open = new Map<string, Shop>();

  function row(domain: string) {
    return sql
      .exec<{ mark: string | null; ends_at: number | null }>("SELECT mark, ends_at FROM shops WHERE domain = ?", domain)
      .toArray()[0];
  }
  function loadedRows(domain: string): ShopRows {
    const rows: ShopRows = { orders: [], products: [] };
    for (const { body } of sql.exec<{ body: string }>("SELECT body FROM shop_chunks WHERE domain = ? ORDER BY rowid", domain)) {
      const chunk = JSON.parse(body) as Partial<ShopRows>;
      for (const order of chunk.orders ?? []) rows.orders.push(order);
      for (const product of chunk.products ?? []) rows.products.push(product);
    }
    return rows;
  }
  function changesOf(domain: string): AppliedChange[] {
    const found = sql.exec<{ body: string }>("SELECT body FROM shop_changes WHERE domain = ? ORDER BY rowid", domain);
    return found.toArray().map(({ body }) => JSON.parse(body) as AppliedChange);
  }
  function generatedRows(domain: string, now: number): ShopRows {
    const endsAt = row(domain)?.ends_at ?? now - 60_000;
    // Kept, so that a restart serves the same history.
    sql.exec("INSERT INTO shops (domain, ends_at) VALUES (?, ?) ON CONFLICT DO NOTHING", domain, endsAt);
    const [{ currency }] = places.of("shopify", domain);
    const young = domain === youngShop.domain;
    const orders = domain === realShop ? generatedOrders : young ? youngShop.orders : 300;
    const rows = generateShop({ seed: domain, orders, endsAt, currency, ...(young && { days: youngShop.days }) });
    return isUnruly(domain) ? unsettle(rows, { currency, endsAt }) : rows;
  }

  function find(domain: string, now: number): Shop {
    const known = open.get(domain);
    if (known) return known;
    const rows = typeof row(domain)?.mark === "string" ? loadedRows(domain) : generatedRows(domain, now);
    const shop = buildShop(factsOf(domain, places.of("shopify", domain)), applyChanges(rows, changesOf(domain)));
    const oldest = open.size >= kept ? open.keys().next().value : undefined;
    if (oldest !== undefined) open.delete(oldest);
    open.set(domain, shop);
    return shop;
  }

  return {
    find,
    change(domain, change, now) {
      const applied = numberChange(find(domain, now), change, now);
      sql.exec("INSERT INTO shop_changes VALUES (?, ?)", domain, JSON.stringify(applied));
      open.delete(domain);
      return applied;
    },
    rebuild: (domain) => void open.delete(domain),
    loaded: (domain) => row(domain)?.mark ?? null,
    begin(domain) {
      sql.exec("DELETE FROM shop_chunks WHERE domain = ?", domain);
      sql.exec("DELETE FROM shop_changes WHERE domain = ?", domain);
      sql.exec("DELETE FROM shops WHERE domain = ?", domain);
      open.delete(domain);
    },
    add(domain, chunk) {
      sql.exec("INSERT INTO shop_chunks VALUES (?, ?)", domain, JSON.stringify(chunk));
    },
    finish(domain, mark) {
      sql.exec("INSERT INTO shops (domain, mark) VALUES (?, ?) ON CONFLICT (domain) DO UPDATE SET mark = excluded.mark", domain, mark);
      open.delete(domain);
    },
  };
}
