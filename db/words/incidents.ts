/** How a provider fails for many at once: it does not answer, it holds us back, or our own client there is refused. */
export const incidentKinds = ["unavailable", "rate_limited", "misconfigured"] as const;
export type IncidentKind = (typeof incidentKinds)[number];
