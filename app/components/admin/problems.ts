import type { Outputs } from "#server/trpc/root.ts";

export type Problem = Outputs["health"]["today"]["problems"][number];
export type Cause = Problem["cause"];
export type Of<C extends Cause> = Extract<Problem, { cause: C }>;

/** The worst first, as the page has them. */
export const CAUSES = [
  "incident",
  "dead_letters",
  "reconnect",
  "failing",
  "renewal",
  "expiring",
  "undelivered",
  "stuck",
] as const satisfies readonly Cause[];
