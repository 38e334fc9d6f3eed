import type { Tone } from "#app/components/ui/tone.ts";
import type { Outputs } from "#server/trpc/root.ts";

export type Problem = Outputs["health"]["today"]["problems"][number];
export type Cause = Problem["cause"];
export type Of<C extends Cause> = Extract<Problem, { cause: C }>;

/** The worst first. */
export const CAUSE_TONES: Record<Cause, Tone> = {
  incident: "danger",
  dead_letters: "danger",
  reconnect: "warn",
  failing: "danger",
  renewal: "warn",
  expiring: "warn",
  undelivered: "warn",
  stuck: "info",
};
export const CAUSES = Object.keys(CAUSE_TONES) as readonly Cause[];
