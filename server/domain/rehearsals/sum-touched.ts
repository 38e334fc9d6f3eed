import { type RehearsalVariant, type RehearsedSums, rehearsalVariants } from "#db/words/rehearsals.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import type { Touched } from "./rehearse.ts";

type Both<Of> = Record<RehearsalVariant, Of>;

export const nothing: Both<RehearsedSums> = both(() => ({
  ...{ proposals: 0, customers: 0, only: 0, stake: [], over: 0, bought: 0, spent: [], weeks: [] },
}));

/**
 * What a page of customers adds to what was found before it, and each row with whether it is the first of a customer whom the other settings would
 * not have touched. A customer counts once, from the first time on, as in a comparison with a control group; rows are in order of time.
 */
export function sumTouched(
  sums: Both<RehearsedSums>,
  rows: Both<readonly Touched[]>,
  { fromDay, timezone }: { fromDay: string; timezone: string },
): { sums: Both<RehearsedSums>; rows: Both<(Touched & { differs: boolean })[]> } {
  const firsts = both((variant) => firstOfEach(rows[variant]));
  const marked = both((variant) => {
    const other = firsts[variant === "today" ? "tried" : "today"];
    return rows[variant].map((row) => ({ ...row, differs: firsts[variant].get(whoOf(row)) === row && !other.has(whoOf(row)) }));
  });
  return {
    rows: marked,
    sums: both((variant) => {
      const before = sums[variant];
      const first = [...firsts[variant].values()];
      const over = first.filter((row) => row.over);
      const weeks = [...before.weeks];
      for (const { at } of rows[variant]) {
        const week = weekOf(fromDay, dayOf(at, timezone));
        weeks[week] = (weeks[week] ?? 0) + 1;
      }
      return {
        proposals: before.proposals + rows[variant].length,
        customers: before.customers + first.length,
        only: before.only + marked[variant].filter(({ differs }) => differs).length,
        stake: sumOf([...before.stake, ...rows[variant].flatMap(({ stake }) => stake ?? [])]),
        over: before.over + over.length,
        bought: before.bought + over.filter(({ orders }) => orders > 0).length,
        spent: sumOf([...before.spent, ...over.flatMap(({ spent }) => spent)]),
        weeks: Array.from(weeks, (proposals) => proposals ?? 0),
      };
    }),
  };
}

/** The first day of each week of a rehearsal, the last of which may be shorter. */
export function weeksFrom(fromDay: string, toDay: string): string[] {
  const weeks = [];
  for (let from = fromDay; from <= toDay; from = addDays(from, 7)) weeks.push(from);
  return weeks;
}

const weekOf = (fromDay: string, day: string): number => Math.floor((Date.parse(day) - Date.parse(fromDay)) / (7 * 86_400_000));

const whoOf = ({ customerId, dedupe }: Touched): string => customerId ?? dedupe;

function firstOfEach(rows: readonly Touched[]): Map<string, Touched> {
  const first = new Map<string, Touched>();
  for (const row of rows) if (!first.has(whoOf(row))) first.set(whoOf(row), row);
  return first;
}

function sumOf(amounts: readonly { minor: number; currency: string }[]): { minor: number; currency: string }[] {
  const sums = new Map<string, number>();
  for (const { minor, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0) + minor);
  return [...sums].map(([currency, minor]) => ({ currency, minor })).sort((a, b) => b.minor - a.minor);
}

function both<Of>(of: (variant: RehearsalVariant) => Of): Both<Of> {
  return Object.fromEntries(rehearsalVariants.map((variant) => [variant, of(variant)])) as Both<Of>;
}
