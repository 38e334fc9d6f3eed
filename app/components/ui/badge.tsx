import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { TONE_ICONS, TONE_TEXT, type Tone } from "./tone.ts";

const FILL: Record<Tone, string> = {
  ok: "border-ok-tint/35 bg-ok-tint/12",
  info: "border-info-tint/35 bg-info-tint/12",
  warn: "border-warn-tint/35 bg-warn-tint/12",
  danger: "border-danger-tint/35 bg-danger-tint/12",
  neutral: "border-line-strong bg-hover",
};

/** A short state or kind. With a tone other than neutral it carries that tone's icon, unless `icon` is false. */
export function Badge({
  tone = "neutral",
  icon = tone !== "neutral",
  className,
  children,
}: {
  tone?: Tone;
  icon?: boolean;
  className?: string;
  children: ReactNode;
}) {
  const Icon = TONE_ICONS[tone];
  return (
    <span
      className={cn(
        "inline-flex h-5.5 max-w-full items-center gap-1 rounded-full border px-2 text-xs font-medium whitespace-nowrap",
        FILL[tone],
        TONE_TEXT[tone],
        className,
      )}
    >
      {icon && <Icon aria-hidden className="-ms-0.5 size-3.5 shrink-0" />}
      <span className="truncate">{children}</span>
    </span>
  );
}
