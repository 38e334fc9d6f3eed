import { type Ctx, requireUser } from "#server/ctx.ts";
import { networkOf } from "#server/domain/rate-limits/network-of.ts";
import { hashToken, linkToken, sameText } from "#server/domain/sessions/tokens.ts";

const browserCookie = "__Host-atrium_oauth";
const lifeS = 600;

/**
 * Marks this browser as the one that began, and answers what is stored of the mark. A browser that has none yet may begin two
 * consents in the same instant, and keeps the cookie of one of them alone: so both are given the same mark, derived from what they
 * have in common and no other browser has (its session, its address, its name), under a key of the server's.
 */
export function markBrowser(ctx: Ctx): string {
  const held = ctx.cookies.get(browserCookie);
  const mark = held && /^[\w-]{43}$/.test(held) ? held : deriveMark(ctx);
  ctx.cookies.set(browserCookie, mark, lifeS);
  return hashToken(mark);
}

function deriveMark(ctx: Ctx): string {
  const { sessionId } = requireUser(ctx);
  return linkToken(ctx.config, "browser", JSON.stringify([sessionId, networkOf(ctx.request.ip), ctx.request.userAgent]));
}

/** Whether this browser is the one that began. */
export function isMarked(ctx: Ctx, browserHash: string): boolean {
  const held = ctx.cookies.get(browserCookie);
  return held !== undefined && held.length <= 100 && sameText(hashToken(held), browserHash);
}
