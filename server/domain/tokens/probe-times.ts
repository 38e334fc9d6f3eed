const minute = 60_000;
/** A probe tells early what the next run would find out: nobody needs it more often. */
export const probeEveryMs = 360 * minute;
/** While its provider fails, so that the portal says soon that it is back. */
export const probeFailingEveryMs = 15 * minute;
/** A run that went well this recently is the better probe. */
export const provenByRunMs = 60 * minute;

/** When the cron probes a connection next, spread by a tenth either way so that no two stay in step. */
export function nextProbeAt(now: number, { failing }: { failing: boolean }): number {
  const every = failing ? probeFailingEveryMs : probeEveryMs;
  return Math.round(now + every * (0.9 + Math.random() / 5));
}
