import { GraphQLError } from "graphql";
import { decodeCursor } from "#sandbox/body.ts";

export interface PageArgs {
  first?: number | null;
  after?: string | null;
}

/** What the list is sorted by, ties by id; `reverse` means both downwards. */
export interface Sorting<Row> {
  id(row: Row): number;
  value(row: Row): number;
  reverse?: boolean;
}

/** One page of a sorted list. The cursor holds the last row's place in the sorting, so that rows may come and move meanwhile. */
export function pageOf<Row, Node>(rows: readonly Row[], args: PageArgs, sorting: Sorting<Row>, view: (row: Row) => Node) {
  const first = args.first ?? null;
  if (first === null) throw badInput("you must provide one of first or last");
  if (first < 1 || first > 250) throw badInput(`first must be between 1 and 250, was ${first}`);
  const start = args.after ? placeAfter(rows, args.after, sorting) : 0;
  const taken = rows.slice(start, start + first);
  const cursorOf = (row: Row | undefined) =>
    row === undefined ? null : btoa(JSON.stringify({ last_id: sorting.id(row), last_value: sorting.value(row) }));
  const nodes = taken.map(view);
  return {
    nodes,
    edges: () => nodes.map((node, index) => ({ node, cursor: cursorOf(taken[index]) })),
    pageInfo: {
      hasNextPage: start + taken.length < rows.length,
      hasPreviousPage: start > 0,
      startCursor: cursorOf(taken[0]),
      endCursor: cursorOf(taken.at(-1)),
    },
  };
}

function placeAfter<Row>(rows: readonly Row[], after: string, sorting: Sorting<Row>): number {
  const cursor = /^\{"last_id":(\d+),"last_value":(\d+)\}$/.exec(decodeCursor(after));
  if (!cursor) throw badInput("Invalid cursor for current pagination sort.");
  const [lastId, lastValue] = [Number(cursor[1]), Number(cursor[2])];
  const sign = sorting.reverse ? -1 : 1;
  const isAfter = (row: Row) => sign * (sorting.value(row) - lastValue || sorting.id(row) - lastId) > 0;
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(rows[middle] as Row)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
}
