import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { directionOf } from "#app/i18n/locale.ts";
import { type ChartData, type ChartPoint, type ChartSeries, seriesStyle } from "./chart-data.ts";

const DRAW_MS = 400;
const TICK = { fill: "var(--ink-faint)", fontSize: 12 };

/** The drawing itself. In right-to-left languages time runs to the left and the scale stands on the right. */
export default function Canvas({ data, title }: { data: ChartData; title: string }) {
  const { locale } = useDisplay();
  const format = useFormat();
  const rtl = directionOf(locale) === "rtl";
  const moving = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { series, points, xIs, unit, currency } = data;
  const xText = (x: string) => (xIs === "day" ? format.day(x) : x);
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart data={[...points]} title={title} margin={{ top: 8, right: rtl ? 0 : 8, bottom: 0, left: rtl ? 8 : 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="x"
          tickFormatter={xText}
          reversed={rtl}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          tickMargin={8}
          minTickGap={24}
        />
        <YAxis
          width="auto"
          orientation={rtl ? "right" : "left"}
          tickFormatter={(value: number) => format.quantity({ value, unit, currency }, { compactFrom: 0 })}
          tick={TICK}
          tickLine={false}
          axisLine={false}
          tickCount={5}
        />
        <Tooltip
          cursor={{ stroke: "var(--line-control)", strokeDasharray: "3 3" }}
          isAnimationActive={false}
          content={({ active, label }) => {
            const point = active ? points.find(({ x }) => x === label) : undefined;
            return point ? (
              <PointCard
                point={point}
                heading={xText(point.x)}
                series={series}
                text={(value) => format.quantity({ value, unit, currency })}
              />
            ) : null;
          }}
        />
        {series.map((one, index) => marks({ one, index, alone: series.length === 1, moving }))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function marks({ one, index, alone, moving }: { one: ChartSeries; index: number; alone: boolean; moving: boolean }) {
  const { color, dash } = seriesStyle(index);
  const shared = {
    name: one.label,
    dataKey: ({ values }: ChartPoint) => values[one.key] ?? null,
    isAnimationActive: moving,
    animationDuration: DRAW_MS,
  };
  const line = { ...shared, type: "monotone" as const, stroke: color, strokeWidth: 2, activeDot: { r: 4, strokeWidth: 0 } };
  return alone ? (
    <Area key={one.key} {...line} fill={color} fillOpacity={0.1} dot={false} />
  ) : (
    <Line key={one.key} {...line} strokeDasharray={dash} dot={false} />
  );
}

interface PointCardProps {
  point: ChartPoint;
  heading: string;
  series: readonly ChartSeries[];
  text: (value: number) => string;
}

function PointCard({ point, heading, series, text }: PointCardProps) {
  return (
    <div dir="auto" className="pop min-w-36 rounded-control px-3 py-2 text-xs">
      <p className="mb-1 text-ink-faint">{heading}</p>
      {series.map(({ key, label }, index) => {
        const value = point.values[key];
        return (
          <p key={key} className="flex items-center justify-between gap-4 py-0.5 text-ink-muted">
            <span className="flex items-center gap-2">
              <svg aria-hidden viewBox="0 0 8 8" className={`size-2 ${seriesStyle(index).text}`}>
                <circle cx="4" cy="4" r="4" fill="currentColor" />
              </svg>
              {label}
            </span>
            <span className="font-medium text-ink tabular-nums">{value === null || value === undefined ? "–" : text(value)}</span>
          </p>
        );
      })}
    </div>
  );
}
