import type { Money, Text } from "./locales.ts";

/** How far an automation may go by itself: nothing, propose in shadow, propose and wait, or act within its budgets. */
export const policyModes = ["off", "shadow", "approve", "auto"] as const;
export type PolicyMode = (typeof policyModes)[number];

/** How the last actions of an automation that acted by itself ended: of so many, how many were not as people wanted them. */
export interface Lately {
  of: number;
  undone: number;
  rejected: number;
  failed: number;
}

/**
 * Where an action stands.
 *
 * - `withheld`: its customer is in the control group; recorded, never done. `shadowed`: proposed in shadow, never done, whoever it is about.
 * - `waiting`: for a person. `approved`: for the queue. `executing`: under a lease. `unsure`: what became of it is being looked up, or is a
 *   person's to say where nothing more is due (`available_at` is null).
 * - `done`, `undoing`, `undone`, `failed`, `rejected`, `expired`; `voided`: no longer true when its turn came.
 */
export const actionStates = [
  ...(["withheld", "shadowed", "waiting", "approved", "executing", "unsure", "done", "undoing", "undone", "failed"] as const),
  ...(["rejected", "expired", "voided"] as const),
] as const;
export type ActionState = (typeof actionStates)[number];

/** One step of an action: `begun` is written before the provider is asked, so that whoever comes next knows it may have been done. */
export const actionStepStates = ["pending", "begun", "done", "failed", "voided", "undone"] as const;
export type ActionStepState = (typeof actionStepStates)[number];

/** What an action touches: which budgets count it. */
export const touches = ["customer", "catalog", "money", "internal"] as const;
export type Touch = (typeof touches)[number];

/** Why an action was proposed: a sentence of its automation by name, with what it names. */
export interface Evidence {
  line: string;
  params: Readonly<Record<string, string | number | Money | Text>>;
}

/** What the provider says of what was done: its id there, and a page where there is one. */
export interface Receipt {
  id: string | null;
  url?: string;
  /** Of a step that writes about many: how many rows were done, and which were not. */
  rows?: { done: number; failed: readonly FailedRow[] };
  /** Of many rows those that the provider refused, by our id of each and in its words. */
  refused?: readonly { id: string; why: string }[];
  /** Of many rows those that this step made there. */
  created?: readonly string[];
  /** Of many rows those that were left alone, since another integration has made or keeps them there. */
  kept?: readonly string[];
  /** Of many rows those that another integration had made there, and were changed all the same. */
  overwritten?: readonly string[];
  /** Of what may have been there before: whether this step made it. Left out where it was there, or nobody can say. */
  made?: true;
}

/** A row of a batch that was not done, or not all of it: whom it is about by the shop's id, and why. */
export interface FailedRow {
  customerId: string;
  /** What of theirs, where it is not they themselves: `order:…`, `draft:…`. */
  record?: string;
  why: RowFault;
}

/**
 * Why a row of a batch was not done. `invalid`, `conflict`, `refused`: its provider said so. `no_email`: there is nothing to know them by.
 * `same_email`: another row of the batch has it. `several`: more than one record there may be meant. `changed`: it is no longer what was
 * proposed. `gone`: the shop knows it no more.
 */
export const rowFaults = ["invalid", "conflict", "refused", "no_email", "same_email", "several", "changed", "gone"] as const;
export type RowFault = (typeof rowFaults)[number];

/** Why an action is no longer true, or why a waiting one was not approved by its policy. Codes, with words in `app/i18n`. */
export const actionReasons = [
  ...([
    "unsubscribed",
    "bought_meanwhile",
    "price_changed",
    "sold_out",
    "returned",
    "cancelled",
    "already_there",
    "gone",
    "forgotten",
    "risky",
    "fulfilled",
    "country_changed",
    "unconfirmed",
    "handled",
  ] as const),
  ...(["step_failed", "budget_spent", "contacts_spent", "stake_too_large"] as const),
] as const;
export type ActionReason = (typeof actionReasons)[number];
