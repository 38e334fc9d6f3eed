/** One statement as it was sent to D1. */
export interface Statement {
  sql: string;
  values: unknown[];
}
/** One round trip to D1. Those of the same `wave` were under way at the same time. */
export interface RoundTrip {
  wave: number;
  statements: Statement[];
}

/** What stands before a line that the recorder prints. */
export const recorderMark = "d1-recorder ";

/**
 * A script that stands between the Worker and its D1 and prints each round trip and the rows that it read. drizzle reads
 * arrays, which come without that number: a read is asked a second time for it, a write is asked for objects instead.
 */
export const recorderScript = `
const print = (line) => console.log(${JSON.stringify(recorderMark)} + JSON.stringify(line));
const plain = (value) => (value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? null : value);
let wave = 0, underWay = 0;
async function trip(statements, send) {
  if (underWay++ === 0) wave++;
  print({ wave, statements: statements.map(({ sql, values }) => ({ sql, values: values.map(plain) })) });
  try { return await send(); } finally { underWay--; }
}
const read = (...results) => print({ rowsRead: results.reduce((sum, { meta }) => sum + (meta?.rows_read ?? 0), 0) });
const wrap = (sql, inner, values = []) => ({
  sql, inner, values,
  bind: (...values) => wrap(sql, inner.bind(...values), values),
  all: () => trip([{ sql, values }], async () => { const result = await inner.all(); read(result); return result; }),
  run: () => trip([{ sql, values }], async () => { const result = await inner.run(); read(result); return result; }),
  first: (column) => trip([{ sql, values }], () => inner.first(column)),
  raw: () => trip([{ sql, values }], async () => {
    const result = await inner.all();
    read(result);
    return /^\\s*select/i.test(sql) ? inner.raw() : result.results.map((row) => Object.values(row));
  }),
});
export default ({ DB }) => ({
  prepare: (sql) => wrap(sql, DB.prepare(sql)),
  batch: (statements) => trip(statements, async () => {
    const results = await DB.batch(statements.map(({ inner }) => inner));
    read(...results);
    return results;
  }),
});
`;
