import type { Ctx } from "#server/ctx.ts";
import type { MailOf } from "#server/messages.ts";
import { mailAboutAccount } from "./mail-about-account.ts";
import type { HandOn } from "./send-to-each.ts";
import { cliffLetter } from "./write-letter.ts";

const dayMs = 86_400_000;

/**
 * An access will end although it works today, and this is where it is mended. What was mended meanwhile needs no mail, and neither does
 * a client that is suspended.
 */
export const mailCliff = (ctx: Ctx, message: MailOf<"mail.cliff">, handOn?: HandOn): Promise<void> =>
  mailAboutAccount(ctx, { message, handOn }, ({ connection, tenant, home, facts }) => {
    const { id, provider, kind, status, cliffAt: at, cliffKind: cliff } = connection;
    if (status !== "active" || !at || !cliff || cliff === "version" || tenant.status === "suspended") return null;
    if (at > ctx.now() + message.days * dayMs) return null;
    const url = kind === "oauth" ? `${home}/connect/${provider}?connection=${id}` : `${home}/integrations/${provider}`;
    const { timezone: timeZone } = tenant;
    return { key: `cliff-${message.days}-${at}`, letter: (reader) => cliffLetter({ ...facts, ...reader, timeZone, at, kind, cliff, url }) };
  });
