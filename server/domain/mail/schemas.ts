import { z } from "zod";

/** What a mail is about: its message's type without `mail.`. */
export const MailKind = z.enum([
  "sign_in",
  "invitation",
  "reconnect",
  "cliff",
  "key_end",
  "account_changed",
  "incident",
  "version",
  "reveal",
  "ending",
  "alarm",
]);
export type MailKind = z.infer<typeof MailKind>;

/** `retrying`: is tried again. `gave_up`: was tried until the queue ended it. `refused`: for good. `unsure`: probably sent. */
export const MailOutcome = z.enum(["retrying", "gave_up", "refused", "unsure"]);
export type MailOutcome = z.infer<typeof MailOutcome>;

export const ListUndelivered = z.object({
  cursor: z.string().max(200).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
});
export type ListUndelivered = z.infer<typeof ListUndelivered>;
