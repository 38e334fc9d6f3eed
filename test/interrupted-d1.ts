export type D1Call = { is: "prepare"; query: string } | { is: "batch"; statements: readonly D1PreparedStatement[] };

/**
 * A D1 between whose calls something happens. `before` comes ahead of each: what it throws, the caller gets (the worker is killed,
 * D1 is away), and a batch begins when what it answers is over (somebody else was faster).
 */
export const interruptedD1 = (d1: D1Database, before: (call: D1Call) => Promise<unknown> | undefined): D1Database =>
  new Proxy(d1, {
    get(target, key) {
      if (key === "prepare")
        return (query: string) => {
          before({ is: "prepare", query });
          return target.prepare(query);
        };
      if (key === "batch")
        return async (statements: D1PreparedStatement[]) => {
          await before({ is: "batch", statements });
          return target.batch(statements);
        };
      const found: unknown = Reflect.get(target, key);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });

/** A D1 whose worker is killed with its next call after the batch that did it, as `done` finds out. */
export function killedAfterBatch(d1: D1Database, done: () => Promise<boolean>): D1Database {
  let killed = false;
  const dying = interruptedD1(d1, () => {
    if (killed) throw new Error("killed");
    return undefined;
  });
  return new Proxy(dying, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (key !== "batch" || typeof found !== "function") return found;
      return async (statements: D1PreparedStatement[]) => {
        const answers: unknown = await Reflect.apply(found, target, [statements]);
        killed = await done();
        return answers;
      };
    },
  });
}
