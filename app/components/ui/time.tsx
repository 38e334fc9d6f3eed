import { useEffect, useState } from "react";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import type { DateStyle } from "#app/i18n/format.ts";
import { cn } from "./cn.ts";

/**
 * A moment (epoch milliseconds): "3 minutes ago" with the full date as its title, in the tenant's timezone; or the date itself
 * when `style` is given. The server's clock is used until the page has loaded, then it ticks.
 */
export function Time({ at, style, className }: { at: number; style?: DateStyle; className?: string }) {
  const { now: renderedAt } = useDisplay();
  const format = useFormat();
  const now = useNow(renderedAt, style === undefined);
  return (
    // The two sides may hold different versions of the language data.
    <time
      dateTime={new Date(at).toISOString()}
      title={format.date(at, "dateTime")}
      className={cn(style !== "dateTime" && "whitespace-nowrap", className)}
      suppressHydrationWarning
    >
      {style ? format.date(at, style) : format.relative(at, now)}
    </time>
  );
}

const TICK_MS = 30_000;

function useNow(initial: number, ticking: boolean): number {
  const [now, setNow] = useState(initial);
  useEffect(() => {
    setNow(initial);
    if (!ticking) return;
    const timer = setInterval(() => setNow((last) => last + TICK_MS), TICK_MS);
    return () => clearInterval(timer);
  }, [initial, ticking]);
  return now;
}
