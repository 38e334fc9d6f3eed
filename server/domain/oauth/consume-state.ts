import { and, eq, gt, type InferSelectModel } from "drizzle-orm";
import { oauthStates } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { checkLimit, countTry, type Limit } from "#server/domain/rate-limits/take.ts";
import { hashToken } from "#server/domain/sessions/tokens.ts";

export type OAuthState = InferSelectModel<typeof oauthStates>;

/**
 * Takes the state out: whoever comes second, or after its time, finds none. The try is counted in the same round trip: a state
 * has 256 bits, so it is not guessing that the limit holds off but load. Throws `rate_limited`; the state is used up then too.
 */
export async function consumeState(ctx: Ctx, state: string, limit: Limit): Promise<OAuthState | null> {
  // What is too long to be one of ours is not worth a hash; the empty one's is in no row.
  const stateHash = hashToken(state.length > 200 ? "" : state);
  const [states, [counted]] = await ctx.directory.batch([
    ctx.directory
      .delete(oauthStates)
      .where(and(eq(oauthStates.stateHash, stateHash), gt(oauthStates.expiresAt, ctx.now())))
      .returning(),
    countTry(ctx, limit),
  ]);
  checkLimit(ctx, limit, counted);
  return states[0] ?? null;
}
