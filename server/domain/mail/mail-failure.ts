import type { Named, ParamsFor, Saying } from "#db/words/locales.ts";
import type { MailFate, MailStep, mailCodes } from "#db/words/mail.ts";
import { lineOf } from "#server/errors.ts";

/** So much of what a server said is kept. */
const longestWords = 300;

/** A sentence on a mail. */
export const ofMail = <C extends keyof typeof mailCodes>(code: C, ...[params = {}]: ParamsFor<(typeof mailCodes)[C]>): Saying => ({
  code: `mail.${code}`,
  params: Object.fromEntries(Object.entries<Named>(params).map(([name, value]) => [name, short(value)])),
});

const short = (value: Named): Named => (typeof value === "string" ? value.slice(0, longestWords) : value);

export const ofStep = (step: MailStep): Saying => ({ code: `mail.step_${step}`, params: {} });

/** A transport did not get its yes. What is said holds the other side's words, never ours, and none where it may have repeated a secret. */
export class MailFailure extends Error {
  override name = "MailFailure";
  readonly fate: MailFate;
  readonly said: Saying;

  constructor(said: Saying, fate: MailFate, more?: { cause: unknown }) {
    super(lineOf(said), more);
    this.said = said;
    this.fate = fate;
  }
}
