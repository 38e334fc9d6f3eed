/** What an admin said to somebody who asked for a workspace. */
export const requestDecisions = ["approved", "declined"] as const;
export type RequestDecision = (typeof requestDecisions)[number];
