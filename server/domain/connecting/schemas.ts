import * as z from "zod";

/** An account that waits for the person's yes or no. */
export const ShownRef = z.object({ consent: z.string().max(60) });
export type ShownRef = z.infer<typeof ShownRef>;

export const AnswerShown = ShownRef.extend({ keep: z.boolean() });
export type AnswerShown = z.infer<typeof AnswerShown>;
