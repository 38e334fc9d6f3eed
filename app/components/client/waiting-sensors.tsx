import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useTenant } from "#app/tenant.ts";
import { blockWords, mendedByConnecting } from "./block-words.ts";
import { SensorState, type SensorView } from "./sensor-state.tsx";

/** Sensors without a figure yet, each with what it waits for. */
export function WaitingSensors({ sensors }: { sensors: readonly SensorView[] }) {
  const { t } = useTranslation("client");
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
                <SensorState state={sensor.state} />
                <WhatFor sensor={sensor} />
              </div>
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

function WhatFor({ sensor: { id, state, blocked, nextAt } }: { sensor: SensorView }) {
  const { t } = useTranslation("client");
  const { base, providersOf } = useTenant();
  if (state === "failing") {
    return (
      <Link to={`${base}/runs?job=${id}`} className="link">
        {t("overview.seeRuns")}
      </Link>
    );
  }
  if (blocked) {
    const words = blockWords(t, blocked, providersOf(id));
    return mendedByConnecting(blocked) ? (
      <Link to={`${base}/integrations`} className="link">
        {words}
      </Link>
    ) : (
      <p>{words}</p>
    );
  }
  if (state === "off") return <p>{t("block.disabled")}</p>;
  if (nextAt === null) return null;
  return (
    <p>
      {t("overview.next")} <Time at={nextAt} />
    </p>
  );
}
