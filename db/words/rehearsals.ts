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

/**
 * What one of both settings came to, of the customers who were looked at so far: a customer is in one page alone, so pages are added up. It names
 * nobody, so that it stays when a customer is erased. Amounts in minor units.
 */
export interface RehearsedSums {
  proposals: number;
  customers: number;
  /** Customers whom the other settings would not have touched. */
  only: number;
  stake: Money[];
  /** Customers whose days are over, and of them who bought, and what they spent. */
  over: number;
  bought: number;
  spent: Money[];
  /** Proposals by week, from the first one on. */
  weeks: number[];
}

/** What a customer spent in the days after they would have been touched, by currency. */
export type Spent = Money[];
