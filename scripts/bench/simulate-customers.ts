import type { BgNbdParams } from "#server/models/bg-nbd/bg-nbd-likelihood.ts";
import type { HistoryGroup } from "#server/models/bg-nbd/group-histories.ts";

/** A customer of a shop that does not exist. */
export interface SimulatedCustomer {
  /** Ascending whole days; the first is the customer's first purchase. */
  days: number[];
}

interface Simulation {
  params: BgNbdParams;
  customers: number;
  /** Customers come evenly over the days before this one, and are watched until it. */
  until: number;
  random: () => number;
}

/**
 * Customers who buy and leave as BG/NBD says, by day; two purchases on one day are one. With `a` = 0 nobody leaves. What is bought
 * from `until` on is left out.
 */
export function simulateCustomers({ params: { r, alpha, a, b }, customers, until, random }: Simulation): SimulatedCustomer[] {
  return Array.from({ length: customers }, () => {
    const rate = gammaVariate(r, random) / alpha;
    const one = a === 0 ? 0 : gammaVariate(a, random);
    const leaves = a === 0 ? 0 : one / (one + gammaVariate(b, random));
    const first = Math.floor(random() * until);
    const days = [first];
    for (let at = first; ; ) {
      at += -Math.log(1 - random()) / rate;
      const day = Math.ceil(at);
      if (!(day < until)) return { days };
      if (day > (days.at(-1) ?? 0)) days.push(day);
      if (random() < leaves) return { days };
    }
  });
}

/** What is known of customers on a day, of those who had come before it. */
export function historiesOn(customers: readonly SimulatedCustomer[], until: number): HistoryGroup[] {
  return customers.flatMap(({ days }) => {
    const known = days.filter((day) => day < until);
    const [first, last] = [known[0], known.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [{ frequency: known.length - 1, recency: last - first, age: until - first, customers: 1 }];
  });
}

/** A gamma distributed number of that shape and rate 1 (Marsaglia and Tsang 2000; below shape 1 with their boost). */
export function gammaVariate(shape: number, random: () => number): number {
  if (shape < 1) return gammaVariate(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = normalVariate(random);
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A standard normal number (Box and Muller). */
export const normalVariate = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
