/** How a provider fails for many at once: it does not answer, it holds us back, or our own client there is refused. */
export const providerFaults = ["unavailable", "rate_limited", "misconfigured"] as const;
export type ProviderFault = (typeof providerFaults)[number];

/** Why a provider's jobs wait for all clients: it fails for many, or an admin of the agency switched it off. */
export const incidentKinds = [...providerFaults, "switched_off"] as const;
export type IncidentKind = (typeof incidentKinds)[number];
