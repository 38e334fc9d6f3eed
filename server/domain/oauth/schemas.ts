import { z } from "zod";

/** How a consent ended: the page that the browser was sent to, and what it was told there. */
export const ConsentEnd = z.object({
  location: z.string(),
  toast: z.object({ kind: z.enum(["success", "info", "error"]), message: z.string() }).optional(),
});
export type ConsentEnd = z.infer<typeof ConsentEnd>;

/** Who a consent brought, as the person is asked about it. */
export const ShownAccount = z.object({ externalId: z.string(), name: z.string(), email: z.string().optional() });
export type ShownAccount = z.infer<typeof ShownAccount>;

/** An account that waits for the person's yes or no. */
export const ShownRef = z.object({ consent: z.string().max(60) });
export type ShownRef = z.infer<typeof ShownRef>;

export const AnswerShown = ShownRef.extend({ keep: z.boolean() });
export type AnswerShown = z.infer<typeof AnswerShown>;
