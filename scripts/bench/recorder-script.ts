/** One statement as it was sent to D1. */
export interface Statement {
  sql: string;
  values: unknown[];
}
/** One request to another service. */
export interface Call {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
}
/** One round trip, to D1 or to another service. Those of the same `wave` were under way at the same time. */
export type RoundTrip = { wave: number } & ({ statements: Statement[] } | { call: Call });

/** What stands before a line that the recorder prints. */
export const recorderMark = "recorder ";

/** What both sides of the recorder count by: the Worker, and what stands between it and its D1, share a global scope. */
const counting = `
const print = (line) => console.log(${JSON.stringify(recorderMark)} + JSON.stringify(line));
const waves = (globalThis.recordedWaves ??= { latest: 0, underWay: 0 });
async function trip(of, send) {
  if (waves.underWay++ === 0) waves.latest++;
  print({ wave: waves.latest, ...of });
  try { return await send(); } finally { waves.underWay--; }
}
`;

/** A script that stands before the Worker's own and prints each request that it sends. */
export const callRecorder = `{
${counting}
const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const { url, method } = request;
  const body = await request.clone().text();
  return trip({ call: { url, method, headers: Object.fromEntries(request.headers), body } }, () => send(request));
};
}
`;

/**
 * A script that stands between the Worker and its D1 and prints each round trip and the rows that it read. drizzle reads
 * arrays, which come without that number: a read is asked a second time for it, a write is asked for objects instead.
 */
export const d1Recorder = `
${counting}
const plain = (value) => (value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? null : value);
const asked = (...statements) => ({ statements: statements.map(({ sql, values }) => ({ sql, values: values.map(plain) })) });
const read = (...results) => print({ rowsRead: results.reduce((sum, { meta }) => sum + (meta?.rows_read ?? 0), 0) });
const wrap = (sql, inner, values = []) => ({
  sql, inner, values,
  bind: (...values) => wrap(sql, inner.bind(...values), values),
  all: () => trip(asked({ sql, values }), async () => { const result = await inner.all(); read(result); return result; }),
  run: () => trip(asked({ sql, values }), async () => { const result = await inner.run(); read(result); return result; }),
  first: (column) => trip(asked({ sql, values }), () => inner.first(column)),
  raw: () => trip(asked({ sql, values }), async () => {
    const result = await inner.all();
    read(result);
    return /^\\s*select/i.test(sql) ? inner.raw() : result.results.map((row) => Object.values(row));
  }),
});
export default ({ DB }) => ({
  prepare: (sql) => wrap(sql, DB.prepare(sql)),
  batch: (statements) => trip(asked(...statements), async () => {
    const results = await DB.batch(statements.map(({ inner }) => inner));
    read(...results);
    return results;
  }),
});
`;
