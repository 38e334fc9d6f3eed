import { ChevronRight } from "lucide-react";
import { useEffect, useState } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Fold } from "#app/components/ui/fold.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Skeleton } from "#app/components/ui/skeleton.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { queryOf, type ShownView, viewOf } from "#app/view.ts";
import { figuresPath } from "./figures-path.ts";
import { SensorFigures } from "./sensor-figures.tsx";
import { SensorStanding } from "./sensor-standing.tsx";
import type { SensorSummary, SensorView } from "./sensor-state.tsx";
import { LEVELS } from "./sensor-tile.tsx";

const useWords = wordsOf("overview");

/** One sensor in a line that opens to all of its figures, which are fetched then; a link to their page for who has no script. */
export function SensorFold({ sensor, view }: { sensor: SensorSummary; view: ShownView }) {
  const t = useWords();
  const { base } = useTenant();
  const judged = sensor.tiles.find(({ unit }) => unit === "status")?.tone;
  const page = figuresPath(base, sensor.id, viewOf(view));
  return (
    <Fold
      className="group/sensor"
      summary={
        <summary className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 transition-colors hover:bg-hover sm:px-5">
          <ChevronRight
            aria-hidden
            data-mirror
            className="size-4 shrink-0 text-ink-faint transition-[rotate] group-open/sensor:rotate-90 rtl:group-open/sensor:-rotate-90"
          />
          <h3 className="min-w-0 text-sm font-semibold">{sensor.title}</h3>
          {judged && <Badge tone={judged}>{t(`health.${LEVELS[judged]}`)}</Badge>}
          <span className="ms-auto text-[0.8125rem]">
            <SensorStanding sensor={sensor} />
          </span>
        </summary>
      }
      instead={
        <Link to={page} className="link block px-4 pb-4 text-[0.8125rem] sm:px-5">
          {t("story.all", { sensor: sensor.title })}
        </Link>
      }
    >
      {() => <Fetched key={queryOf(viewOf(view))} id={sensor.id} title={sensor.title} view={view} />}
    </Fold>
  );
}

function Fetched({ id, title, view }: { id: string; title: string; view: ShownView }) {
  const t = useWords();
  const { base, tenant } = useTenant();
  const { locale } = useDisplay();
  const [found, setFound] = useState<SensorView | "failed">();
  const page = figuresPath(base, id, viewOf(view));
  const { range, from, to, compare } = view;
  useEffect(() => {
    let isGone = false;
    const ask = async () => {
      const { api } = await import("#app/api.client.ts");
      try {
        const sensor = await api.overview.sensor.query({
          tenant: tenant.id,
          sensor: id,
          locale,
          view: { range: range ?? { from, to }, compare },
        });
        if (!isGone) setFound(sensor);
      } catch {
        // Its page says what is wrong.
        if (!isGone) setFound("failed");
      }
    };
    void ask();
    return () => {
      isGone = true;
    };
  }, [id, tenant.id, locale, range, from, to, compare]);
  if (found === undefined) {
    return (
      <div aria-busy className="grid gap-3 px-4 pb-5 sm:px-5">
        <Skeleton className="h-20" />
        <Skeleton className="h-56" />
      </div>
    );
  }
  return (
    <div className="grid gap-3 px-3 pb-4 sm:px-5 sm:pb-5">
      {found === "failed" ? (
        <p className="text-[0.8125rem] text-ink-muted">{t("story.failed")}</p>
      ) : (
        <>
          <p className="text-[0.8125rem] text-ink-muted">{found.description}</p>
          <SensorFigures
            sensor={found}
            view={view}
            csvOf={(chart) => figuresPath(base, id, viewOf(view), { chart })}
            figuresAt={(chart) => `${page}#${chart}`}
          />
        </>
      )}
      <Link to={page} className="link text-[0.8125rem]">
        {t("story.all", { sensor: title })}
      </Link>
    </div>
  );
}
