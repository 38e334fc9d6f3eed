import type { OccurrenceFacts, OccurrenceKind } from "#db/words/occurrences.ts";

/** One thing that happened, as an automation is handed it. */
export type Occurrence<Kind extends OccurrenceKind = OccurrenceKind> = {
  [K in Kind]: {
    kind: K;
    /** Where it stands among all that happened to the client: those of one subject come in order. */
    seq: number;
    /** `order:…`, `variant:…` by the shop's id, `connection:…` by ours. */
    subject: string;
    /** Instants: when it happened, as the provider says, and when we found it. */
    at: number;
    noticedAt: number;
    facts: OccurrenceFacts[K];
  };
}[Kind];

/** What happened to the client, at the shop that the job reads and to its accounts. */
export interface Occurrences {
  /** Those of these kinds behind a place, in order, found at or after `since` (an instant); and the newest place of all, 0 without any. */
  behind<Kind extends OccurrenceKind>(input: {
    seq: number;
    kinds: readonly Kind[];
    since: number;
    limit: number;
  }): Promise<{ items: Occurrence<Kind>[]; newest: number }>;
}
