import { CopyButton } from "#app/components/ui/copy-button.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { RunStatus } from "./run-status.tsx";
import type { RunView } from "./run-timeline.tsx";

const useWords = wordsOf("run");

/** How a run stands, and its id: what is under its page's title. */
export function RunIdentity({ run }: { run: RunView }) {
  const t = useWords();
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-2">
      {/* Read out when it changes while the page is open. */}
      <span role="status">
        <RunStatus status={run.status} failedBefore={run.errorKind !== null} begun={run.startedAt !== null} />
      </span>
      <span className="flex min-w-0 flex-wrap items-center gap-x-1">
        <span className="sr-only">{t("run.number")}</span>
        <code className="font-mono text-xs break-all text-ink-faint">{run.id}</code>
        <CopyButton value={run.id} />
      </span>
    </span>
  );
}
