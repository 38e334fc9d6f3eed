import { cn } from "#app/components/ui/cn.ts";
import type { ShownView } from "#app/view.ts";
import { BreakdownCard } from "./breakdown-card.tsx";
import { ChartCard } from "./chart-card.tsx";
import { CohortCard } from "./cohort-card.tsx";
import type { SensorView } from "./sensor-state.tsx";
import { SensorTile } from "./sensor-tile.tsx";

/** Rows without gaps where there is a number of columns that gives them. */
const columnsFor = (count: number) => (count % 4 === 0 || count > 6 ? "lg:grid-cols-4" : count === 2 ? "" : "sm:grid-cols-3");

export interface SensorFiguresProps {
  sensor: SensorView;
  view: ShownView;
  /** The address of a chart's figures as a file. */
  csvOf(chart: string): string;
  /** As of `LineChart`. */
  figuresAt?: (chart: string) => string;
  titleAs?: "h2" | "h3";
}

/** All of a sensor's figures: one number each, then its charts, then what they are made of. */
export function SensorFigures({ sensor, view, csvOf, figuresAt, titleAs }: SensorFiguresProps) {
  const tiles = sensor.tiles.filter(({ unit }) => unit !== "status");
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className={cn("grid grid-cols-2 gap-3 sm:gap-4", columnsFor(tiles.length))}>
        {tiles.map((tile) => (
          <SensorTile key={tile.key} tile={tile} view={view} explained />
        ))}
      </div>
      {sensor.charts.length > 0 && (
        <div
          className={cn(
            "grid grid-cols-1 items-start gap-4",
            sensor.charts.length > 1 && "lg:grid-cols-2 lg:[&>:last-child:nth-child(odd)]:col-span-2",
          )}
        >
          {sensor.charts.map((chart) => (
            <ChartCard
              key={chart.key}
              id={chart.key}
              chart={chart}
              days={sensor.days}
              running={view.range !== null}
              csv={csvOf(chart.key)}
              figuresAt={figuresAt?.(chart.key)}
              titleAs={titleAs}
            />
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
    </div>
  );
}
