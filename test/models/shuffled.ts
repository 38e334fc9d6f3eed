import { seededRandom } from "#sandbox/seed.ts";

/** The same ones in another order, which is always the same. */
export function shuffled<T>(all: readonly T[]): T[] {
  const random = seededRandom("shuffle");
  return all
    .map((each) => ({ each, place: random() }))
    .sort((x, y) => x.place - y.place)
    .map(({ each }) => each);
}
