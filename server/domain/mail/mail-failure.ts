/**
 * What became of a mail that was not taken.
 * - `refused`: for good; the same mail will be refused again.
 * - `later`: not now, and nothing of it was taken: it is tried again.
 * - `unsure`: all of it was handed over and no answer came: it was probably sent, and is not sent again.
 */
export type Fate = "refused" | "later" | "unsure";

/** A transport did not get its yes. The message holds the other side's words, never ours, and none where it may have repeated a secret. */
export class MailFailure extends Error {
  override name = "MailFailure";
  readonly fate: Fate;

  constructor(message: string, fate: Fate, more?: { cause: unknown }) {
    super(message, more);
    this.fate = fate;
  }
}
