type HubspotThing = "hubspot_contacts" | "hubspot_companies" | "hubspot_deals" | "hubspot_property" | "hubspot_association";

/** One thing at one account of a provider: `discount`, of a shop, by its code. */
export interface Thing {
  kind:
    | (
        | "klaviyo_profile"
        | "klaviyo_event"
        | "tags"
        | "shopify_pixel"
        | "discount"
        | "redeem_code"
        | "redeem_job"
        | "slack_message"
        | "slack_ephemeral"
        | "slack_user"
      )
    | ("fulfilments" | "order_risk" | "supplier_goods" | "supplier_purse" | "cj_order" | "cj_payment" | "bigbuy_order")
    | ("klaviyo_list" | "klaviyo_members" | "klaviyo_catalog" | "klaviyo_job" | "klaviyo_coupon" | "klaviyo_coupon_code")
    | ("customer_fields" | HubspotThing);
  account: string;
  key: string;
}

/**
 * What applications wrote, each thing version after version, in SQLite. A write meets what is there; a read sees it `settleMs` later, as
 * where a provider's reads lag behind its writes.
 */
export interface Written {
  /** Milliseconds; 0 where what was written is seen at once. */
  settleMs: number;
  /** A next version; null where the thing is gone. */
  put(thing: Thing, body: object | null, at: number): void;
  /** As a write meets it. */
  met<T>(thing: Thing): T | undefined;
  /** As a read at `now` sees it. */
  seen<T>(thing: Thing, now: number): T | undefined;
  /** All things of a kind as a read at `now` sees them, the first written first; without `now`, as a write meets them. */
  list<T>(of: Pick<Thing, "kind" | "account">, now?: number): { key: string; body: T }[];
}

export function openWritten(sql: SqlStorage): Written {
  sql.exec("CREATE TABLE IF NOT EXISTS written (kind TEXT, account TEXT, key TEXT, body TEXT, at INTEGER)");
  sql.exec("CREATE INDEX IF NOT EXISTS written_thing ON written (kind, account, key)");

  function versionAt<T>({ kind, account, key }: Thing, until: number): T | undefined {
    const query = "SELECT body FROM written WHERE kind = ? AND account = ? AND key = ? AND at <= ? ORDER BY rowid DESC LIMIT 1";
    const [row] = sql.exec<{ body: string | null }>(query, kind, account, key, until).toArray();
    return row?.body ? (JSON.parse(row.body) as T) : undefined;
  }
  const written: Written = {
    settleMs: 0,
    put({ kind, account, key }, body, at) {
      sql.exec("INSERT INTO written VALUES (?, ?, ?, ?, ?)", kind, account, key, body && JSON.stringify(body), at);
    },
    met: (thing) => versionAt(thing, Number.MAX_SAFE_INTEGER),
    seen: (thing, now) => versionAt(thing, now - written.settleMs),
    list<T>({ kind, account }: Pick<Thing, "kind" | "account">, now?: number) {
      const until = now === undefined ? Number.MAX_SAFE_INTEGER : now - written.settleMs;
      const query = "SELECT key, body FROM written WHERE kind = ? AND account = ? AND at <= ? ORDER BY rowid";
      const latest = new Map<string, string | null>();
      for (const { key, body } of sql.exec<{ key: string; body: string | null }>(query, kind, account, until)) latest.set(key, body);
      return [...latest].flatMap(([key, body]) => (body === null ? [] : [{ key, body: JSON.parse(body) as T }]));
    },
  };
  return written;
}
