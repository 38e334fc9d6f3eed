import { type Ctx, requireUser } from "#server/ctx.ts";
import { hashToken, linkToken, sameText } from "#server/domain/vault/sign-in-tokens.ts";

const browserCookie = "__Host-atrium_oauth";
const lifeS = 600;

/**
 * Marks this browser as the one that began, and answers what is stored of the mark. Only a browser that began something holds one:
 * a session's cookie by itself, copied elsewhere, ends no consent of the browser that it was taken from. A browser that has none yet
 * may begin two consents in the same instant, and keeps the cookie of one of them alone: so both are given the same mark, derived
 * under a key of the server's from the session and the browser's name. Its address is no part of that: one browser has several at
 * once (IPv4 and IPv6) or one after the other. Whoever has the session and gives the same name could begin and get the same mark; they
 * could connect as that person anyway, and still lack the state and the code of a consent that is not theirs.
 */
export function markBrowser(ctx: Ctx): string {
  const held = ctx.cookies.get(browserCookie);
  const mark = held && /^[\w-]{43}$/.test(held) ? held : deriveMark(ctx);
  ctx.cookies.set(browserCookie, mark, lifeS);
  return hashToken(mark);
}

function deriveMark(ctx: Ctx): string {
  const { sessionId } = requireUser(ctx);
  return linkToken(ctx.config, "browser", JSON.stringify([sessionId, ctx.request.userAgent]));
}

/** Whether this browser is the one that began. */
export function isMarked(ctx: Ctx, browserHash: string): boolean {
  const held = ctx.cookies.get(browserCookie);
  return held !== undefined && held.length <= 100 && sameText(hashToken(held), browserHash);
}
