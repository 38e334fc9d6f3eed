import { and, eq, gt, type InferSelectModel } from "drizzle-orm";
import { oauthStates } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { hashToken } from "#server/domain/sessions/tokens.ts";

export type OAuthState = InferSelectModel<typeof oauthStates>;

/** Takes the state out: whoever comes second, or after its time, finds none. */
export async function consumeState(ctx: Ctx, state: string): Promise<OAuthState | null> {
  if (state === "" || state.length > 200) return null;
  const [row] = await ctx.directory
    .delete(oauthStates)
    .where(and(eq(oauthStates.stateHash, hashToken(state)), gt(oauthStates.expiresAt, ctx.now())))
    .returning();
  return row ?? null;
}
