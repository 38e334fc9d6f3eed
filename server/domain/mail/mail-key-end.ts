import type { Ctx } from "#server/ctx.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import type { MailOf } from "#server/messages.ts";
import { mailAboutAccount } from "./mail-about-account.ts";
import type { HandOn } from "./send-to-each.ts";
import { keyEndLetter } from "./write-letter.ts";

/**
 * The end of a key that a sign-in replaced: that it comes, that it is put off or comes no more, that it came. What is no longer so by now
 * (it was kept, or is of another day) needs no mail.
 */
export const mailKeyEnd = (ctx: Ctx, message: MailOf<"mail.key_end">, handOn?: HandOn): Promise<void> =>
  mailAboutAccount(ctx, { message, handOn }, ({ connection, tenant: { timezone: timeZone }, home, facts }) => {
    if (!isNews(connection, message)) return null;
    const { news, at } = message;
    const url = `${home}/integrations/${connection.provider}`;
    return {
      key: `key-${news}-${at ?? connection.version}`,
      letter: (reader) => keyEndLetter({ ...facts, ...reader, timeZone, news, at, url }),
    };
  });

function isNews({ status, keptAt, endsAt }: ConnectionRow, { news, at }: MailOf<"mail.key_end">): boolean {
  switch (news) {
    case "announced":
    case "reminded":
      return status !== "disconnected" && endsAt === at;
    case "put_off":
      return status !== "disconnected" && keptAt === null;
    case "called_off":
      return status !== "disconnected" && endsAt === null;
    case "ended":
      return status === "disconnected";
    default:
      return news satisfies never;
  }
}
