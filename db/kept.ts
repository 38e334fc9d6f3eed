import { Column, type DriverValueDecoder, fillPlaceholders, getTableName, is, SQL } from "drizzle-orm";
import { type Db, openDb } from "./client.ts";

/** What drizzle tells of a select that it has put together, and what it keeps of it for itself. */
interface Prepared {
  getQuery(): { sql: string; params: unknown[] };
  fields?: readonly { path: readonly string[]; field: unknown }[];
  /** Tables by name, in a select of several: false where a row may have none of it. */
  joinsNotNullableMap?: Readonly<Record<string, boolean>> | undefined;
}

/** A select with its values, to be asked of any D1. */
export interface Asked<Row> {
  query: string;
  values: unknown[];
  /** Its rows, from those that D1 answered: arrays, or as a batch has them. */
  rowsOf(answer: unknown[][] | D1Result): Row[];
}

/** Prepares nothing: what a query looks like is known without a database. */
const nowhere = openDb({ prepare: () => null } as unknown as D1Database);

/**
 * A select that each request asks, put together once for all of them, since drizzle takes longer to write a query than D1 to answer
 * it. `build` names what differs by `sql.placeholder`, and a tenant by `anyTenant`; whoever asks says those values. The tenant's guard
 * sees the query and its values at each request like those of any other.
 */
export function keep<Row>(
  build: (db: Db) => PromiseLike<Row[]> & { prepare(): Prepared },
): (values: Readonly<Record<string, unknown>>) => Asked<Row> {
  let kept: { query: string; params: unknown[]; rowOf: (values: readonly unknown[]) => Row } | undefined;
  const put = () => {
    const prepared = build(nowhere).prepare();
    const { sql: query, params } = prepared.getQuery();
    return { query, params, rowOf: readerOf<Row>(prepared) };
  };
  return (values) => {
    kept ??= put();
    const { query, params, rowOf } = kept;
    const rowsOf = (answer: unknown[][] | D1Result) =>
      Array.isArray(answer) ? answer.map(rowOf) : answer.results.map((row) => rowOf(Object.values(row as object)));
    return { query, values: fillPlaceholders(params, { ...values }), rowsOf };
  };
}

/** Values of a row that stand together: those of a table that the select names, or of the row itself. */
interface Part {
  name: string | undefined;
  /** A joined table that a row may have nothing of: null then, which its first column tells. */
  isOptional: boolean;
  columns: { place: number; name: string; read: ((value: unknown) => unknown) | undefined }[];
}

/** Reads rows as drizzle does, which finds out anew for each value how it is read; here that is found out once. */
function readerOf<Row>({ fields = [], joinsNotNullableMap }: Prepared): (values: readonly unknown[]) => Row {
  const parts = new Map<string | undefined, Part>();
  for (const [place, { path, field }] of fields.entries()) {
    const [group, name] = path.length === 1 ? [undefined, path[0]] : path;
    if (name === undefined || path.length > 2) throw new Error("A kept select is of columns, or of tables by name.");
    const isOptional = is(field, Column) && joinsNotNullableMap?.[getTableName(field.table)] === false;
    const part = parts.get(group) ?? { name: group, isOptional, columns: [] };
    part.columns.push({ place, name, read: readOf(field) });
    parts.set(group, part);
  }
  const list = [...parts.values()];
  return (values) => {
    const row: Record<string, unknown> = {};
    for (const { name: group, isOptional, columns } of list) {
      const into: Record<string, unknown> = group === undefined ? row : {};
      for (const { place, name, read } of columns) {
        const value = values[place];
        into[name] = value === null || read === undefined ? value : read(value);
      }
      if (group !== undefined) row[group] = isOptional && values[columns[0]?.place ?? 0] === null ? null : into;
    }
    return row as Row;
  };
}

function readOf(field: unknown): Part["columns"][number]["read"] {
  const decoder = is(field, Column) ? field : is(field, SQL) ? decoderOf(field) : is(field, SQL.Aliased) ? decoderOf(field.sql) : undefined;
  if (!decoder) throw new Error("A kept select is of columns and formulas.");
  return decoder.mapFromDriverValue === Column.prototype.mapFromDriverValue ? undefined : (value) => decoder.mapFromDriverValue(value);
}

/** Drizzle keeps it from its types. */
const decoderOf = (formula: SQL) => (formula as unknown as { decoder: DriverValueDecoder<unknown, unknown> }).decoder;

/** The statement of a kept select, for a batch or for D1's own account of it. */
export const statementOf = <Row>(db: Db, { query, values }: Asked<Row>): D1PreparedStatement => db.$client.prepare(query).bind(...values);

/** Asks one. */
export const askKept = async <Row>(db: Db, asked: Asked<Row>): Promise<Row[]> => asked.rowsOf(await statementOf(db, asked).raw());

type Rows<All extends readonly Asked<unknown>[]> = { [Each in keyof All]: All[Each] extends Asked<infer Row> ? Row[] : never };

/** Asks several in one batch; answers the rows of each, in their order. */
export async function askAllKept<const All extends readonly Asked<unknown>[]>(db: Db, all: All): Promise<Rows<All>> {
  const answers = await db.$client.batch(all.map((asked) => statementOf(db, asked)));
  return all.map(({ rowsOf }, place) => rowsOf(answers[place] as D1Result)) as Rows<All>;
}
