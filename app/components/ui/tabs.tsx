import { NavLink } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { cn } from "./cn.ts";

export interface TabLink {
  to: string;
  label: string;
  /** Active only on the exact address; for the first tab, which the others lie under. */
  end?: boolean;
  count?: number;
}

/** Sections of one subject, each with its own address. */
export function Tabs({ items, label, className }: { items: readonly TabLink[]; label?: string; className?: string }) {
  const { t } = useTranslation();
  return (
    <nav
      aria-label={label ?? t("nav.sections")}
      className={cn("-mx-4 overflow-x-auto border-b border-line px-4 sm:mx-0 sm:px-0", className)}
    >
      <ul className="flex min-w-max gap-1">
        {items.map(({ to, label: text, end, count }) => (
          <li key={to}>
            <NavLink
              to={to}
              end={end}
              prefetch="intent"
              className="relative flex h-10 items-center gap-2 rounded-t-control px-3 text-sm font-medium text-ink-muted transition-colors -outline-offset-2 hover:text-ink aria-[current=page]:text-ink after:absolute after:inset-x-3 after:-bottom-px after:h-0.5 after:rounded-full after:bg-accent after:opacity-0 after:transition-opacity aria-[current=page]:after:opacity-100"
            >
              {text}
              {count !== undefined && <span className="rounded-full bg-hover px-1.5 text-xs text-ink-muted tabular-nums">{count}</span>}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
