import type { ConsentEnd } from "#db/words/connections.ts";
import type { Ctx } from "#server/ctx.ts";
import { pause } from "#server/domain/wire/pause.ts";
import { lookAtState, type OAuthState } from "./claim-state.ts";
import { OAuthStop } from "./oauth-stop.ts";

/** Looks, and the milliseconds between two of them: some seven seconds, which is longer than most consents take. */
const looks = 20;
const betweenMs = 350;
/** No worker is at it for longer than this. */
const lostAfterMs = 60_000;

/**
 * What the first arrival of a consent came to, for one that comes after it in the same browser: a reload, or a navigation that was
 * sent twice. The code is exchanged once and everybody is told the same. Waits a little while the first one is at work. Throws
 * `OAuthStop`: `still_working`, or `broken_off` where the first one left nothing.
 */
export async function awaitEnd(ctx: Ctx, seen: OAuthState): Promise<ConsentEnd> {
  let consent: OAuthState | null = seen;
  for (let look = 1; consent; look++) {
    if (consent.end) return consent.end;
    if ((consent.takenAt ?? 0) + lostAfterMs <= ctx.now()) throw new OAuthStop("broken_off");
    if (look === looks) throw new OAuthStop("still_working");
    await pause(betweenMs);
    consent = await lookAtState(ctx, seen);
  }
  throw new OAuthStop("ended");
}
