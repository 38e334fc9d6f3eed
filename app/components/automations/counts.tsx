import { cn } from "#app/components/ui/cn.ts";
import { Link } from "#app/components/ui/link.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { AutomationState } from "./automation-state.ts";

const useWords = wordsOf("automations");

/** What came of what an automation proposed. `approvals`: the list that each number leads to; null where there is none. */
export function Counts({ state: { id, counts }, approvals }: { state: AutomationState; approvals: string | null }) {
  const t = useWords();
  const of = (...states: string[]) => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const waiting = of("waiting");
  const failed = of("failed");
  const tiles = [
    { key: "proposed", count: of(...Object.keys(counts)), view: null, tone: "" },
    { key: "waiting", count: waiting, view: "waiting", tone: waiting > 0 ? "text-info" : "" },
    { key: "done", count: of("done"), view: "over", tone: "" },
    { key: "undone", count: of("undone", "undoing"), view: "over", tone: "" },
    { key: "failed", count: failed, view: "over", tone: failed > 0 ? "text-danger" : "" },
  ] as const;
  return (
    <dl className="grid grid-cols-3 gap-px overflow-hidden rounded-control border border-line bg-line sm:grid-cols-5">
      {tiles.map(({ key, count, view, tone }) => (
        <Tile
          key={key}
          label={t(`tiles.${key}`)}
          count={count}
          tone={tone}
          to={approvals && view && `${approvals}?${new URLSearchParams({ view, automation: id })}`}
        />
      ))}
    </dl>
  );
}

function Tile({ label, count, tone, to }: { label: string; count: number; tone: string; to: string | null }) {
  const format = useFormat();
  return (
    <div className="relative grid content-start gap-0.5 bg-surface px-3 py-2.5 max-sm:last:col-span-2 has-[a:hover]:bg-raised">
      <dt className="text-xs text-ink-faint">
        {to ? (
          <Link to={to} className="rounded-sm after:absolute after:inset-0">
            {label}
          </Link>
        ) : (
          label
        )}
      </dt>
      <dd className={cn("text-lg font-semibold tabular-nums", tone)}>{format.count(count)}</dd>
    </div>
  );
}
