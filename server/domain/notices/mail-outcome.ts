import type { MailFate, MailOutcome } from "#db/words/mail.ts";

/** After this long the queue tries no more. */
const triesEndMs = 60 * 60_000;

/** What became of a mail, as people are told. `at`: when it last failed, in milliseconds since 1970. */
export function mailOutcome({ fate, at }: { fate: MailFate; at: number }, now: number): MailOutcome {
  if (fate !== "later") return fate;
  return now - at < triesEndMs ? "retrying" : "gave_up";
}
