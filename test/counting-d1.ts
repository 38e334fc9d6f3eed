/** A D1 that notes how many rows each statement read: one by itself, and one of a batch. */
export function countingD1(d1: D1Database): { d1: D1Database; rowsRead: () => number } {
  let sum = 0;
  const inner = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const note = <R extends D1Result>(result: R): R => {
    sum += result.meta.rows_read;
    return result;
  };
  const counted = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get(target, key) {
        if (key === "bind") return (...values: unknown[]) => counted(target.bind(...values));
        if (key === "all" || key === "run") return async () => note(await target[key]());
        // drizzle reads through `raw`, which tells no meta: it is asked for beside it.
        if (key !== "raw") return bound(target, key);
        return async () => {
          note(await target.all());
          return target.raw();
        };
      },
    });
    inner.set(proxy, statement);
    return proxy;
  };
  const counting = new Proxy(d1, {
    get(target, key) {
      if (key === "prepare") return (query: string) => counted(target.prepare(query));
      if (key !== "batch") return bound(target, key);
      return async (statements: D1PreparedStatement[]) =>
        (await target.batch(statements.map((statement) => inner.get(statement) ?? statement))).map(note);
    },
  });
  return { d1: counting, rowsRead: () => sum };
}

function bound(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key);
  return typeof value === "function" ? value.bind(target) : value;
}
