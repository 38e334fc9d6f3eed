/** One write that a provider acted on. */
export interface Effect {
  provider: string;
  /** What it did: `event`, `tags_added`, `discount_created`, `message_posted`, ... */
  kind: string;
  /** By what it can be told from others of its kind: a unique id, a code, what was tagged with what. */
  key: string;
  account: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface EffectsAsked {
  provider?: string | undefined;
  account?: string | undefined;
  kind?: string | undefined;
}

/** What really happened at the providers, whatever became of the replies. */
export interface Effects {
  /** `repeated`: it was acted on and changed nothing, since it had been done before and the provider does it once. */
  record(effect: Effect, repeated: boolean): void;
  read(asked: EffectsAsked): { raw: number; effects: number; items: Omit<Effect, "provider">[] };
}

export function openEffects(sql: SqlStorage): Effects {
  sql.exec("CREATE TABLE IF NOT EXISTS effects (provider TEXT, kind TEXT, key TEXT, account TEXT, at INTEGER, repeated INTEGER)");
  return {
    record({ provider, kind, key, account, at }, repeated) {
      sql.exec("INSERT INTO effects VALUES (?, ?, ?, ?, ?, ?)", provider, kind, key, account, at, repeated ? 1 : 0);
    },
    read(asked) {
      const query =
        "SELECT * FROM effects WHERE provider = ifnull(?, provider) AND account = ifnull(?, account) AND kind = ifnull(?, kind)";
      const named = [asked.provider, asked.account, asked.kind].map((each) => each ?? null);
      const all = sql.exec<Record<keyof Effect, string> & { at: number; repeated: number }>(`${query} ORDER BY rowid`, ...named).toArray();
      const items = all.filter(({ repeated }) => repeated === 0).map(({ kind, key, account, at }) => ({ kind, key, account, at }));
      return { raw: all.length, effects: items.length, items };
    },
  };
}
