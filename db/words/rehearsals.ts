import type { Money } from "./locales.ts";

export const rehearsalStates = ["waiting", "done", "failed"] as const;
export type RehearsalState = (typeof rehearsalStates)[number];

/** With which settings: those of today, or those that are tried. */
export const rehearsalVariants = ["today", "tried"] as const;
export type RehearsalVariant = (typeof rehearsalVariants)[number];

/** How far a rehearsal has come: the last customer that was looked at, and how many of how many were. */
export interface RehearsalProgress {
  after: string | null;
  done: number;
  of: number;
  /** What it took of Workers until now. */
  tookMs: number;
}

/** What a customer spent in the days after they would have been touched, by currency. */
export type Spent = Money[];
