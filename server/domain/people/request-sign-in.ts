import { eq } from "drizzle-orm";
import { magicLinks } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";
import { countTry, isUsedUp, isWithinLimit, takeFromLimit } from "#server/domain/tenancy/take.ts";
import { hashCode, hashToken, linkCode, linkToken } from "#server/domain/vault/sign-in-tokens.ts";
import { notFound } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { knownBrowser } from "./known-browser.ts";
import type { RequestSignIn } from "./schemas.ts";
import { sendStandingLink } from "./send-standing-link.ts";

/** Holds the id of the sign-in that this browser asked for; its code works only here. */
export const signInCookie = "__Host-atrium_sign_in";
const linkLifetimeMs = 15 * 60_000;
/** Far above what people ask for in new browsers; at most four rows each, some 5 MB a day, which the sweep deletes a day later. */
const allUnknown = limitOf("sign-in:unknown-browsers");

/**
 * Begins a sign-in. It does the same, and takes the same time, whether the address has an account: whether a mail is
 * written is decided later, by the consumer of the mail queue. Throws `rate_limited`, alike for every address.
 */
export async function requestSignIn(ctx: Ctx, { email, returnTo, locale }: RequestSignIn): Promise<{ email: string; expiresAt: number }> {
  await takeRequest(ctx, email);
  const now = ctx.now();
  const id = newId("lnk", now);
  const expiresAt = now + linkLifetimeMs;
  await ctx.directory.insert(magicLinks).values({
    id,
    tokenHash: hashToken(linkToken(ctx.config, "sign-in", id)),
    codeHash: hashCode(ctx.config, id, linkCode(ctx.config, id)),
    email,
    locale,
    returnTo,
    createdAt: now,
    expiresAt,
  });
  await ctx.send.mail({ v: 1, type: "mail.sign_in", link: id });
  ctx.cookies.set(signInCookie, id, linkLifetimeMs / 1000);
  return { email, expiresAt };
}

/**
 * What an address may be mailed, by the quarter of an hour and by the day. A browser in which its person signed in before has
 * limits of its own: whoever knows the address can use up the others and keep nobody out. Requests of all other browsers together
 * have a bound a day too, and with it the rows that they write, from however many networks they come. Where the address or
 * everybody together is through for the day, the address's standing link goes on (`sendStandingLink`).
 */
async function takeRequest(ctx: Ctx, email: string): Promise<void> {
  const browser = knownBrowser(ctx, email);
  if (browser !== null) {
    await takeFromLimit(ctx, limitOf("sign-in:browser", browser));
    return takeFromLimit(ctx, limitOf("sign-in-day:browser", browser));
  }
  if (await isUsedUp(ctx, allUnknown)) throw await sendStandingLink(ctx, email);
  await takeFromLimit(ctx, limitOf("sign-in:network", networkOf(ctx.request.ip)));
  // After the network, so that one alone does not use it up; before all else, so that every new row has been counted.
  if (!(await takeUnknown(ctx))) throw await sendStandingLink(ctx, email);
  const address = hashToken(email);
  // The mails of this quarter of an hour still hold for all of it: whoever is refused has a link that works, or opened it in this time.
  await takeFromLimit(ctx, limitOf("sign-in:address", address));
  if (!(await isWithinLimit(ctx, limitOf("sign-in-day:address", address)))) throw await sendStandingLink(ctx, email);
}

/** Counts one request of an unknown browser; the last one of the day is told to the agency. */
async function takeUnknown(ctx: Ctx): Promise<boolean> {
  const { max, windowS } = allUnknown;
  const [row] = await countTry(ctx, allUnknown);
  if (row?.count === max) {
    ctx.log.error("unknown browsers have asked for all sign-ins of a day", { count: max, withinS: windowS });
    await commit(ctx, "sign_in.many_requests", { count: max, withinS: windowS }, []);
  }
  return row !== undefined && row.count <= max;
}

/** The sign-in that this browser waits for, or null. The address is the one that was typed here. */
export async function findWaiting(ctx: Ctx) {
  const id = ctx.cookies.get(signInCookie);
  if (!id) return null;
  const [link] = await ctx.directory.select().from(magicLinks).where(eq(magicLinks.id, id));
  if (!link || link.consumedAt !== null || link.expiresAt <= ctx.now()) return null;
  return link;
}

/** The same sign-in with a new mail, a new link and a new code. Throws `not_found` where this browser asked for none. */
export async function resendSignIn(ctx: Ctx): Promise<{ email: string; expiresAt: number }> {
  const waiting = await findWaiting(ctx);
  if (!waiting) throw notFound("sign_in");
  return requestSignIn(ctx, waiting);
}
