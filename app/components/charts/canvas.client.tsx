import { useEffect, useRef } from "react";
import { ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { directionOf } from "#app/i18n/locale.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { CanvasProps } from "./canvas-props.ts";
import { type ChartPoint, type ChartSeries, seriesStyle } from "./chart-data.ts";

const useWords = wordsOf("common");

/**
 * The figures of a point, for a pointer, a finger or the arrow keys, over a drawing that stays: the same places, and no lines of its
 * own. Whose focus it takes over keeps it.
 */
export default function Canvas({ data, title, scale, size, focused }: CanvasProps) {
  const t = useWords();
  const { locale } = useDisplay();
  const format = useFormat();
  const { series, points, xIs, unit, currency, running } = data;
  const headingOf = (x: string) => {
    const name = xIs === "day" ? format.day(x) : x;
    return x === running ? t("chart.soFar", { name }) : name;
  };
  return (
    <div dir="ltr" className="absolute inset-0 [&_svg]:overflow-visible">
      <ResponsiveContainer width="100%" height="100%" initialDimension={size}>
        <ComposedChart data={[...points]} aria-label={title} margin={{ top: 0, right: 0, bottom: 0, left: 0 }}>
          <XAxis dataKey="x" hide reversed={directionOf(locale) === "rtl"} />
          <YAxis hide domain={[scale.low, scale.high]} />
          <Tooltip
            cursor={{ stroke: "var(--line-control)", strokeDasharray: "3 3" }}
            isAnimationActive={false}
            content={({ active, label }) => {
              const point = active ? points.find(({ x }) => x === label) : undefined;
              return point ? (
                <PointCard
                  point={point}
                  heading={headingOf(point.x)}
                  series={series}
                  text={(value) => format.quantity({ value, unit, currency })}
                />
              ) : null;
            }}
          />
          {series.map(({ key, label, past }, index) => (
            <Line
              key={key}
              name={label}
              dataKey={({ values }: ChartPoint) => values[key] ?? null}
              stroke="none"
              dot={false}
              activeDot={{ r: 4, strokeWidth: 0, fill: seriesStyle(index, { past }).color }}
              isAnimationActive={false}
            />
          ))}
          {focused && <Focus />}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

/** Gives the focus to the chart that it is in, as soon as that is there. */
function Focus() {
  const here = useRef<SVGGElement>(null);
  useEffect(() => here.current?.ownerSVGElement?.focus(), []);
  return <g ref={here} />;
}

interface PointCardProps {
  point: ChartPoint;
  heading: string;
  series: readonly ChartSeries[];
  text: (value: number) => string;
}

function PointCard({ point, heading, series, text }: PointCardProps) {
  const { locale } = useDisplay();
  return (
    <div role="status" dir={directionOf(locale)} className="pop min-w-36 rounded-control px-3 py-2 text-xs">
      <p className="mb-1 text-ink-faint">{heading}</p>
      {series.map(({ key, label, past }, index) => {
        const value = point.values[key];
        return (
          <p key={key} className="flex items-center justify-between gap-4 py-0.5 text-ink-muted">
            <span className="flex items-center gap-2">
              <svg aria-hidden viewBox="0 0 8 8" className={`size-2 ${seriesStyle(index, { past }).text}`}>
                <circle cx="4" cy="4" r="4" fill="currentColor" />
              </svg>
              {label}
            </span>
            <bdi className="font-medium text-ink tabular-nums">{value === null || value === undefined ? "–" : text(value)}</bdi>
          </p>
        );
      })}
    </div>
  );
}
