import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { TONE_TEXT, type Tone } from "./tone.ts";

/** A dot with words. `live` lets it pulse, for what is going on right now. */
export function StatusDot({
  tone,
  live = false,
  small = false,
  muted = false,
  className,
  children,
}: {
  tone: Tone;
  live?: boolean;
  small?: boolean;
  /** Its words are quieter than the text around. */
  muted?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        "inline-flex items-center gap-2",
        small ? "text-[0.8125rem]" : "text-sm",
        muted ? "text-ink-muted" : "text-ink",
        className,
      )}
    >
      <span aria-hidden className={cn("relative size-2 shrink-0 rounded-full bg-current", TONE_TEXT[tone])}>
        {live && <span className="absolute inset-0 animate-pulse-ring rounded-full bg-current" />}
      </span>
      {children}
    </span>
  );
}
