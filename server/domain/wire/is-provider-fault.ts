import { type ProviderFault, providerFaults } from "#db/words/incidents.ts";

/** Whether a failure says something of the provider (or of our client there), and not of one tenant's access. */
export const isProviderFault = (kind: string): kind is ProviderFault => providerFaults.some((each) => each === kind);
