import { Section } from "#app/components/shell/section.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { LogLevel } from "#db/words/runs.ts";
import { RunLogs } from "./run-logs.tsx";
import { RunTimeline, type RunView } from "./run-timeline.tsx";

const useWords = wordsOf("run");

/** What a run did: its timeline beside its log, of which `level` alone is shown where one is chosen. */
export function RunCourse({ run, level }: { run: RunView; level: LogLevel | null }) {
  const t = useWords();
  return (
    <div className="grid grid-cols-1 gap-8 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)] lg:gap-6">
      <Section title={t("run.timeline")} space="none">
        <RunTimeline run={run} />
      </Section>
      <Section title={t("run.logs")} space="none">
        <RunLogs logs={run.logs} level={level} />
      </Section>
    </div>
  );
}
