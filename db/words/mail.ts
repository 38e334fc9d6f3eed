/** What a mail is about: its message's type without `mail.`. */
export const mailKinds = [
  "sign_in",
  "invitation",
  "reconnect",
  "cliff",
  "key_end",
  "account_changed",
  "viewed",
  "incident",
  "version",
  "reveal",
  "workspace_request",
  "digest",
  "ending",
  "alarm",
] as const;
export type MailKind = (typeof mailKinds)[number];

/** `retrying`: is tried again. `gave_up`: was tried until the queue ended it. `refused`: for good. `unsure`: probably sent. */
export const mailOutcomes = ["retrying", "gave_up", "refused", "unsure"] as const;
export type MailOutcome = (typeof mailOutcomes)[number];

/**
 * What became of a mail that was not taken.
 * - `refused`: for good; the same mail will be refused again.
 * - `later`: not now, and nothing of it was taken: it is tried again.
 * - `unsure`: all of it was handed over and no answer came: it was probably sent, and is not sent again.
 */
export const mailFates = ["refused", "later", "unsure"] as const;
export type MailFate = (typeof mailFates)[number];
