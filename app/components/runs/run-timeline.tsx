import type { ReactNode } from "react";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { Time } from "#app/components/ui/time.tsx";
import { TONE_ICONS, TONE_TEXT, type Tone } from "#app/components/ui/tone.ts";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { isOpen } from "./run-status.tsx";

const useWords = wordsOf("run");

export type RunView = Outputs["runs"]["get"];

interface Moment {
  key: string;
  tone: Tone;
  title: string;
  /** Epoch milliseconds; null for what is going on now. */
  at: number | null;
  detail?: ReactNode;
}

/** What happened to a run and when, the first thing on top. */
export function RunTimeline({ run }: { run: RunView }) {
  const moments = useMoments(run);
  return (
    <Card>
      <ol className="grid">
        {moments.map(({ key, tone, title, at, detail }, index) => {
          const Icon = TONE_ICONS[tone];
          return (
            <li key={key} className="relative grid grid-cols-[auto_1fr] gap-x-3 pb-5 last:pb-0">
              {index < moments.length - 1 && <span aria-hidden className="absolute start-[0.4375rem] top-5 bottom-0 w-px bg-line-strong" />}
              <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", TONE_TEXT[tone])} />
              <div className="min-w-0">
                <p className="text-sm font-medium text-ink">{title}</p>
                {at !== null && (
                  <p className="font-mono text-xs text-ink-faint">
                    <Time at={at} style="clock" />
                  </p>
                )}
                {detail && <div className="mt-0.5 text-[0.8125rem] text-ink-muted">{detail}</div>}
              </div>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function useMoments(run: RunView): Moment[] {
  const t = useWords();
  const format = useFormat();
  const { createdAt, startedAt, finishedAt, availableAt, status, trigger, step, logs } = run;
  const moments: Moment[] = [
    { key: "created", tone: "neutral", title: t(`run.created.${trigger}`), at: createdAt, detail: format.date(createdAt, "date") },
  ];
  if (startedAt !== null) {
    // A run that was replayed waited from then on.
    const since = availableAt <= startedAt ? Math.max(createdAt, availableAt) : createdAt;
    const detail = t("run.waited", { time: format.duration(Math.max(0, startedAt - since)) });
    moments.push({ key: "started", tone: "info", title: t("run.startedAt"), at: startedAt, detail });
  }
  for (const { seq, at, message } of logs.filter(isRetry)) {
    moments.push({ key: `retry-${seq}`, tone: "warn", title: t("run.retried"), at, detail: <bdi>{message}</bdi> });
  }
  if (step > 0) moments.push({ key: "steps", tone: "ok", title: t("run.steps", { count: step }), at: null });
  if (status === "queued") {
    const next = run.errorKind ? "run.nextTry" : startedAt === null ? "run.starts" : "run.next";
    moments.push({ key: "next", tone: "neutral", title: t(next), at: availableAt });
  }
  if (status === "running") moments.push({ key: "now", tone: "info", title: t("run.goingOn"), at: null });
  if (!isOpen(status) && finishedAt !== null) {
    const took = startedAt === null ? undefined : t("run.took", { time: format.duration(finishedAt - startedAt) });
    moments.push({
      key: "end",
      tone: status === "succeeded" ? "ok" : status === "cancelled" ? "neutral" : "danger",
      title: t(`run.ended.${status}`),
      at: finishedAt,
      detail: took,
    });
  }
  return moments;
}

/** The engine's own line about a try that failed and will be repeated. */
const isRetry = ({ level, fields }: RunView["logs"][number]) => level === "warn" && typeof fields?.againAt === "string";
