import { HowCounted } from "#app/components/charts/how-counted.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { SensorView } from "./sensor-state.tsx";

const useWords = wordsOf("overview");

type Breakdown = SensorView["breakdowns"][number];

const SHOWN = 8;

/** What a figure is made of, the largest part first: a table whose rows carry their share as a bar. */
export function BreakdownCard({ breakdown }: { breakdown: Breakdown }) {
  const t = useWords();
  const format = useFormat();
  const { label, how, dimension, unit, currency, rows } = breakdown;
  const hidden = rows.length - SHOWN;
  return (
    <Card title={label}>
      <table className="w-full text-[0.8125rem]">
        <caption className="sr-only">{label}</caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">{dimension}</th>
            <th scope="col">{t("overview.total")}</th>
            <th scope="col">{t("overview.share")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map(({ key, label: name, value, share }) => (
            <tr key={key} className="border-b border-line last:border-0">
              <th scope="row" className="w-full py-2 pe-3 text-start font-normal text-ink">
                <bdi className="line-clamp-1">{name}</bdi>
                <svg
                  aria-hidden
                  viewBox="0 0 100 1"
                  preserveAspectRatio="none"
                  className="mt-1.5 block h-1 w-full rounded-full bg-hover rtl:-scale-x-100"
                >
                  <rect width={Math.max(0.5, Math.round(share * 1000) / 10)} height="1" className="fill-series-1" />
                </svg>
              </th>
              <td className="py-2 ps-2 text-end align-top whitespace-nowrap text-ink tabular-nums">
                {format.quantity({ value, unit: unit === "status" ? "number" : unit, ...(currency !== undefined && { currency }) })}
              </td>
              <td className="w-14 py-2 ps-3 text-end align-top whitespace-nowrap text-ink-faint tabular-nums">{format.ratio(share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {hidden > 0 && <p className="mt-2 text-xs text-ink-faint">{t("overview.breakdownMore", { count: hidden })}</p>}
      <div className="mt-2">
        <HowCounted how={how} label={label} />
      </div>
    </Card>
  );
}
