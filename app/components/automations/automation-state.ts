import type { Tone } from "#app/components/ui/tone.ts";
import type { PolicyMode } from "#db/words/actions.ts";
import type { Outputs } from "#server/trpc/root.ts";

export type AutomationState = Outputs["policies"]["automations"]["automations"][number];

export const MODE_TONES: Record<PolicyMode, Tone> = { off: "neutral", shadow: "neutral", approve: "info", auto: "ok" };

/** Where in the portal one is: the paths of a client's pages, and what may be done there. */
export interface Seat {
  /** `/t/acme`, or the client's pages in the admin portal. */
  base: string;
  /** The client's integrations; null where the reader is not of the client. */
  integrations: string | null;
  /** Whether the reader sets policies and settings. */
  sets: boolean;
  /** Whether the reader stops everything. */
  stops: boolean;
  /** Whether the reader starts a run. */
  starts: boolean;
  /** Whether the reader is of the agency. */
  staff: boolean;
}
