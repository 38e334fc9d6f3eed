import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { directionOf } from "#app/i18n/locale.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { type ChartData, seriesStyle } from "./chart-data.ts";
import { namedPlaces, rounded, type Scale, stretchesOf } from "./scale.ts";

const useWords = wordsOf("common");

/** Places in a drawing, which is a hundred wide and high however large it is shown. */
interface Plane {
  x(place: number): number;
  y(value: number): number;
}

/**
 * Lines over a grid, straight from figure to figure: a curve would show peaks that nobody measured. What leads to a point that is
 * not over is dotted and ends in a ring. It is drawn on the server, and silent: the figures are in the table.
 */
export function Drawing({ data, scale }: { data: ChartData; scale: Scale }) {
  const { locale } = useDisplay();
  const { series, points } = data;
  const plane = planeOf(points.length, scale, directionOf(locale) === "rtl");
  const alone = series.filter(({ past }) => !past).length === 1;
  const ticks = scale.ticks.filter((tick) => tick !== 0).map((tick) => `M0 ${plane.y(tick)}H100`);
  return (
    <svg
      aria-hidden
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      className="absolute inset-0 size-full overflow-visible"
      fill="none"
      strokeWidth="2"
      strokeLinejoin="round"
    >
      <path d={ticks.join("")} stroke="var(--line)" strokeWidth="1" vectorEffect="non-scaling-stroke" />
      <path d={`M0 ${plane.y(0)}H100`} stroke="var(--line-strong)" strokeWidth="1" vectorEffect="non-scaling-stroke" />
      {[...series.entries()].reverse().map(([index, { key, past }]) => (
        <Line
          key={key}
          style={seriesStyle(index, { past })}
          alone={alone && !past}
          stretches={stretchesOfSeries(data, key)}
          data={past ? { ...data, running: undefined } : data}
          plane={plane}
        />
      ))}
    </svg>
  );
}

const stretchesOfSeries = ({ points }: ChartData, key: string) => stretchesOf(points.map(({ values }) => values[key] ?? null));

function planeOf(count: number, { low, high }: Scale, rtl: boolean): Plane {
  return {
    x(place) {
      const part = rounded(count > 1 ? (place / (count - 1)) * 100 : 50);
      return rtl ? rounded(100 - part) : part;
    },
    y: (value) => rounded(((high - value) / (high - low)) * 100),
  };
}

interface LineProps {
  style: ReturnType<typeof seriesStyle>;
  alone: boolean;
  stretches: [place: number, value: number][][];
  data: ChartData;
  plane: Plane;
}

function Line({ style: { color, dash }, alone, stretches, data, plane }: LineProps) {
  const lastPlace = data.points.length - 1;
  const runs = data.points.at(-1)?.x === data.running;
  const through = (at: readonly Point[]) => (data.shape === "steps" ? steps(at) : at.map(pointAt).join("L"));
  let [area, line, dots, unfinished, ring] = ["", "", "", "", ""];
  for (const stretch of stretches) {
    const at = stretch.map(([place, value]) => [plane.x(place), plane.y(value)] as const);
    const [first, last] = [stretch[0]?.[0] ?? 0, stretch.at(-1)?.[0] ?? 0];
    if (alone && at.length > 1) area += `M${plane.x(first)} ${plane.y(0)}L${through(at)}L${plane.x(last)} ${plane.y(0)}Z`;
    const open = runs && last === lastPlace ? at.pop() : undefined;
    if (at.length > 1) line += `M${through(at)}`;
    // A line of no length with round ends is a dot, however the drawing is stretched.
    else if (at.length === 1 && open === undefined) dots += `M${pointAt(at[0])}h0`;
    if (open === undefined) continue;
    if (at.length > 0) unfinished += `M${pointAt(at.at(-1))}L${pointAt(open)}`;
    ring += `M${pointAt(open)}h0`;
  }
  return (
    <g stroke={color}>
      {area && <path d={area} fill={color} fillOpacity="0.1" stroke="none" />}
      {line && <path d={line} strokeDasharray={dash} vectorEffect="non-scaling-stroke" />}
      {dots && <path d={dots} strokeWidth="4" strokeLinecap="round" vectorEffect="non-scaling-stroke" />}
      {unfinished && <path d={unfinished} strokeDasharray="2 3" vectorEffect="non-scaling-stroke" />}
      {ring && <path d={ring} strokeWidth="8" strokeLinecap="round" vectorEffect="non-scaling-stroke" />}
      {ring && <path d={ring} stroke="var(--surface)" strokeWidth="4.5" strokeLinecap="round" vectorEffect="non-scaling-stroke" />}
    </g>
  );
}

type Point = readonly [x: number, y: number];

const pointAt = ([x, y]: Point = [0, 0]) => `${x} ${y}`;

/** What holds from a point to the next one goes on level, and then up or down. */
const steps = ([first, ...others]: readonly Point[]) => pointAt(first) + others.map(([x, y]) => `H${x}V${y}`).join("");

/** The figures beside the grid's lines, the highest on top. */
export function ScaleLabels({ data: { unit, currency }, scale }: { data: ChartData; scale: Scale }) {
  const format = useFormat();
  return (
    <div aria-hidden className="flex flex-col-reverse justify-between text-end text-xs text-ink-faint tabular-nums">
      {scale.ticks.map((value) => (
        <span key={value} className="flex h-0 items-center justify-end whitespace-nowrap">
          <bdi>{format.quantity({ value, unit, currency }, { compactFrom: 0 })}</bdi>
        </span>
      ))}
    </div>
  );
}

/** What some of the points are called, below them; every second of them where the room is narrow. */
export function PointLabels({ data }: { data: ChartData }) {
  const t = useWords();
  const { locale } = useDisplay();
  const format = useFormat();
  const rtl = directionOf(locale) === "rtl";
  const { points, xIs, running } = data;
  const isRunning = points.at(-1)?.x === running;
  return (
    <svg aria-hidden className="col-start-2 mt-2 h-4 w-full overflow-visible text-xs" fill="var(--ink-faint)">
      {namedPlaces(points.length).map((place, nth) => {
        const { x } = points[place] ?? { x: "" };
        const name = xIs === "day" ? format.day(x) : x;
        const part = points.length > 1 ? (place / (points.length - 1)) * 100 : 50;
        return (
          <text
            key={x}
            x={`${rounded(rtl ? 100 - part : part)}%`}
            y="12"
            textAnchor={nth === 0 && points.length > 1 ? "end" : "middle"}
            // On a phone the last one's words reach as far as the next one that is named.
            className={nth % 2 === 1 ? "@max-xl:hidden" : nth === 2 && isRunning ? "@max-sm:hidden" : undefined}
          >
            {x === running ? t("chart.soFar", { name }) : name}
          </text>
        );
      })}
    </svg>
  );
}
