import { bootstrap } from "#server/models/bootstrap.ts";
import type { Interval } from "#server/models/interval.ts";
import { type Summed, welch } from "#server/models/welch.ts";
import type { Compared, Counts } from "./compared.ts";
import type { Value } from "./schemas.ts";

/** With fewer buyers in a group its mean is not yet normal enough for a bound that holds at every look (test/models/sequential.node.test.ts). */
const leastBuyers = 20;
/** The same figures give the same check. */
const seed = 20_261_201;

/** What both groups spent, by currency, the one with most buyers first. `z`: how wide the bound is that holds at every look; null where there is none. */
export function valuesOf({ treated, control }: Compared, { isCompared, z }: { isCompared: boolean; z: number | null }): Value[] {
  const currencies = [...new Set([...treated.spent.keys(), ...control.spent.keys()])];
  return currencies
    .map((currency) => {
      const [a, b] = [soldTo(treated, currency), soldTo(control, currency)];
      const difference = welch(a.summed, b.summed);
      const check = difference && bootstrap(a.drawn, b.drawn, seed);
      const enough = Math.min(a.sold.buyers, b.sold.buyers) >= leastBuyers;
      return {
        currency,
        treated: a.sold,
        control: isCompared ? b.sold : null,
        difference,
        always: difference && z !== null && enough ? welch(a.summed, b.summed, z) : null,
        bootstrap: check,
        agrees: difference && check && isNone(difference) === isNone(check),
      };
    })
    .sort((one, other) => buyersOf(other) - buyersOf(one) || (one.currency < other.currency ? -1 : 1));
}

const buyersOf = ({ treated, control }: Value): number => treated.buyers + (control?.buyers ?? 0);
const isNone = ({ low, high }: Interval): boolean => low <= 0 && high >= 0;

function soldTo({ people, spent }: Counts, currency: string) {
  const rows = spent.get(currency) ?? [];
  const amounts = rows.map(({ minor }) => minor);
  const sum = amounts.reduce((all, amount) => all + amount, 0);
  const summed: Summed = { of: people, sum, squares: amounts.reduce((all, amount) => all + amount * amount, 0) };
  const sold = { buyers: rows.filter(({ bought }) => bought).length, minor: sum, each: people === 0 ? null : sum / people };
  return { summed, sold, drawn: { amounts, of: people } };
}
