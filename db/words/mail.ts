/** What a mail is about: its message's type without `mail.`. */
export const mailKinds = [
  "sign_in",
  "invitation",
  "reconnect",
  "cliff",
  "key_end",
  "account_changed",
  "viewed",
  "approvals",
  "incident",
  "version",
  "reveal",
  "workspace_request",
  "admin_added",
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

/** The steps of a talk with a mail server, as the sentences of `mailCodes` name them. */
export const mailSteps = [
  "connection",
  "greeting",
  "starttls",
  "login",
  "user_name",
  "sender",
  "recipient",
  "data",
  "mail",
  "quit",
] as const;
export type MailStep = (typeof mailSteps)[number];

/**
 * Why a mail did not arrive for certain, each with the names of what its sentence names. The sentences are in
 * `app/i18n/<language>/mail-words.ts`, and a code that one of them lacks does not compile.
 */
export const mailCodes = {
  address_letters: [],
  answered: ["step", "words"],
  answer_endless: [],
  certificate: ["host"],
  hung_up: [],
  line_break: ["step"],
  login_unknown: [],
  other: ["words"],
  probably_sent: ["why"],
  resend: ["words"],
  spoke_early: [],
  no_encryption: [],
  no_smtp: [],
  too_slow: ["step"],
  unreached: ["host", "words"],
  unreached_or_certificate: ["host", "words"],
} as const satisfies Record<string, readonly string[]>;
export type MailCode = keyof typeof mailCodes | `step_${MailStep}`;
