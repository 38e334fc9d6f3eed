/** What a D1 says where a reply, or the question, was lost on its way. */
export const connectionLost = () => new Error("D1_ERROR: Network connection lost.");

/** How a D1 that loses one call did: how many there were (a batch is one), and what was asked in the lost one. */
export interface Losing {
  db: D1Database;
  seen: { calls: number; lost: string };
}

/** A D1 that loses its call number `which`, counted from one, before it is done or after. */
export function losingD1(d1: D1Database, which: number, when: "before" | "after"): Losing {
  const seen = { calls: 0, lost: "" };
  const asked = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  async function pass<T>(what: string, work: () => Promise<T>): Promise<T> {
    seen.calls += 1;
    if (seen.calls !== which) return work();
    seen.lost = what;
    if (when === "after") await work();
    throw connectionLost();
  }
  const watched = (statement: D1PreparedStatement, query: string): D1PreparedStatement => {
    const watching = new Proxy(statement, {
      get(target, key) {
        const found: unknown = Reflect.get(target, key);
        if (typeof found !== "function") return found;
        if (key === "bind") return (...values: unknown[]) => watched(target.bind(...values), query);
        return (...words: unknown[]) => pass(query, () => Reflect.apply(found, target, words));
      },
    });
    asked.set(watching, statement);
    return watching;
  };
  const db = new Proxy(d1, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (typeof found !== "function") return found;
      if (key === "prepare") return (query: string) => watched(target.prepare(query), query);
      if (key !== "batch") return found.bind(target);
      return (all: D1PreparedStatement[]) =>
        pass(`a batch of ${all.length}`, () => target.batch(all.map((each) => asked.get(each) ?? each)));
    },
  });
  return { db, seen };
}
