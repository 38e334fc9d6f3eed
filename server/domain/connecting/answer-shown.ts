import { and, eq, gt, isNull } from "drizzle-orm";
import { tryAgain } from "#db/patient-d1.ts";
import { dataKeys, oauthStates } from "#db/schema/index.ts";
import type { ConsentEnd, ShownAccount } from "#db/words/connections.ts";
import type { Grant, OAuthProvider } from "#server/catalog/provider.ts";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import { requirePermission, requireUser, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { findDebt } from "#server/domain/tokens/owe.ts";
import { payDebt } from "#server/domain/tokens/pay-debt.ts";
import { openSecret } from "#server/domain/vault/secrets.ts";
import { notFound } from "#server/errors.ts";
import { awaitEnd } from "./await-end.ts";
import { keepEnd, type OAuthState } from "./claim-state.ts";
import { concludeConsent } from "./complete-oauth.ts";
import { keepOrOwe } from "./connect.ts";
import type { NextPage } from "./leave.ts";
import { isMarked } from "./mark-browser.ts";
import type { AnswerShown, ShownRef } from "./schemas.ts";
import { type WaitingGrant, waitingField } from "./show-account.ts";

type Asked = OAuthState & { shown: ShownAccount };

/** The account that waits for this person's yes. Throws `not_found` when it is over, and for everybody else. */
export async function findShown(ctx: TenantCtx, { consent }: ShownRef): Promise<ShownAccount & { provider: string }> {
  requirePermission(ctx, "connections:write");
  const [row] = await ctx.directory
    .select()
    .from(oauthStates)
    .where(and(theirs(ctx, consent), isNull(oauthStates.answeredBy)));
  const { shown, provider } = asked(ctx, row);
  return { ...shown, provider };
}

/**
 * Keeps the account that a person was shown, or gives its grant back. The first answer counts, and whoever answers again is told how
 * it ended. Throws `not_found` when it is over, and for everybody but the person, session and browser that were asked.
 */
export async function answerShown(ctx: TenantCtx, { consent, keep }: AnswerShown): Promise<ConsentEnd> {
  requirePermission(ctx, "connections:write");
  const answer = crypto.randomUUID();
  // In another browser nothing is answered.
  await findBrowser(ctx, consent);
  const [, [row]] = await tryAgain(() =>
    ctx.directory.batch([
      ctx.directory
        .update(oauthStates)
        .set({ answeredBy: answer, takenAt: ctx.now(), end: null })
        .where(and(theirs(ctx, consent), isNull(oauthStates.answeredBy))),
      ctx.directory.select().from(oauthStates).where(theirs(ctx, consent)),
    ]),
  );
  const state = asked(ctx, row);
  if (state.answeredBy !== answer) return awaitEnd(ctx, state);
  const provider = findOAuthProvider(state.provider);
  if (!keep) return giveBackShown(ctx, provider, state);
  const { followed, ...end } = await connectShown(ctx, provider, state);
  await followed;
  return end;
}

const theirs = (ctx: TenantCtx, consent: string) => {
  const { userId, sessionId } = requireUser(ctx);
  return and(
    eq(oauthStates.shownAs, consent),
    eq(oauthStates.forTenant, ctx.tenant.id),
    eq(oauthStates.userId, userId),
    eq(oauthStates.sessionId, sessionId),
    gt(oauthStates.expiresAt, ctx.now()),
  );
};

async function findBrowser(ctx: TenantCtx, consent: string): Promise<void> {
  const [row] = await ctx.directory.select().from(oauthStates).where(theirs(ctx, consent));
  asked(ctx, row);
}

/** The row, with what was shown of it. */
function asked(ctx: TenantCtx, row: OAuthState | undefined): Asked {
  if (!row?.shown || !isMarked(ctx, row.browserHash)) throw notFound("waiting_account");
  return { ...row, shown: row.shown };
}

const connectShown = (ctx: TenantCtx, provider: OAuthProvider, state: Asked): Promise<NextPage> =>
  concludeConsent(ctx, provider, state, async ({ debtor, enter }) => {
    const grant = await openWaiting(ctx, state);
    const debt = state.debtId === null ? Promise.resolve(null) : findDebt(debtor, state.debtId);
    return keepOrOwe(ctx, provider, { state, grant, debt, debtor, enter, seen: null, confirmed: state.shown.externalId });
  });

/** The grant as it was sealed, with what is left of its lifetimes. */
async function openWaiting(ctx: TenantCtx, { shownAs, sealedGrant }: OAuthState): Promise<Grant> {
  if (shownAs === null || sealedGrant === null) throw new Error("an account was shown without its grant");
  const keys = await ctx.db.select().from(dataKeys).where(inTenant(ctx, dataKeys));
  const opened = await openSecret(ctx, keys, { connectionId: shownAs, field: waitingField, sealed: sealedGrant });
  const { grant, at } = JSON.parse(opened) as WaitingGrant;
  for (const token of [grant.accessToken, grant.refreshToken]) if (token !== undefined) ctx.log.conceal(token);
  const left = (lifeS: number) => Math.max(1, lifeS - Math.round((ctx.now() - at) / 1000));
  const { expiresInS, refreshExpiresInS } = grant;
  return {
    ...grant,
    expiresInS: typeof expiresInS === "number" ? left(expiresInS) : expiresInS,
    refreshExpiresInS: refreshExpiresInS === undefined ? undefined : left(refreshExpiresInS),
  };
}

async function giveBackShown(ctx: TenantCtx, provider: OAuthProvider, state: Asked): Promise<ConsentEnd> {
  const debt = state.debtId === null ? null : await findDebt(ctx, state.debtId);
  if (debt) await payDebt(ctx, debt);
  const told = { code: "not_wanted", params: { provider: provider.name, account: state.shown.name } } as const;
  const end = { location: state.returnTo, told };
  await keepEnd(ctx, state, end);
  return end;
}
