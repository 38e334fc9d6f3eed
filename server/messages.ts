import { z } from "zod";

/**
 * What may travel on a queue: a version, a type and ids. Never a payload, never a secret: the rows are the truth and a
 * message only says where to look.
 */
export const RunMessage = z.strictObject({ v: z.literal(1), type: z.literal("run"), tenant: z.string(), run: z.string() });
export type RunMessage = z.infer<typeof RunMessage>;

export const MailMessage = z.discriminatedUnion("type", [
  z.strictObject({ v: z.literal(1), type: z.literal("mail.sign_in"), link: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.invitation"), tenant: z.string(), invitation: z.string() }),
  z.strictObject({ v: z.literal(1), type: z.literal("mail.reconnect"), tenant: z.string(), connection: z.string() }),
]);
export type MailMessage = z.infer<typeof MailMessage>;

/** What we put on the dead-letter queue ourselves, when a run has used up its tries. */
export const DeadMessage = z.strictObject({ v: z.literal(1), type: z.literal("run.dead"), tenant: z.string(), run: z.string() });
export type DeadMessage = z.infer<typeof DeadMessage>;

export type Message = RunMessage | MailMessage | DeadMessage;
