import { Link } from "@remix-run/react";
import { ChevronRight } from "lucide-react";
import { MetricTile } from "#app/components/charts/metric-tile.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { Fold } from "#app/components/ui/fold.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { BreakdownCard } from "./breakdown-card.tsx";
import { ChartCard } from "./chart-card.tsx";
import { CohortCard } from "./cohort-card.tsx";
import { quantityOf } from "./quantity-of.ts";
import { SensorStanding } from "./sensor-standing.tsx";
import type { SensorView } from "./sensor-state.tsx";
import { trendOf } from "./trend-of.ts";

const useWords = wordsOf("overview");

type Tile = SensorView["tiles"][number];

const BETTER = { up: "higher", down: "lower" } as const;
const LEVELS = { ok: "ok", warn: "warn", danger: "bad" } as const;
/** Beside the first chart there is room for two. */
const HEADLINES = 2;

/** Rows without gaps where there is a number of columns that gives them. */
const columnsFor = (count: number) => (count % 4 === 0 || count > 6 ? "lg:grid-cols-4" : count === 2 ? "" : "lg:grid-cols-3");

/** One sensor's figures: its two headlines beside its first chart, then the rest in falling weight. */
export function SensorSection({ sensor }: { sensor: SensorView }) {
  const t = useWords();
  const { base } = useTenant();
  const figures = `${base}/figures?sensor=${sensor.id}`;
  const tiles = sensor.tiles.filter(({ unit }) => unit !== "status");
  const [first, ...others] = sensor.charts;
  const beside = first ? HEADLINES : 0;
  return (
    <Section title={<SensorTitle sensor={sensor} />} description={sensor.description} actions={<SensorFacts sensor={sensor} />}>
      <div className="grid grid-cols-1 gap-4">
        {first && (
          <div className="grid grid-cols-1 gap-4 lg:grid-cols-3">
            <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-1">
              {tiles.slice(0, beside).map((tile) => (
                <SensorTile key={tile.key} tile={tile} />
              ))}
            </div>
            <ChartCard chart={first} days={sensor.days} figuresAt={`${figures}#${first.key}`} className="lg:col-span-2" />
          </div>
        )}
        {tiles.length > beside && (
          <div className={cn("grid grid-cols-1 gap-4 min-[26rem]:grid-cols-2", columnsFor(tiles.length - beside))}>
            {tiles.slice(beside).map((tile) => (
              <SensorTile key={tile.key} tile={tile} />
            ))}
          </div>
        )}
        {sensor.cohorts.map((table) => (
          <CohortCard key={table.key} table={table} />
        ))}
        {sensor.breakdowns.length > 0 && (
          <div className="grid grid-cols-1 items-start gap-4 md:grid-cols-2 xl:grid-cols-3">
            {sensor.breakdowns.map((breakdown) => (
              <BreakdownCard key={breakdown.key} breakdown={breakdown} />
            ))}
          </div>
        )}
        {others.length > 0 && (
          <Fold
            className="group/more min-w-0"
            summary={
              <summary className="inline-flex items-center gap-1.5 rounded-sm text-[0.8125rem] font-medium text-ink-muted transition-colors hover:text-ink">
                <ChevronRight
                  aria-hidden
                  data-mirror
                  className="size-4 transition-[rotate] group-open/more:rotate-90 rtl:group-open/more:-rotate-90"
                />
                {t("overview.moreCharts", { count: others.length })}
                <span className="sr-only">: {sensor.title}</span>
              </summary>
            }
            instead={
              <a href={`${figures}#${others[0]?.key}`} className="link mt-2 inline-block text-[0.8125rem]">
                {t("figures.title", { sensor: sensor.title })}
              </a>
            }
          >
            {() => (
              <div className="mt-4 grid grid-cols-1 gap-4 lg:grid-cols-2">
                {others.map((chart) => (
                  <ChartCard key={chart.key} chart={chart} days={sensor.days} figuresAt={`${figures}#${chart.key}`} />
                ))}
              </div>
            )}
          </Fold>
        )}
      </div>
    </Section>
  );
}

function SensorTitle({ sensor }: { sensor: SensorView }) {
  const t = useWords();
  const judged = sensor.tiles.find(({ unit }) => unit === "status")?.tone;
  return (
    <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
      {sensor.title}
      {judged && <Badge tone={judged}>{t(`health.${LEVELS[judged]}`)}</Badge>}
    </span>
  );
}

function SensorFacts({ sensor }: { sensor: SensorView }) {
  const t = useWords();
  const { base, tenant } = useTenant();
  const timeZone = tenant.timezone;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-[0.8125rem] text-ink-faint">
      <SensorStanding sensor={sensor} />
      {sensor.unknownTimezone ? (
        <span>{t("overview.calendarUnknown", { zone: sensor.unknownTimezone })}</span>
      ) : (
        sensor.timezone !== timeZone && <span>{t("overview.calendar", { zone: sensor.timezone })}</span>
      )}
      <span>
        {sensor.lastSuccessAt === null ? (
          t("overview.never")
        ) : (
          <>
            {t("overview.measured")} <Time at={sensor.lastSuccessAt} />
          </>
        )}
      </span>
      <Link to={`${base}/runs?job=${sensor.id}`} className="link">
        {t("overview.seeRuns")}
        <span className="sr-only">: {sensor.title}</span>
      </Link>
    </div>
  );
}

function SensorTile({ tile }: { tile: Tile }) {
  const t = useWords();
  const { key, label, how, unit, compared, comparedAs, others, better, tone, measuredAt } = tile;
  return (
    <MetricTile
      key={key}
      label={label}
      how={how}
      quantity={quantityOf(unit, tile)}
      others={others.flatMap((other) => quantityOf(unit, other) ?? [])}
      compared={compared && { ...compared, as: comparedAs }}
      better={better ? BETTER[better] : "neutral"}
      measuredAt={measuredAt}
      trend={trendOf(tile)}
      status={tone ? { tone, label: t(`threshold.${LEVELS[tone]}`) } : undefined}
    />
  );
}
