import { Badge } from "#app/components/ui/badge.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { RunStatus as Status } from "#db/words/runs.ts";

const useWords = wordsOf("runs");

const TONES: Record<Status, Tone> = {
  queued: "neutral",
  running: "info",
  succeeded: "ok",
  failed: "danger",
  dead: "danger",
  cancelled: "neutral",
};

/** All that a run can be, in the order of its life. */
export const STATUSES = Object.keys(TONES) as readonly Status[];

/** Whether a run may still change. */
export const isOpen = (status: Status): status is "queued" | "running" => status === "queued" || status === "running";

/**
 * How a run stands, in a word. `failedBefore`: an attempt of it failed, so that one which waits is a retry. `begun`: it waits between two of
 * its steps, and so is at it.
 */
export function RunStatus({ status, failedBefore, begun }: { status: Status; failedBefore: boolean; begun: boolean }) {
  const t = useWords();
  if (status === "queued" && failedBefore) return <Badge tone="warn">{t("status.retrying")}</Badge>;
  if (status === "running" || (status === "queued" && begun)) {
    return (
      <StatusDot tone="info" live>
        {t("status.running")}
      </StatusDot>
    );
  }
  return <Badge tone={TONES[status]}>{t(`status.${status}`)}</Badge>;
}
