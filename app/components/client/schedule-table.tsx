import { Form } from "@remix-run/react";
import { CalendarClock, Play } from "lucide-react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { Every } from "./every.tsx";
import { useBlockWords } from "./use-block-words.ts";

const useWords = wordsOf("runs");

type Schedule = Outputs["runs"]["schedules"][number];

/** What runs by itself: how often, when next, or why not; each can be run now by who may. */
export function ScheduleTable({ schedules }: { schedules: readonly Schedule[] }) {
  const t = useWords();
  const { jobTitle, jobs, may } = useTenant();
  const order = (job: string) => jobs.findIndex(({ id }) => id === job);
  const starts = may("runs:start");
  return (
    <Card padding="none">
      <Table
        caption={t("runs.schedule")}
        rows={[...schedules].sort((a, b) => order(a.job) - order(b.job))}
        rowKey={({ job }) => job}
        empty={<EmptyState icon={CalendarClock} title={t("runs.scheduleEmpty")} />}
        columns={[
          { key: "job", header: t("runs.job"), primary: true, cell: ({ job }) => jobTitle(job) },
          { key: "every", header: t("runs.every"), cell: ({ everyS }) => <Every seconds={everyS} /> },
          { key: "next", header: t("runs.next"), named: true, cell: (schedule) => <Next schedule={schedule} /> },
          {
            key: "success",
            header: t("runs.lastSuccess"),
            named: true,
            cell: ({ lastSuccessAt }) => (lastSuccessAt === null ? t("runs.never") : <Time at={lastSuccessAt} />),
          },
          {
            key: "actions",
            header: <span className="sr-only">{t("runs.actions")}</span>,
            actions: true,
            cell: ({ job, blocked }) =>
              starts &&
              blocked === null && (
                <Form method="post">
                  <SubmitButton name="job" value={job} size="sm" variant="secondary">
                    <Play aria-hidden />
                    {t("runs.runNow")}
                    <span className="sr-only">: {jobTitle(job)}</span>
                  </SubmitButton>
                </Form>
              ),
          },
        ]}
      />
    </Card>
  );
}

function Next({ schedule: { job, enabled, blocked, nextAt } }: { schedule: Schedule }) {
  const t = useWords();
  const blockWords = useBlockWords();
  const { providersOf } = useTenant();
  const { now } = useDisplay();
  if (enabled && blocked === null) return nextAt <= now ? t("runs.due") : <Time at={nextAt} />;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <Badge tone={enabled && blocked !== "not_connected" ? "warn" : "neutral"}>{t(enabled ? "sensor.blocked" : "sensor.off")}</Badge>
      <span className="text-[0.8125rem]">{blockWords(enabled && blocked ? blocked : "disabled", providersOf(job))}</span>
    </span>
  );
}
