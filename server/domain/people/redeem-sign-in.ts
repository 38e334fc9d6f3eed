import { and, eq, gt, isNull, lt, sql } from "drizzle-orm";
import { magicLinks, memberships, users } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { hashCode, hashToken, maxCodeTries, sameText } from "#server/domain/vault/sign-in-tokens.ts";
import { invalid, notFound } from "#server/errors.ts";
import { countWrongCode } from "./count-wrong-codes.ts";
import { knownBrowser, rememberBrowser } from "./known-browser.ts";
import { landingOf } from "./landing-of.ts";
import { lastOpenedFirst } from "./last-tenant.ts";
import { findWaiting, signInCookie } from "./request-sign-in.ts";
import type { RedeemCode, RedeemLink } from "./schemas.ts";
import { startSession } from "./start-session.ts";

/** Signed in; the path to go to. */
export interface Redeemed {
  landing: string;
}

const open = (now: number) => and(isNull(magicLinks.consumedAt), gt(magicLinks.expiresAt, now));

/** Whose sign-in a link is, for the page that asks for the button; changes nothing. Throws `not_found` when it is over. */
export async function findLink(ctx: Ctx, { token }: RedeemLink): Promise<{ email: string; sameBrowser: boolean }> {
  const [link] = await ctx.directory
    .select()
    .from(magicLinks)
    .where(and(eq(magicLinks.tokenHash, hashToken(token)), open(ctx.now())));
  if (!link) throw notFound("sign_in_link");
  return { email: link.email, sameBrowser: ctx.cookies.get(signInCookie) === link.id };
}

/** Signs in by the link of a mail, once. Throws `not_found` when it is unknown, used or expired. */
export async function redeemLink(ctx: Ctx, { token }: RedeemLink): Promise<Redeemed> {
  const now = ctx.now();
  const [link] = await ctx.directory
    .update(magicLinks)
    .set({ consumedAt: now })
    .where(and(eq(magicLinks.tokenHash, hashToken(token)), open(now)))
    .returning();
  const redeemed = link && (await signIn(ctx, link, "link"));
  if (!redeemed) throw notFound("sign_in_link");
  return redeemed;
}

/**
 * Signs in by the six digits, in the browser that asked for them. Each try is counted in the row before the digits are
 * compared. Throws `invalid` for wrong digits, `not_found` when there is nothing (more) to try, `rate_limited`.
 */
export async function redeemCode(ctx: Ctx, { code }: RedeemCode): Promise<Redeemed> {
  const over = () => notFound("sign_in_here");
  const now = ctx.now();
  const id = (await findWaiting(ctx))?.id;
  // Nothing is counted for who asked for nothing: rows of whoever knocks are bounded where they ask.
  if (!id) throw over();
  await takeFromLimit(ctx, limitOf("sign-in-code:network", networkOf(ctx.request.ip)));
  const [tried] = await ctx.directory
    .update(magicLinks)
    .set({ codeTries: sql`${magicLinks.codeTries} + 1` })
    .where(and(eq(magicLinks.id, id), open(now), lt(magicLinks.codeTries, maxCodeTries)))
    .returning();
  if (!tried) throw over();
  const browser = knownBrowser(ctx, tried.email);
  const who = browser === null ? `address:${hashToken(tried.email)}` : `browser:${browser}`;
  await takeFromLimit(ctx, limitOf("sign-in-code", who));
  const [person] = await ctx.directory.select({ staff: users.staff }).from(users).where(eq(users.email, tried.email));
  // An admin's mail holds no digits: a million of them are too few for who sees all clients.
  if (person?.staff || !sameText(tried.codeHash, hashCode(ctx.config, id, code))) {
    await countWrongCode(ctx);
    throw invalid("code", "code_wrong");
  }
  const [link] = await ctx.directory
    .update(magicLinks)
    .set({ consumedAt: now })
    .where(and(eq(magicLinks.id, id), open(now)))
    .returning();
  const redeemed = link && (await signIn(ctx, link, "code"));
  if (!redeemed) throw over();
  return redeemed;
}

/** Null where the address has no account (any more). */
async function signIn(ctx: Ctx, link: { email: string; returnTo: string | null }, via: "link" | "code"): Promise<Redeemed | null> {
  const rows = await ctx.directory
    .select({ user: users, tenant: memberships.tenantId })
    .from(users)
    .leftJoin(memberships, eq(memberships.userId, users.id))
    .where(eq(users.email, link.email))
    .orderBy(memberships.createdAt);
  const user = rows[0]?.user;
  if (!user) return null;
  await startSession(ctx, { user, via });
  rememberBrowser(ctx, link.email);
  const tenants = lastOpenedFirst(
    ctx,
    rows.flatMap(({ tenant }) => (tenant === null ? [] : [tenant])),
  );
  return { landing: landingOf({ staff: user.staff, onboarded: user.onboardedAt !== null, tenants, returnTo: link.returnTo }) };
}
