import type { Ctx } from "#server/ctx.ts";
import { hashToken, newToken, sameText } from "#server/domain/sessions/tokens.ts";

const browserCookie = "__Host-atrium_oauth";
const lifeS = 600;

/** Marks this browser as the one that began, and answers what is stored of the mark. Two consents at once share one mark. */
export function markBrowser(ctx: Ctx): string {
  const held = ctx.cookies.get(browserCookie);
  const mark = held && /^[\w-]{43}$/.test(held) ? held : newToken();
  ctx.cookies.set(browserCookie, mark, lifeS);
  return hashToken(mark);
}

/** Whether this browser is the one that began. */
export function isMarked(ctx: Ctx, browserHash: string): boolean {
  const held = ctx.cookies.get(browserCookie);
  return held !== undefined && held.length <= 100 && sameText(hashToken(held), browserHash);
}
