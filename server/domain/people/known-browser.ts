import type { Ctx } from "#server/ctx.ts";
import { linkToken, newToken, sameText } from "#server/domain/vault/sign-in-tokens.ts";

/** A browser in which somebody signed in with an address: its id, and the proof that we said so of this address. */
const knownCookie = "__Host-atrium_known";
const yearS = 31_536_000;

const proofOf = (ctx: Ctx, id: string, email: string) => linkToken(ctx.config, "known-browser", `${id}\n${email}`);

/** The id of this browser, if somebody signed in here with this address before; else null. Nobody elsewhere can use up its limits. */
export function knownBrowser(ctx: Ctx, email: string): string | null {
  const [id = "", proof = ""] = ctx.cookies.get(knownCookie)?.split(".") ?? [];
  return sameText(proof, proofOf(ctx, id, email)) ? id : null;
}

/** From now on this browser is known for the address that was just proved in it. */
export function rememberBrowser(ctx: Ctx, email: string): void {
  const id = knownBrowser(ctx, email) ?? newToken().slice(0, 22);
  ctx.cookies.set(knownCookie, `${id}.${proofOf(ctx, id, email)}`, yearS);
}
