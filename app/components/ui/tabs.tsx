import { NavLink, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "./cn.ts";

export interface TabLink {
  to: string;
  label: string;
  /** Active only on the exact address; for the first tab, which the others lie under. */
  end?: boolean;
  count?: number;
}

/** Sections of one subject, each with its own address. Where they are wider than the screen, the active one is brought to its middle. */
export function Tabs({ items, label, className }: { items: readonly TabLink[]; label?: string; className?: string }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address decides which tab is the active one
  useEffect(() => {
    const frame = nav.current?.getBoundingClientRect();
    const tab = nav.current?.querySelector("[aria-current=page]")?.getBoundingClientRect();
    // Not scrollIntoView: it moves the page too, away from where the way back has just put it.
    if (frame && tab) nav.current?.scrollBy(tab.left + tab.width / 2 - frame.left - frame.width / 2, 0);
  }, [pathname]);
  return (
    <nav
      ref={nav}
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
