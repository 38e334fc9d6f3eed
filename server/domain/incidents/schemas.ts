import { z } from "zod";

/** How a provider fails for many at once: it does not answer, it holds us back, or our own client there is refused. */
export const IncidentKind = z.enum(["unavailable", "rate_limited", "misconfigured"]);
export type IncidentKind = z.infer<typeof IncidentKind>;
