import { GraphQLError } from "graphql";
import { utcOf } from "#sandbox/shop/clock.ts";

export type SearchFields<T> = Record<string, (row: T) => number | string | boolean>;

const term = /(-?)([a-z_]+):(>=|<=|>|<)?('[^']*'|"[^"]*"|[^\s()]+)|\bAND\b|(\S+)/g;

/**
 * Reads Shopify's search syntax as far as a sensor needs it: `field:value` with `> >= < <=`, terms joined by AND or a blank,
 * a minus for "not". Dates without an offset are in the shop's timezone. What the search does not know is ignored with a
 * warning, as Shopify does it; OR and parentheses are refused rather than misread.
 */
export function compileSearch<T>(
  query: string | null | undefined,
  fields: SearchFields<T>,
  timezone: string,
  warn: (text: string) => void,
) {
  const tests: ((row: T) => boolean)[] = [];
  for (const [, minus, field, comparator, quoted, other] of (query ?? "").matchAll(term)) {
    if (other === "OR" || other?.includes("(")) throw new GraphQLError("The sandbox reads no OR and no parentheses in a search.");
    const read = field === undefined ? undefined : fields[field];
    if (field === undefined || quoted === undefined || !read) {
      if (field ?? other) warn(`Invalid search field for this query: ${field ?? other}`);
      continue;
    }
    const text = quoted.replace(/^['"]|['"]$/g, "");
    if (text === "*" || (field === "status" && text === "any")) continue;
    const wanted = field.endsWith("_at") ? instant(text, timezone) : Number.isNaN(Number(text)) ? text.toLowerCase() : Number(text);
    const holds = compare(comparator, wanted);
    tests.push(minus ? (row) => !holds(read(row)) : (row) => holds(read(row)));
  }
  return (row: T) => tests.every((test) => test(row));
}

function instant(text: string, timezone: string): number {
  const named = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : utcOf(text, timezone);
  if (Number.isNaN(named)) throw new GraphQLError(`Invalid timestamp for query filter: ${text}`);
  return named;
}

function compare(comparator: string | undefined, wanted: number | string) {
  return (found: number | string | boolean): boolean => {
    const value = typeof wanted === "string" ? String(found).toLowerCase() : Number(found);
    switch (comparator) {
      case ">=":
        return value >= wanted;
      case "<=":
        return value <= wanted;
      case ">":
        return value > wanted;
      case "<":
        return value < wanted;
      default:
        return value === wanted;
    }
  };
}
