import type { Inputs, Outputs } from "#server/trpc/root.ts";

/** Which days are looked at, and what they are compared with, as an address says it: `?range=90&compare=year`, `?from=…&to=…`. */
export type View = Required<NonNullable<Inputs["overview"]["get"]["view"]>>;
/** The same as the overview answers it, with its days. */
export type ShownView = Outputs["overview"]["get"]["view"];

export const RANGES = [7, 30, 90, 365] as const;
export const COMPARISONS = ["previous", "year", "none"] as const;
const USUAL = { range: 30, compare: "previous" } as const;

const day = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
const MOST_DAYS = 366;

/**
 * What an address asks for; anything that is none is the usual 30 days. Two days are a span in either order, and of one that is too long
 * its end is shown.
 */
export function viewIn(query: URLSearchParams): View {
  const [from = "", to = ""] = [query.get("from") ?? "", query.get("to") ?? ""].sort();
  const compare = COMPARISONS.find((each) => each === query.get("compare")) ?? USUAL.compare;
  if (isDay(from) && isDay(to)) return { range: { from: latest(from, daysBefore(to, MOST_DAYS - 1)), to }, compare };
  return { range: RANGES.find((each) => String(each) === query.get("range")) ?? USUAL.range, compare };
}

/** Whether there is such a day: of the 31st of February a `Date` makes one in March. Those of a year with four digits behind them alone. */
function isDay(text: string): boolean {
  const at = day.test(text) ? Date.parse(text) : Number.NaN;
  return at > 0 && at < LAST && dayAt(at) === text;
}

/** No calendar is asked for more: what lies a year behind it has four digits too. */
const LAST = Date.UTC(9998, 0);
const dayAt = (at: number) => new Date(at).toISOString().slice(0, 10);
const daysBefore = (text: string, count: number) => dayAt(Date.parse(text) - count * DAY_MS);
const latest = (one: string, other: string) => (one > other ? one : other);

/** What an address says of a view: nothing where it is the usual one. */
export function queryOf({ range, compare }: View, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(more);
  if (typeof range === "object") {
    query.set("from", range.from);
    query.set("to", range.to);
  } else if (range !== USUAL.range) query.set("range", String(range));
  if (compare !== USUAL.compare) query.set("compare", compare);
  const text = query.toString();
  return text && `?${text}`;
}

/** The view that was shown, to link to others of the same days. */
export const viewOf = ({ range, from, to, compare }: ShownView): View => ({ range: range ?? { from, to }, compare });
