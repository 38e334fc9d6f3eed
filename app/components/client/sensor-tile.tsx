import { MetricTile } from "#app/components/charts/metric-tile.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { ShownView } from "#app/view.ts";
import { quantityOf } from "./quantity-of.ts";
import { spanOf } from "./range-picker.tsx";
import type { Tile } from "./sensor-state.tsx";
import { trendOf } from "./trend-of.ts";

const useWords = wordsOf("overview");

const BETTER = { up: "higher", down: "lower" } as const;
export const LEVELS = { ok: "ok", warn: "warn", danger: "bad" } as const;

export interface SensorTileProps {
  tile: Tile;
  view: ShownView;
  /** Where its story is, and whether that is what is shown. */
  to?: string;
  shown?: boolean;
  /** Whether it says how it is counted. */
  explained?: boolean;
}

/** One figure of a sensor. */
export function SensorTile({ tile, view, to, shown, explained = false }: SensorTileProps) {
  const t = useWords();
  const { label, how, unit, compared, comparedAs, others, better, tone } = tile;
  const against = useAgainst(view)(comparedAs);
  return (
    <MetricTile
      label={label}
      how={explained ? how : undefined}
      quantity={quantityOf(unit, tile)}
      others={others.flatMap((other) => quantityOf(unit, other) ?? [])}
      {...(against !== null && { compared, against })}
      better={better ? BETTER[better] : "neutral"}
      trend={trendOf(tile)}
      status={tone ? { tone, label: t(`threshold.${LEVELS[tone]}`) } : undefined}
      to={to}
      shown={shown}
    />
  );
}

/** What figures are held against, in words; null where it is nothing. */
export function useAgainst({ compare, compared, to, stateDays }: ShownView): (as: Tile["comparedAs"]) => string | null {
  const t = useWords();
  const format = useFormat();
  return (as) => {
    if (compare === "none") return null;
    if (as === "own") return t("against.own");
    if (as === "weeks") return compared && t("against.days", { days: spanOf(format, compared.before, to) });
    return compare === "year" ? t("against.year") : t("against.state", { count: stateDays });
  };
}
