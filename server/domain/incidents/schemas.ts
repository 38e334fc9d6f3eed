import * as z from "zod";
import { incidentKinds } from "#db/words/incidents.ts";

export const IncidentKind = z.enum(incidentKinds);

/** A provider and since when it is switched off (milliseconds since 1970); null while it is on. */
export const ProviderSwitch = z.object({ provider: z.string(), name: z.string(), offSince: z.number().nullable() });
export type ProviderSwitch = z.infer<typeof ProviderSwitch>;

export const SwitchProvider = z.object({ provider: z.string().max(40), on: z.boolean() });
export type SwitchProvider = z.infer<typeof SwitchProvider>;

export const FindIncident = z.object({
  incidentId: z.string().max(60),
  cursor: z.string().max(120).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
});
export type FindIncident = z.infer<typeof FindIncident>;

export const ListIncidents = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(25),
});
export type ListIncidents = z.infer<typeof ListIncidents>;
