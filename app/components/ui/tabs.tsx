import { wordsOf } from "#app/i18n/words.tsx";
import { cn } from "./cn.ts";
import { Link, NavLink } from "./link.tsx";

const useWords = wordsOf("common");

export interface TabLink {
  to: string;
  label: string;
  /** Active only on the exact address; for the first tab, which the others lie under. */
  end?: boolean;
  count?: number;
  /** Whether it is the one that is shown, where tabs differ by what follows the path alone. */
  current?: boolean;
}

const TAB =
  "relative flex h-10 items-center gap-2 rounded-t-control px-3 text-sm font-medium text-ink-muted transition-colors -outline-offset-2 hover:text-ink aria-[current=page]:text-ink after:absolute after:inset-x-3 after:-bottom-px after:h-0.5 after:rounded-full after:bg-accent after:opacity-0 after:transition-opacity aria-[current=page]:after:opacity-100";

/** Sections of one subject, each with its own address. On a small screen they take several lines, so that none is out of sight. */
export function Tabs({ items, label, className }: { items: readonly TabLink[]; label?: string; className?: string }) {
  const t = useWords();
  return (
    <nav aria-label={label ?? t("nav.sections")} className={cn("border-b border-line", className)}>
      <ul className="flex flex-wrap gap-x-1">
        {items.map(({ to, label: text, end, count, current }) => {
          const inside = (
            <>
              {text}
              {count !== undefined && <span className="rounded-full bg-hover px-1.5 text-xs text-ink-muted tabular-nums">{count}</span>}
            </>
          );
          return (
            <li key={to}>
              {current === undefined ? (
                <NavLink to={to} end={end} prefetch="intent" className={TAB}>
                  {inside}
                </NavLink>
              ) : (
                <Link to={to} prefetch="intent" aria-current={current ? "page" : undefined} className={TAB}>
                  {inside}
                </Link>
              )}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
