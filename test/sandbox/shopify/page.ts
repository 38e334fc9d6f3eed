import { GraphQLError } from "graphql";
import { decodeCursor } from "#test/sandbox/body.ts";

export interface PageArgs {
  first?: number | null;
  after?: string | null;
}

/** One page of a list that does not change: the cursor is a place in the order that the search fixed. */
export function pageOf<Row, Node>(rows: readonly Row[], args: PageArgs, idOf: (row: Row) => number, view: (row: Row) => Node) {
  const first = args.first ?? null;
  if (first === null) throw badInput("you must provide one of first or last");
  if (first < 1 || first > 250) throw badInput(`first must be between 1 and 250, was ${first}`);
  const start = args.after ? placeAfter(rows, args.after, idOf) : 0;
  const taken = rows.slice(start, start + first);
  const cursors = taken.map((row, index) => btoa(JSON.stringify({ last_id: idOf(row), place: start + index })));
  const nodes = taken.map(view);
  return {
    nodes,
    edges: () => nodes.map((node, index) => ({ node, cursor: cursors[index] })),
    pageInfo: {
      hasNextPage: start + taken.length < rows.length,
      hasPreviousPage: start > 0,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
  };
}

function placeAfter<Row>(rows: readonly Row[], after: string, idOf: (row: Row) => number): number {
  const cursor = /^\{"last_id":(\d+),"place":(\d+)\}$/.exec(decodeCursor(after));
  if (!cursor) throw badInput("Invalid cursor for current pagination sort.");
  const place = Number(cursor[2]);
  const row = rows[place];
  // The list may have lost rows at its old end (60 days of orders), so the place is checked against the id.
  if (row !== undefined && idOf(row) === Number(cursor[1])) return place + 1;
  return rows.findIndex((each) => idOf(each) === Number(cursor[1])) + 1;
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
}
