import type { MailFate } from "#db/words/mail.ts";

/** A transport did not get its yes. The message holds the other side's words, never ours, and none where it may have repeated a secret. */
export class MailFailure extends Error {
  override name = "MailFailure";
  readonly fate: MailFate;

  constructor(message: string, fate: MailFate, more?: { cause: unknown }) {
    super(message, more);
    this.fate = fate;
  }
}
