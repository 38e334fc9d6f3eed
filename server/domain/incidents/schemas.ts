import { z } from "zod";
import { incidentKinds } from "#db/words/incidents.ts";

export const IncidentKind = z.enum(incidentKinds);

export const ListIncidents = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(25),
});
export type ListIncidents = z.infer<typeof ListIncidents>;
