import { and, eq, gt, type InferSelectModel, isNull, sql } from "drizzle-orm";
import { tryAgain } from "#db/patient-d1.ts";
import { oauthStates } from "#db/schema/index.ts";
import type { ConsentEnd } from "#db/words/connections.ts";
import type { Ctx } from "#server/ctx.ts";
import { checkLimit, countTry, type Limit, wasWithin } from "#server/domain/tenancy/take.ts";
import { hashToken } from "#server/domain/vault/sign-in-tokens.ts";

export type OAuthState = InferSelectModel<typeof oauthStates>;

/** How long an end is kept for who comes again, and an account for who is asked about it, in milliseconds. */
export const keptMs = 600_000;

/** What is too long to be one of ours is not worth a hash; the empty one's is in no row. */
const hashOf = (state: string) => hashToken(state.length > 200 ? "" : state);

/**
 * The consent that a state stands for, taken by whoever comes first: `isFirst` says whether that is this arrival, by an id of its
 * own, so that it may ask again where D1 lost the answer. Null where there is none, or after its time. The arrival counts as a try,
 * and one too many takes nothing: throws `rate_limited`.
 */
export async function claimState(
  ctx: Ctx,
  { state, arrival, limit }: { state: string; arrival: string; limit: Limit },
): Promise<{ consent: OAuthState; isFirst: boolean } | null> {
  const now = ctx.now();
  const known = and(eq(oauthStates.stateHash, hashOf(state)), gt(oauthStates.expiresAt, now));
  const [[tried], , [consent]] = await tryAgain(() =>
    ctx.directory.batch([
      countTry(ctx, limit),
      ctx.directory
        .update(oauthStates)
        .set({ takenBy: arrival, takenAt: now })
        .where(and(known, isNull(oauthStates.takenBy), wasWithin(ctx, limit))),
      ctx.directory.select().from(oauthStates).where(known),
    ]),
  );
  await checkLimit(ctx, limit, tried);
  return consent ? { consent, isFirst: consent.takenBy === arrival } : null;
}

/** The same consent as it is now; null where it is gone. */
export async function lookAtState(ctx: Ctx, { stateHash }: OAuthState): Promise<OAuthState | null> {
  const [consent] = await ctx.directory
    .select()
    .from(oauthStates)
    .where(and(eq(oauthStates.stateHash, stateHash), gt(oauthStates.expiresAt, ctx.now())));
  return consent ?? null;
}

/** Keeps how it ended for some minutes, for who comes again with the same state. */
export async function keepEnd(ctx: Ctx, { stateHash }: OAuthState, end: ConsentEnd): Promise<void> {
  await tryAgain(async () =>
    ctx.directory
      .update(oauthStates)
      // A grant that was sealed for an answer waits no more once there is one.
      .set({ end, expiresAt: ctx.now() + keptMs, sealedGrant: sql`case when answered_by is null then sealed_grant end` })
      .where(eq(oauthStates.stateHash, stateHash)),
  );
}

/** Uses a state up without an end: it came with somebody else, and who comes next learns nothing of it. */
export async function dropState(ctx: Ctx, { stateHash }: OAuthState): Promise<void> {
  await tryAgain(async () => ctx.directory.delete(oauthStates).where(eq(oauthStates.stateHash, stateHash)));
}
