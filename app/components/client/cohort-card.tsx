import { HowCounted } from "#app/components/charts/how-counted.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { SensorView } from "./sensor-state.tsx";

const useWords = wordsOf("overview");

type Table = SensorView["cohorts"][number];

/** The more customers came back, the stronger the tint: one step for each ten of a hundred. */
const TINTS = ["", "bg-series-1/8", "bg-series-1/14", "bg-series-1/22", "bg-series-1/30", "bg-series-1/38", "bg-series-1/46"] as const;
const tintOf = (share: number) => TINTS[Math.min(TINTS.length - 1, Math.ceil(share * 10))];

/** A triangle: for each month of first purchase, the share of its customers who came back, month by month. */
export function CohortCard({ table }: { table: Table }) {
  const t = useWords();
  const format = useFormat();
  const { label, how, dimension, running, cohorts } = table;
  const longest = Math.max(...cohorts.map(({ customers }) => customers.length));
  const offsets = Array.from({ length: Math.max(0, longest - 1) }, (_, index) => index + 1);
  const cell = "px-1 py-0.5 text-end whitespace-nowrap tabular-nums";
  return (
    <Card title={label} description={t("overview.cohortCaption")}>
      {/* A region that scrolls must be reachable by keyboard. */}
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        tabIndex={0}
        aria-label={label}
        className="relative -mx-1 overflow-x-auto"
      >
        <table className="w-full border-separate border-spacing-y-0.5 text-xs">
          <caption className="sr-only">{t("overview.cohortCaption")}</caption>
          <thead className="text-ink-faint">
            <tr>
              <th scope="col" className="px-1 pb-1 text-start font-medium whitespace-nowrap">
                {dimension}
              </th>
              <th scope="col" className="px-1 pb-1 text-end font-medium">
                {t("overview.cohortSize")}
              </th>
              {offsets.map((offset) => (
                <th key={offset} scope="col" className="px-1 pb-1 text-end font-medium tabular-nums">
                  <span className="sr-only">{t("overview.cohortMonth", { month: offset })}</span>
                  <span aria-hidden dir="ltr">
                    +{offset}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cohorts.map(({ month, customers: [size, ...later] }) => (
              <tr key={month}>
                <th scope="row" className="h-7 px-1 py-0.5 text-start font-normal whitespace-nowrap text-ink-muted">
                  {format.month(month)}
                </th>
                <td className={`${cell} text-ink`}>
                  {format.count(size ?? 0)}
                  {month === running && <Running />}
                </td>
                {offsets.map((offset) => {
                  const came = later[offset - 1];
                  if (came === undefined || came === null || !size) return <td key={offset} className={cell} />;
                  const share = came / size;
                  const runs = monthAfter(month, offset) === running;
                  return (
                    <td key={offset} className="p-0.5">
                      <span
                        className={cn(
                          "block rounded-[0.25rem] px-1.5 py-1 text-end text-ink tabular-nums",
                          tintOf(share),
                          runs && "border border-dashed border-line-control",
                        )}
                        title={runs ? `${format.count(came)}, ${t("overview.cohortRunning")}` : format.count(came)}
                      >
                        {format.ratio(Math.round(share * 100) / 100)}
                        {runs && <Running />}
                      </span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="mt-2 text-xs text-ink-faint">
        <span aria-hidden>… </span>
        {t("overview.cohortRunningNote")}
      </p>
      <div className="mt-2">
        <HowCounted how={how} label={label} />
      </div>
    </Card>
  );
}

/** What falls into a month that is not over still grows. */
function Running() {
  const t = useWords();
  return (
    <>
      <span aria-hidden>…</span>
      <span className="sr-only"> {t("overview.cohortRunning")}</span>
    </>
  );
}

/** The month (YYYY-MM) that lies so many months later. */
function monthAfter(month: string, offset: number): string {
  const number = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + offset;
  return `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, "0")}`;
}
