import * as z from "zod";
import { mailKinds, mailOutcomes } from "#db/words/mail.ts";

export const MailKind = z.enum(mailKinds);

export const MailOutcome = z.enum(mailOutcomes);

export const ListUndelivered = z.object({
  cursor: z.string().max(200).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
});
export type ListUndelivered = z.infer<typeof ListUndelivered>;
