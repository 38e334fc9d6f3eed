import { cn } from "#app/components/ui/cn.ts";
import { rounded, stretchesOf } from "./scale.ts";

const WIDTH = 100;
const HEIGHT = 32;
const INSET = 3;
/** Room at the end for the dot. */
const END = 97;

/**
 * A small line without axes, drawn on the server. It is decoration: the figure it belongs to stands beside it. A null
 * breaks the line. Its colour is the text's.
 */
export function Sparkline({ values, className = "h-8" }: { values: readonly (number | null)[]; className?: string }) {
  const runs = toRuns(values);
  if (runs.length === 0) return null;
  const end = runs.at(-1)?.at(-1);
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={cn("block w-full overflow-visible text-accent rtl:-scale-x-100", className)}
    >
      {runs.map((run) => {
        const line = run.map(([x, y]) => `${x} ${y}`).join("L");
        const from = run[0]?.[0] ?? 0;
        const to = run.at(-1)?.[0] ?? 0;
        return (
          <g key={from}>
            <path d={`M${line}L${to} ${HEIGHT}L${from} ${HEIGHT}Z`} fill="currentColor" fillOpacity={0.08} />
            <path
              d={`M${line}`}
              fill="none"
              stroke="currentColor"
              strokeWidth={1.5}
              strokeLinejoin="round"
              vectorEffect="non-scaling-stroke"
            />
          </g>
        );
      })}
      {end && (
        // A line of no length with round ends stays a circle, however the drawing is stretched.
        <path d={`M${end[0]} ${end[1]}h0`} stroke="currentColor" strokeWidth={5} strokeLinecap="round" vectorEffect="non-scaling-stroke" />
      )}
    </svg>
  );
}

/** The unbroken stretches of points, in the drawing's own units. */
function toRuns(values: readonly (number | null)[]): [x: number, y: number][][] {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return [];
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  return stretchesOf(values).map((stretch) =>
    stretch.map(([place, value]) => {
      const share = span === 0 ? 0.5 : (value - low) / span;
      return [rounded((place / (values.length - 1)) * END), rounded(HEIGHT - INSET - share * (HEIGHT - 2 * INSET))];
    }),
  );
}
