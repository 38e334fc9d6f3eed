/**
 * Parts of D1's messages for failures that pass by themselves: the network, or the object that holds the database starting anew.
 * Whether what was asked had been done by then nobody knows. https://developers.cloudflare.com/d1/observability/debug-d1/
 */
const passing = [
  "Network connection lost",
  "storage caused object to be reset",
  "reset because its code was updated",
  "Cannot resolve D1 DB due to transient issue",
];
/** The same, where the request never left D1's queue: nothing of it was done. */
const refused = ["D1 DB is overloaded"];

const says = (error: unknown, parts: readonly string[]): boolean => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { message } = cause;
    if (parts.some((part) => message.includes(part))) return true;
  }
  return false;
};

/** Whether D1 may answer the same thing a moment later; what was asked may have been done all the same. */
export const isPassing = (error: unknown): boolean => says(error, passing) || says(error, refused);
const isUndone = (error: unknown): boolean => says(error, refused);

/** Milliseconds before the second, third and fourth try, of which each waits half to all. */
const waitsMs = [40, 200, 800];

/**
 * Does it once more, three times at most and within about a second, where D1 failed in passing (`may` says otherwise when). For
 * work that may be done twice: a batch whose rows have ids of their own, a guarded update, whatever looks first. Reads need no
 * such care: `openDb` does it for them.
 */
export async function tryAgain<T>(work: () => Promise<T>, may: (error: unknown) => boolean | Promise<boolean> = isPassing): Promise<T> {
  for (const waitMs of waitsMs) {
    try {
      return await work();
    } catch (error) {
      if (!(await may(error))) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, (waitMs / 2) * (1 + Math.random())));
  }
  return work();
}

/** A `with` may stand before a write too. */
const isRead = (query: string): boolean => /^\s*(select|with|explain)\b/i.test(query) && !/\b(insert|update|delete|replace)\b/i.test(query);

interface Asked {
  query: string;
  /** The statement as the D1 below has it; made anew where that failed. */
  make(): D1PreparedStatement;
}

/** What each statement of a patient D1 stands for. One batch may hold statements that were made through several. */
const asked = new WeakMap<D1PreparedStatement, Asked>();

/**
 * A D1 that asks again where a failure passes. Reads, and batches of reads alone, always; writes only where D1 had not begun
 * with them, since a reply that was lost does not say that nothing was written: whose writes may be done twice says so by
 * `tryAgain`. Production's D1 repeats single reads by itself, neither batches nor what fails on the way to it.
 */
export function patientD1(d1: D1Database): D1Database {
  const statementOf = (query: string, values: readonly unknown[] | null, prepared: D1PreparedStatement | null): D1PreparedStatement => {
    const make = () => prepared ?? (values ? d1.prepare(query).bind(...values) : d1.prepare(query));
    const ask = <T>(run: (made: D1PreparedStatement) => Promise<T>) =>
      tryAgain(
        async () => run(make()),
        (error) => (isRead(query) ? isPassing(error) : isUndone(error)),
      );
    const statement = {
      bind: (...bound: unknown[]) => statementOf(query, bound, prepared?.bind(...bound) ?? null),
      first: <T>(column?: string) => ask((made) => (column === undefined ? made.first<T>() : made.first<T>(column))),
      run: <T>() => ask((made) => made.run<T>()),
      all: <T>() => ask((made) => made.all<T>()),
      raw: <T>(options?: { columnNames?: false }) => ask((made) => made.raw<T>(options)),
    } as D1PreparedStatement;
    asked.set(statement, { query, make });
    return statement;
  };
  const batch = <T>(statements: D1PreparedStatement[]) => {
    const isReading = () => statements.every((each) => isRead(asked.get(each)?.query ?? ""));
    return tryAgain(
      async () => d1.batch<T>(statements.map((each) => asked.get(each)?.make() ?? each)),
      (error) => (isReading() ? isPassing(error) : isUndone(error)),
    );
  };
  const prepare = (query: string): D1PreparedStatement | null => {
    try {
      return d1.prepare(query);
    } catch (error) {
      if (!isPassing(error)) throw error;
      return null;
    }
  };
  return new Proxy(d1, {
    get(target, key) {
      if (key === "prepare") return (query: string) => statementOf(query, null, prepare(query));
      if (key === "batch") return batch;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
