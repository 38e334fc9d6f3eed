import { useTranslation } from "react-i18next";
import { useFormat } from "#app/i18n/display.tsx";
import type { ChartData } from "./chart-data.ts";

/** The figures of a chart, for those who do not see it and those who want them exactly. */
export function ChartTable({ data, title }: { data: ChartData; title: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { series, points, xIs, xLabel, unit, currency } = data;
  return (
    // A region that scrolls must be reachable by keyboard.
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      aria-label={t("chart.figuresOf", { title })}
      className="relative mt-2 max-h-72 overflow-auto rounded-control border border-line"
    >
      <table className="w-full text-[0.8125rem]">
        <caption className="sr-only">{t("chart.figuresOf", { title })}</caption>
        <thead className="sticky top-0 bg-raised">
          <tr>
            <th scope="col" className="px-3 py-2 text-start font-medium text-ink-faint">
              {xLabel ?? (xIs === "day" ? t("chart.date") : <span className="sr-only">{title}</span>)}
            </th>
            {series.map(({ key, label }) => (
              <th key={key} scope="col" className="px-3 py-2 text-end font-medium text-ink-faint">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {points.map(({ x, values }) => (
            <tr key={x}>
              <th scope="row" className="px-3 py-1.5 text-start font-normal whitespace-nowrap text-ink-muted">
                {xIs === "day" ? format.day(x, "date") : x}
              </th>
              {series.map(({ key }) => {
                const value = values[key];
                return (
                  <td key={key} className="px-3 py-1.5 text-end whitespace-nowrap text-ink tabular-nums">
                    {value === null || value === undefined ? "–" : format.quantity({ value, unit, currency })}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
