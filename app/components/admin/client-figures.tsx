import { MetricTile } from "#app/components/charts/metric-tile.tsx";
import { quantityOf } from "#app/components/client/quantity-of.ts";
import type { SensorSummary } from "#app/components/client/sensor-state.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("clients");

const BETTER = { up: "higher", down: "lower" } as const;
/** The first figures of a sensor are its headlines. */
const HEADLINES = 2;

/** The headline figures of what a client's sensors measured. */
export function ClientFigures({ sensors }: { sensors: readonly SensorSummary[] }) {
  const t = useWords();
  const tiles = sensors.flatMap(({ id, tiles }) =>
    tiles
      .filter(({ unit, value }) => unit !== "status" && value !== null)
      .slice(0, HEADLINES)
      .map((tile) => ({ ...tile, id: `${id}.${tile.key}` })),
  );
  if (tiles.length === 0) {
    return (
      <Card>
        <p className="text-sm text-ink-muted">{t("figures.none")}</p>
      </Card>
    );
  }
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
      {tiles.map(({ id, label, how, unit, value, currency, others, compared, better }) => (
        <MetricTile
          key={id}
          label={label}
          how={how}
          quantity={quantityOf(unit, { value, currency })}
          others={others.flatMap((other) => quantityOf(unit, other) ?? [])}
          {...(compared !== null && { compared })}
          better={better === null ? "neutral" : BETTER[better]}
        />
      ))}
    </div>
  );
}
