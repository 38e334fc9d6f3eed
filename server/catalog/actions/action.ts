import type { z } from "zod";
import type { ActionReason, Receipt, Touch } from "#db/words/actions.ts";
import type { Money, Text } from "#db/words/locales.ts";
import type { Account } from "#server/catalog/account.ts";
import type { Need } from "#server/catalog/job.ts";
import type { Failure } from "#server/catalog/provider.ts";
import type { Outcome, Writer } from "#server/catalog/writer.ts";

/** What doing one step is handed: the account that its kind needs, to read and to act with. */
export interface Doing {
  account: Account;
  writer: Writer;
  /** The same for every try of this step: the provider's idempotency key where it takes one, else what the effect is found again by. */
  key: string;
  /** What the steps before this one left, in their order. */
  before: readonly Receipt[];
  /**
   * From this instant on reads show what those steps wrote; where this one is taken back, what it wrote itself. That something is not there says
   * nothing before. Left out where nothing was written that takes its time.
   */
  shownAt?: number;
  now: number;
  /** HMAC-SHA-256 (hex) of a text by a key of the client's own: what a payload knows a value by that does not rest in it. */
  hashOf(text: string): string;
  /** When the first try of this step began, where one did and nobody knows what became of it. Left out at the first. */
  triedAt?: number;
  /** What an earlier `lookup` of this step answered as the place up to which it has looked, or its `execute` as what is under way. */
  looked?: string;
  /** One of the accounts that the kind `reads` beside its own; null where the client has none that it may read. */
  also?(provider: string): Account | null;
}

/** `said`: what it is by now, in figures of ours (an amount); never what a person or a provider wrote. */
export type Verdict = { valid: true } | { valid: false; why: ActionReason; said?: string };

/** What became of a try. `unsure`: it left us, and nobody said whether it was done. */
export type Attempt =
  | { did: "done"; receipt: Receipt }
  | { did: "failed"; failure: Failure }
  | { did: "limited"; retryAfterS: number | undefined }
  | { did: "unsure"; reason: string };

/**
 * What came of a turn at a step. `under_way`: its provider has taken it and works it through; it is looked at again in so many seconds
 * (`execute` with `doing.looked`), and is neither begun anew nor in doubt.
 */
export type Tried = Attempt | { did: "under_way"; looked: string; inS: number };

/** What a person reads before deciding: a sentence, and what is said beside it. */
export interface Description {
  sentence: Text;
  fields: readonly { label: Text; value: string }[];
}

/** A value of a payload that a person may change before deciding: a text, a number, an instant or an amount of money. */
export interface Editable {
  /** Steps with dots between them: `off.percent`. */
  path: string;
  label: Text;
  /** What stands there is a record of such values, each shown by its own name. */
  each?: true;
}

/**
 * How a repeated try is kept from doing it twice. `key`: the provider does one key once. `natural`: what is set is the same however often
 * it is set. `lookup`: neither; after a try whose end nobody knows the provider is asked whether it happened.
 */
type Idempotency<P> =
  | { idempotency: "key" | "natural" }
  | {
      idempotency: "lookup";
      /**
       * Whether it happened. `unknown` where the provider cannot say now; `looked` where there is more to look through than one turn may,
       * and up to which place it was: the next turn's `doing.looked`.
       */
      lookup(doing: Doing, payload: P): Promise<Receipt | "absent" | "unknown" | { looked: string }>;
      /** How long after a write the provider's reads may still not show it: "absent" is believed only after this. */
      settledAfterMs: number;
    };

/** One thing that can be done outside. Its payload is what is hashed, shown, approved and executed: nothing else. */
export type ActionKind<P = unknown> = {
  id: string;
  title: Text;
  /** The account that it is done with, and the permissions that takes. */
  need: Need;
  /** Accounts that it can do without and reads beside that one. */
  reads?: readonly (Need & Required<Pick<Need, "optional">>)[];
  payload: z.ZodType<P>;
  touches: Touch;
  describe(payload: P): Description;
  /** What of it a person may change, where anything; never whom it is about. The rest is refused, whichever way it comes. */
  edits?: readonly Editable[];
  /** The money that it puts at stake, where it does: what an edit of it is counted by. */
  stakeOf?(payload: P): Money;
  /**
   * Where one proposal writes about many customers: the list in its payload, each entry of which names one by the shop's id (`customerId`).
   * Whoever is to be forgotten is taken out of it.
   */
  batch?: string;
  /** Where one proposal writes about many: what of it goes into each step, so that each chunk has a receipt of its own. */
  chunks?(payload: P): readonly P[];
  /** Asked right before it is done. */
  stillValid?(doing: Doing, payload: P): Promise<Verdict>;
  /** A failed call of the account's (a read) is thrown; what the writer answers comes back as it is, see `attemptOf`. */
  execute(doing: Doing, payload: P): Promise<Tried>;
  /** Takes back what was done, where the provider can; asking twice takes back once. */
  undo?(doing: Doing, payload: P, receipt: Receipt): Promise<Attempt>;
} & Idempotency<P>;

/** Keeps the types of one kind's own payload while it is written; the registry sees all kinds as one type. */
export const defineAction = <P>(kind: ActionKind<P>): ActionKind => kind as unknown as ActionKind;

/** What a write came to, as an attempt; `receiptOf` reads what the provider answered, null where that is of a shape nobody knows: done all the same. */
export const attemptOf = <T>(outcome: Outcome<T>, receiptOf: (body: T | null) => Receipt): Attempt =>
  triedOf(outcome) ?? { did: "done", receipt: receiptOf(outcome.outcome === "done" ? outcome.body : null) };

/** What a write that was not done came to; null of one that was. */
export function triedOf<T>(outcome: Outcome<T>): Exclude<Attempt, { did: "done" }> | null {
  switch (outcome.outcome) {
    case "done":
      return null;
    case "refused":
      return { did: "failed", failure: outcome.failure };
    case "not_sent": {
      const { kind, retryAfterS } = outcome.failure;
      // No token was to be had just now, or the time was up: nothing of that is about this action.
      if (kind === "unavailable" || kind === "rate_limited") return { did: "limited", retryAfterS };
      return { did: "failed", failure: outcome.failure };
    }
    case "limited":
      return { did: "limited", retryAfterS: outcome.retryAfterS };
    case "ambiguous":
      return { did: "unsure", reason: outcome.reason };
    default:
      return outcome satisfies never;
  }
}
