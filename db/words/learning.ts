/**
 * What of an automation people or providers said so often that it is worth a change.
 *
 * - `rejections`: people said no. `edits`: people changed the same field before approving. `failures`: providers refused in the same way.
 * - `low_agreement`: people do with it otherwise than it proposes. `budgets`: one of the day's limits kept something back on many days.
 */
export const findingKinds = ["rejections", "edits", "failures", "low_agreement", "budgets"] as const;
export type FindingKind = (typeof findingKinds)[number];

/** `open`: it waits for an admin, as `snoozed` does from a day on. `declined` ones come back only where it got markedly worse. */
export const findingStates = ["open", "snoozed", "accepted", "declined"] as const;
export type FindingState = (typeof findingStates)[number];

/**
 * The one thing that a finding proposes. `setting`: another value of one of the automation's settings. `rule`: another mode or limit of its
 * policy. `text`: another wording in one of its settings.
 */
export interface Change {
  does: "setting" | "rule" | "text";
  field: string;
  from: string | number;
  to: string | number;
}
