import { z } from "zod";

/** The causes of what is wrong, the worst first: the order in which they are shown. */
export const causes = ["incident", "dead_letters", "reconnect", "failing", "renewal", "expiring", "undelivered", "stuck"] as const;
export const Cause = z.enum(causes);
export type Cause = z.infer<typeof Cause>;
