import { z } from "zod";

/** How a consent ended: the page that the browser was sent to, and what it was told there. */
export const ConsentEnd = z.object({
  location: z.string(),
  toast: z.object({ kind: z.enum(["success", "info", "error"]), message: z.string() }).optional(),
});
export type ConsentEnd = z.infer<typeof ConsentEnd>;
