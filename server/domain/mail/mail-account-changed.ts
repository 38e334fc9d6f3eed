import type { Ctx } from "#server/ctx.ts";
import type { MailOf } from "#server/messages.ts";
import { mailAboutAccount } from "./mail-about-account.ts";
import type { HandOn } from "./send-to-each.ts";
import { accountChangedLetter } from "./write-letter.ts";

/** An account counts in another currency or time zone than before. A change that another one followed by now is told by that one's mail. */
export const mailAccountChanged = (ctx: Ctx, message: MailOf<"mail.account_changed">, handOn?: HandOn): Promise<void> =>
  mailAboutAccount(ctx, { message, handOn }, ({ connection: { status, provider, changed }, home, facts }) => {
    if (status === "disconnected" || changed?.at !== message.at) return null;
    const url = `${home}/integrations/${provider}`;
    return { key: `changed-${message.at}`, letter: (reader) => accountChangedLetter({ ...facts, ...reader, changed, url }) };
  });
