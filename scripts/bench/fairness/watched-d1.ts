/** A D1 that knows whether it is being asked something. */
export interface WatchedD1 {
  d1: D1Database;
  isBusy(): boolean;
}

/** Wraps a D1, so that whoever keeps a time of its own knows when all answers are there. */
export function watchD1(d1: D1Database): WatchedD1 {
  let asked = 0;
  const counted = async <T>(answer: Promise<T>): Promise<T> => {
    asked++;
    try {
      return await answer;
    } finally {
      asked--;
    }
  };
  const real = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const statementOf = (made: D1PreparedStatement): D1PreparedStatement => {
    const statement = {
      bind: (...values: unknown[]) => statementOf(made.bind(...values)),
      first: <T>(column?: string) => counted(column === undefined ? made.first<T>() : made.first<T>(column)),
      run: <T>() => counted(made.run<T>()),
      all: <T>() => counted(made.all<T>()),
      raw: <T>(options?: { columnNames?: false }) => counted(made.raw<T>(options)),
    } as D1PreparedStatement;
    real.set(statement, made);
    return statement;
  };
  return {
    isBusy: () => asked > 0,
    d1: new Proxy(d1, {
      get(target, key) {
        if (key === "prepare") return (query: string) => statementOf(d1.prepare(query));
        if (key === "batch")
          return <T>(statements: D1PreparedStatement[]) => counted(d1.batch<T>(statements.map((each) => real.get(each) ?? each)));
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
  };
}
