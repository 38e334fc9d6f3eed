import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { SensorStanding } from "./sensor-standing.tsx";
import type { SensorSummary } from "./sensor-state.tsx";

const useWords = wordsOf("overview", "runs");

/** Sensors without a figure yet, each with what it waits for. `running`: those that are at it. */
export function WaitingSensors({ sensors, running }: { sensors: readonly SensorSummary[]; running: ReadonlySet<string> }) {
  const t = useWords();
  const { now } = useDisplay();
  return (
    <Section title={t("overview.waitingTitle")} description={t("overview.waitingDescription")}>
      <Card padding="none" as="div">
        <ul className="divide-y divide-line">
          {sensors.map((sensor) => (
            <li key={sensor.id} className="grid gap-x-6 gap-y-2 px-4 py-4 sm:grid-cols-[1fr_auto] sm:items-center sm:px-5">
              <div className="min-w-0">
                <h3 className="text-sm font-semibold">{sensor.title}</h3>
                <p className="text-[0.8125rem] text-ink-muted">{sensor.description}</p>
              </div>
              <div className="grid gap-0.5 text-[0.8125rem] text-ink-faint sm:justify-items-end sm:text-end">
                <SensorStanding sensor={isAtIt(sensor, { now, running }) ? { ...sensor, state: "waiting" } : sensor} />
                <WhatNext sensor={sensor} isRunning={running.has(sensor.id)} />
              </div>
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

/** One that found nothing so far and looks again in a moment, as what reads the shop's orders while they come in. */
const isAtIt = ({ id, state, nextAt }: SensorSummary, { now, running }: { now: number; running: ReadonlySet<string> }): boolean =>
  state === "ok" && (running.has(id) || (nextAt !== null && nextAt <= now));

function WhatNext({ sensor: { id, title, state, nextAt }, isRunning }: { sensor: SensorSummary; isRunning: boolean }) {
  const t = useWords();
  const { now } = useDisplay();
  const { base } = useTenant();
  if (state === "off") return <p>{t("runs:block.disabled")}</p>;
  if (state === "failing") {
    return (
      <Link to={`${base}/runs?job=${id}`} className="link">
        {t("overview.seeRuns")}
        <span className="sr-only">: {title}</span>
      </Link>
    );
  }
  if (state === "blocked") return null;
  if (isRunning) return <p>{t("overview.now")}</p>;
  if (nextAt !== null && nextAt <= now) return <p>{t("overview.soon")}</p>;
  // It measured in time and had nothing to say, as of a shop without orders.
  if (state === "ok" || state === "late") return <p>{t("overview.nothingMeasured")}</p>;
  if (nextAt === null) return null;
  return (
    <p>
      {t("overview.next")} <Time at={nextAt} />
    </p>
  );
}
