import { fillPlaceholders } from "drizzle-orm";
import { type Db, openDb } from "./client.ts";

/** What drizzle tells of a select that it has put together. */
interface Prepared {
  getQuery(): { sql: string; params: unknown[] };
  mapResult(answer: unknown, isFromBatch: boolean): unknown;
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
  let prepared: Prepared | undefined;
  return (values) => {
    prepared ??= build(nowhere).prepare();
    const select = prepared;
    const { sql: query, params } = select.getQuery();
    const rowsOf = (answer: unknown[][] | D1Result) => select.mapResult(answer, !Array.isArray(answer)) as Row[];
    return { query, values: fillPlaceholders(params, { ...values }), rowsOf };
  };
}

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
