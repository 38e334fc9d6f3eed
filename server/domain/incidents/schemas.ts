import { z } from "zod";

/** How a provider fails for many at once: it does not answer, it holds us back, or our own client there is refused. */
export const IncidentKind = z.enum(["unavailable", "rate_limited", "misconfigured"]);
export type IncidentKind = z.infer<typeof IncidentKind>;

/** Whether a failure says something of the provider (or of our client there), and not of one tenant's access. */
export const isProviderFault = (kind: string): kind is IncidentKind => IncidentKind.safeParse(kind).success;

export const ListIncidents = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(25),
});
export type ListIncidents = z.infer<typeof ListIncidents>;
