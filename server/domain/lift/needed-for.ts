import { effectiveSize, sequentialZ } from "#server/models/sequential.ts";
import { smallestSample } from "#server/models/smallest-sample.ts";
import type { Compared } from "./compared.ts";
import type { Lift } from "./schemas.ts";

const weekMs = 7 * 86_400_000;
/** Of fewer whose days are over the share that buys is a guess. */
const leastPeople = 30;

interface Asked {
  holdout: number;
  effectPoints: number;
  days: number;
  now: number;
  isOn: boolean;
}

/**
 * How many customers it takes to see the effect that matters with 80 %, by the bound that holds however often somebody looks, and when they will be there at the
 * pace until now. Null where nobody is left alone, or too few days are over to know what share buys.
 */
export function neededFor({ treated, control, firstAt }: Compared, { holdout, effectPoints, days, now, isOn }: Asked): Lift["needed"] {
  const over = treated.people + control.people;
  if (holdout === 0 || over < leastPeople || firstAt === null) return null;
  const left = holdout / 100;
  const ratio = (1 - left) / left;
  // Nobody of few is not nobody of all.
  const without = (treated.bought + control.bought + 1) / (over + 2);
  const effect = effectPoints / 100;
  const having = without + effect < 1 ? without + effect : without - effect;
  let size = smallestSample({ without, having, ratio });
  // The bound grows a little with the size that it makes necessary; after a few turns neither moves.
  for (let turn = 0; turn < 6; turn++) size = smallestSample({ without, having, ratio }, sequentialZ(effectiveSize(size * ratio, size)));
  const needed = { treated: Math.ceil(size * ratio), control: Math.ceil(size) };
  const more = Math.ceil(
    Math.max(0, (needed.control - control.people - control.open) / left, (needed.treated - treated.people - treated.open) / (1 - left)),
  );
  const aWeek = (over + treated.open + control.open) / Math.max(1, (now - firstAt) / weekMs);
  const isMet = treated.people >= needed.treated && control.people >= needed.control;
  return { ...needed, more, weeks: isMet ? 0 : isOn || more === 0 ? Math.ceil(more / aWeek + days / 7) : null };
}
