import { Form } from "@remix-run/react";
import { Play } from "lucide-react";
import { Every } from "#app/components/client/every.tsx";
import { SensorState, type SensorSummary } from "#app/components/client/sensor-state.tsx";
import { useBlockWords } from "#app/components/client/use-block-words.ts";
import { Card } from "#app/components/ui/card.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("runs", "clients", "admin");

/** With these a run could only say what is known already. */
const NOTHING_TO_RUN: readonly SensorSummary["blocked"][] = ["not_connected", "retired"];

/** A client's jobs with their schedule, how each stands and why it waits, and a button that runs it now (`intent=run`). */
export function JobTable({
  sensors,
  providers,
  startable,
}: {
  sensors: readonly SensorSummary[];
  providers: readonly { provider: string; name: string }[];
  startable: boolean;
}) {
  const t = useWords();
  const nameOf = (id: string) => providers.find(({ provider }) => provider === id)?.name ?? id;
  return (
    <Card padding="none">
      <Table
        caption={t("clients:jobs.title")}
        rows={sensors}
        rowKey={({ id }) => id}
        columns={[
          { key: "job", header: t("runs.job"), primary: true, cell: ({ title }) => title },
          {
            key: "state",
            header: t("clients:jobs.state"),
            cell: (sensor) => <State sensor={sensor} providers={sensor.providers.map(nameOf)} />,
          },
          { key: "every", header: t("runs.every"), cell: ({ everyS }) => <Every seconds={everyS} /> },
          { key: "next", header: t("runs.next"), named: true, cell: (sensor) => <Next sensor={sensor} /> },
          {
            key: "success",
            header: t("runs.lastSuccess"),
            named: true,
            cell: ({ lastSuccessAt }) =>
              lastSuccessAt === null ? <span className="text-ink-faint">{t("admin:never")}</span> : <Time at={lastSuccessAt} />,
          },
          {
            key: "actions",
            header: <span className="sr-only">{t("admin:actions")}</span>,
            actions: true,
            cell: ({ id, title, blocked }) =>
              startable &&
              !NOTHING_TO_RUN.includes(blocked) && (
                <Form method="post" preventScrollReset>
                  <input type="hidden" name="intent" value="run" />
                  <SubmitButton name="job" value={id} size="sm" variant="secondary">
                    <Play aria-hidden />
                    {t("runs.runNow")}
                    <span className="sr-only">: {title}</span>
                  </SubmitButton>
                </Form>
              ),
          },
        ]}
      />
    </Card>
  );
}

function State({ sensor: { state, blocked }, providers }: { sensor: SensorSummary; providers: readonly string[] }) {
  const blockWords = useBlockWords();
  return (
    <NameAndNote note={state === "blocked" && blocked && blockWords(blocked, providers)}>
      <SensorState state={state} />
    </NameAndNote>
  );
}

function Next({ sensor: { state, nextAt } }: { sensor: SensorSummary }) {
  const t = useWords();
  const { now } = useDisplay();
  if (nextAt === null || state === "blocked" || state === "off") return <None />;
  return nextAt <= now ? t("runs.due") : <Time at={nextAt} />;
}
