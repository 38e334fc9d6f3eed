import { ChartNoAxesCombined, ChevronRight } from "lucide-react";
import { cn } from "#app/components/ui/cn.ts";
import { Fold } from "#app/components/ui/fold.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { type ChartProps, seriesStyle } from "./chart-data.ts";
import { ChartTable } from "./chart-table.tsx";
import { Drawing, PointLabels, ScaleLabels } from "./drawing.tsx";
import { Explorer } from "./explorer.tsx";
import { scaleOf } from "./scale.ts";

const useWords = wordsOf("common");

/**
 * How figures went over time; with one series the area under it is tinted. A legend, the drawing, and the same
 * figures as a table.
 */
export function LineChart({ data, title, height = "min-h-64", figuresAt }: ChartProps) {
  const t = useWords();
  if (data.points.length === 0) {
    return (
      <div className={cn("grid flex-1 place-content-center justify-items-center gap-2 text-sm text-ink-faint", height)}>
        <ChartNoAxesCombined aria-hidden className="size-6" strokeWidth={1.5} />
        {t("chart.empty")}
      </div>
    );
  }
  const scale = scaleOf(data);
  return (
    <figure aria-label={title} className="flex min-w-0 flex-1 flex-col">
      {data.series.length > 1 && <Legend series={data.series} />}
      <div className={cn("@container grid flex-1 grid-cols-[auto_minmax(0,1fr)] grid-rows-[minmax(0,1fr)_auto] gap-x-2.5 pt-2", height)}>
        <ScaleLabels data={data} scale={scale} />
        <div className="relative">
          <Drawing data={data} scale={scale} />
          <Explorer data={data} title={title} scale={scale} />
        </div>
        <PointLabels data={data} />
      </div>
      {figuresAt === undefined ? <ChartTable data={data} title={title} /> : <Figures data={data} title={title} at={figuresAt} />}
    </figure>
  );
}

function Figures({ data, title, at }: Pick<ChartProps, "data" | "title"> & { at: string }) {
  const t = useWords();
  return (
    <Fold
      className="group mt-3"
      summary={
        <summary className="inline-flex items-center gap-1 rounded-sm text-[0.8125rem] text-ink-faint transition-colors hover:text-ink">
          <ChevronRight aria-hidden data-mirror className="size-3.5 transition-[rotate] group-open:rotate-90 rtl:group-open:-rotate-90" />
          {t("chart.showFigures")}
        </summary>
      }
      instead={
        <a href={at} className="link mt-2 inline-block text-[0.8125rem]">
          {t("chart.figuresOf", { title })}
        </a>
      }
    >
      {() => <ChartTable data={data} title={title} />}
    </Fold>
  );
}

function Legend({ series }: { series: ChartProps["data"]["series"] }) {
  return (
    <ul className="mb-3 flex flex-wrap gap-x-4 gap-y-1.5 text-[0.8125rem] text-ink-muted">
      {series.map(({ key, label, past }, index) => {
        const { text, dash } = seriesStyle(index, { past });
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
