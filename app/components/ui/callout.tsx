import type { ReactNode } from "react";
import { wordsOf } from "#app/i18n/words.tsx";
import { cn } from "./cn.ts";
import { TONE_ICONS, TONE_TEXT, type Tone } from "./tone.ts";

const useWords = wordsOf("common");

const FILL: Record<Tone, string> = {
  ok: "border-ok-tint/35 bg-ok-tint/12",
  info: "border-info-tint/35 bg-info-tint/12",
  warn: "border-warn-tint/35 bg-warn-tint/12",
  danger: "border-danger-tint/35 bg-danger-tint/12",
  neutral: "border-line-strong bg-hover",
};

/** A remark in the page's flow: what needs attention and, in `action`, the way to mend it. A danger is announced at once. */
export function Callout({
  tone = "info",
  title,
  action,
  padding = "md",
  compact = false,
  className,
  children,
}: {
  tone?: Tone;
  title: ReactNode;
  action?: ReactNode;
  padding?: "sm" | "md";
  /** On a phone it takes as little room as it can: its button stands beside its words. */
  compact?: boolean;
  className?: string;
  children?: ReactNode;
}) {
  const t = useWords();
  const Icon = TONE_ICONS[tone];
  return (
    <div
      role={tone === "danger" ? "alert" : undefined}
      className={cn(
        "flex items-start gap-x-3 gap-y-3 rounded-card border text-sm",
        compact ? "sm:flex-wrap" : "flex-wrap",
        padding === "sm" ? "p-3" : compact ? "p-3 sm:p-4" : "p-4",
        FILL[tone],
        className,
      )}
    >
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", TONE_TEXT[tone])} />
      <div className={cn("flex-1", compact ? "min-w-0 max-sm:text-[0.8125rem] sm:min-w-48" : "min-w-48")}>
        <p className="font-semibold text-ink">
          <span className="sr-only">{t(`tone.${tone}`)}: </span>
          {title}
        </p>
        {children && <div className="mt-0.5 text-ink-muted">{children}</div>}
      </div>
      {action && <div className={cn("flex flex-wrap gap-2", compact && "max-sm:shrink-0")}>{action}</div>}
    </div>
  );
}
