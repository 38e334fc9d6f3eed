import { and, eq, gt, isNull } from "drizzle-orm";
import { magicLinks, users } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { linkCode, linkToken, maxCodeTries } from "#server/domain/vault/sign-in-tokens.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { signInLetter } from "./write-letter.ts";

/**
 * Mails a sign-in's link and code (to the agency's admins, and where no digits would be taken any more, the link alone) to the
 * address, if it has an account: here it is decided, where nobody waits.
 */
export async function mailSignIn(ctx: Ctx, message: MailOf<"mail.sign_in">): Promise<void> {
  const { link: id } = message;
  const [found] = await ctx.directory
    .select({ link: magicLinks, name: users.name, staff: users.staff })
    .from(magicLinks)
    .innerJoin(users, eq(users.email, magicLinks.email))
    .where(and(eq(magicLinks.id, id), isNull(magicLinks.consumedAt), gt(magicLinks.expiresAt, ctx.now())));
  if (!found) return;
  const { link, name, staff } = found;
  const url = `${ctx.config.APP_ORIGIN}/sign-in/link/${linkToken(ctx.config, "sign-in", id)}`;
  await deliver(ctx, message, {
    id,
    to: link.email,
    locale: link.locale,
    ...signInLetter({
      ...{ locale: link.locale, name, url, lifetimeMs: link.expiresAt - link.createdAt },
      code: staff || link.codeTries >= maxCodeTries ? null : linkCode(ctx.config, id),
    }),
  });
}
