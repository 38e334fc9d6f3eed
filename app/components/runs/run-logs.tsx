import { ChevronRight, ScrollText } from "lucide-react";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { TONE_TEXT, type Tone } from "#app/components/ui/tone.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { LogLevel } from "#db/words/runs.ts";
import type { RunView } from "./run-timeline.tsx";

const useWords = wordsOf("run");

type Line = RunView["logs"][number];

const TONES: Record<LogLevel, Tone> = { debug: "neutral", info: "info", warn: "warn", error: "danger" };
const LEVELS = Object.keys(TONES) as readonly LogLevel[];

export const isLevel = (value: unknown): value is LogLevel => LEVELS.some((level) => level === value);

/** What a run wrote; `level` leaves one level only. The filter is links, so that it works and can be sent on. */
export function RunLogs({ logs, level }: { logs: readonly Line[]; level: LogLevel | null }) {
  const t = useWords();
  const shown = level ? logs.filter((line) => line.level === level) : logs;
  const counted = LEVELS.map((each) => ({ level: each, count: logs.filter((line) => line.level === each).length }));
  return (
    <Card padding="none">
      <nav aria-label={t("run.levelFilter")} className="border-b border-line px-3 py-2">
        <ul className="flex flex-wrap gap-1">
          <LevelLink to="?" current={level === null} label={t("run.levelAll")} count={logs.length} />
          {counted
            .filter((each) => each.count > 0 || each.level === level)
            .map((each) => (
              <LevelLink
                key={each.level}
                to={`?level=${each.level}`}
                current={level === each.level}
                label={t(`run.levelNames.${each.level}`)}
                count={each.count}
              />
            ))}
        </ul>
      </nav>
      {shown.length === 0 ? (
        <EmptyState icon={ScrollText} title={t(level ? "run.logEmptyLevel" : "run.logEmpty")} />
      ) : (
        <ol aria-label={t("run.logCaption")} className="divide-y divide-line">
          {shown.map((line) => (
            <LogLine key={line.seq} line={line} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function LevelLink({ to, current, label, count }: { to: string; current: boolean; label: string; count: number }) {
  return (
    <li>
      <Link
        to={to}
        replace
        preventScrollReset
        aria-current={current ? "true" : undefined}
        className="flex h-8 items-center gap-1.5 rounded-control px-2.5 text-[0.8125rem] text-ink-muted transition-colors hover:text-ink aria-[current=true]:bg-hover aria-[current=true]:text-ink"
      >
        {label}
        <span className="text-xs text-ink-faint tabular-nums">{count}</span>
      </Link>
    </li>
  );
}

function LogLine({ line: { at, level, message, fields } }: { line: Line }) {
  const t = useWords();
  const named = Object.entries(fields ?? {});
  return (
    <li className="grid gap-x-3 gap-y-0.5 px-4 py-2.5 text-[0.8125rem] sm:grid-cols-[6.5rem_4.5rem_minmax(0,1fr)]">
      <Time at={at} style="clock" className="font-mono text-xs leading-5 text-ink-faint max-sm:inline" />
      <span className={cn("text-xs leading-5 font-medium", TONE_TEXT[TONES[level]])}>{t(`run.levelNames.${level}`)}</span>
      <div className="min-w-0">
        <p dir="auto" className="text-ink [overflow-wrap:anywhere]">
          {message}
        </p>
        {named.length > 0 && (
          <details className="group/fields mt-1">
            <summary className="inline-flex items-center gap-1 rounded-sm text-xs text-ink-faint transition-colors hover:text-ink">
              <ChevronRight
                aria-hidden
                data-mirror
                className="size-3 transition-[rotate] group-open/fields:rotate-90 rtl:group-open/fields:-rotate-90"
              />
              {t("run.fields", { count: named.length })}
            </summary>
            <dl
              dir="ltr"
              className="mt-1.5 grid gap-x-4 gap-y-1 rounded-control border border-line bg-sunken p-2.5 font-mono text-xs sm:grid-cols-[auto_1fr]"
            >
              {named.map(([name, value]) => (
                <div key={name} className="contents">
                  <dt className="text-ink-faint">{name}</dt>
                  <dd className="text-ink [overflow-wrap:anywhere]">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </li>
  );
}
