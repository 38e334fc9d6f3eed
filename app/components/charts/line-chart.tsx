import { ChartNoAxesCombined, ChevronRight } from "lucide-react";
import { lazy, Suspense } from "react";
import { cn } from "#app/components/ui/cn.ts";
import { useHydrated } from "#app/components/ui/use-hydrated.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { type ChartProps, seriesStyle } from "./chart-data.ts";
import { ChartTable } from "./chart-table.tsx";

const useWords = wordsOf("common");

// recharts is large and draws nothing on a server: only a browser that shows a chart loads it.
const Canvas = lazy(() => import("./canvas.client.tsx"));

/**
 * How figures went over time; with one series the area under it is tinted. A legend, the room for the drawing, and the
 * same figures as a table in a fold-out.
 */
export function LineChart({ data, title, height = "h-64" }: ChartProps) {
  const t = useWords();
  const hydrated = useHydrated();
  if (data.points.length === 0) {
    return (
      <div className={cn("grid place-content-center justify-items-center gap-2 text-sm text-ink-faint", height)}>
        <ChartNoAxesCombined aria-hidden className="size-6" strokeWidth={1.5} />
        {t("chart.empty")}
      </div>
    );
  }
  return (
    <figure aria-label={title} className="min-w-0">
      {data.series.length > 1 && <Legend series={data.series} />}
      <div className={cn("relative", height)} dir="ltr">
        {hydrated ? (
          <Suspense fallback={<Waiting text={t("chart.loading")} />}>
            <Canvas data={data} title={title} />
          </Suspense>
        ) : (
          <>
            <Waiting text={t("chart.loading")} />
            <noscript>
              <p
                dir="auto"
                className="absolute inset-0 grid place-items-center rounded-control border border-line bg-sunken p-4 text-center text-sm text-ink-muted"
              >
                {t("chart.noScript")}
              </p>
            </noscript>
          </>
        )}
      </div>
      <details className="group mt-3">
        <summary className="inline-flex items-center gap-1 rounded-sm text-[0.8125rem] text-ink-faint transition-colors hover:text-ink">
          <ChevronRight aria-hidden data-mirror className="size-3.5 transition-[rotate] group-open:rotate-90 rtl:group-open:-rotate-90" />
          {t("chart.showFigures")}
        </summary>
        <ChartTable data={data} title={title} />
      </details>
    </figure>
  );
}

function Waiting({ text }: { text: string }) {
  return (
    <div className="absolute inset-0">
      <span className="sr-only">{text}</span>
      <span aria-hidden className="skeleton block h-full rounded-control opacity-60" />
    </div>
  );
}

function Legend({ series }: { series: ChartProps["data"]["series"] }) {
  return (
    <ul className="mb-3 flex flex-wrap gap-x-4 gap-y-1.5 text-[0.8125rem] text-ink-muted">
      {series.map(({ key, label }, index) => {
        const { text, dash } = seriesStyle(index);
        return (
          <li key={key} className="flex items-center gap-2">
            <svg aria-hidden viewBox="0 0 24 10" className={cn("h-2.5 w-6", text)}>
              <line x1="1" x2="23" y1="5" y2="5" stroke="currentColor" strokeWidth="2.5" strokeDasharray={dash} />
            </svg>
            {label}
          </li>
        );
      })}
    </ul>
  );
}
