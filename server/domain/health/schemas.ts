import * as z from "zod";

/** The causes of what is wrong, the worst first: the order in which they are shown. */
export const causes = ["incident", "dead_letters", "reconnect", "failing", "renewal", "expiring", "undelivered", "stuck"] as const;
export const Cause = z.enum(causes);
export type Cause = z.infer<typeof Cause>;

export const Remindable = z.object({
  clients: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        accounts: z.number().describe("That wait, and of which nobody was told within a day."),
      }),
    )
    .describe("Clients that can be reminded now, the one that waits longest first."),
  more: z.boolean().describe("Whether so many accounts were counted that there may be more."),
});
export type Remindable = z.infer<typeof Remindable>;
export const RemindedClients = z.object({
  reminded: z.number().describe("Clients that are mailed now: 50 at most."),
  left: z.number().describe("Clients that are not reminded yet."),
});
export type RemindedClients = z.infer<typeof RemindedClients>;
