import { desc, notInArray } from "drizzle-orm";
import { devMails } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import type { Mail } from "./mail.ts";

const kept = 200;

/**
 * "Sends" a mail to the terminal and to the outbox of development. It prints the link in clear, which is why the
 * configuration refuses it in production.
 */
export async function logTransport(ctx: Ctx, mail: Mail): Promise<void> {
  const { id, to, subject, text, html } = mail;
  const newest = ctx.directory.select({ id: devMails.id }).from(devMails).orderBy(desc(devMails.at), desc(devMails.id)).limit(kept);
  await ctx.directory.batch([
    ctx.directory.insert(devMails).values({ id, at: ctx.now(), recipient: to, subject, text, html }).onConflictDoNothing(),
    ctx.directory.delete(devMails).where(notInArray(devMails.id, newest)),
  ]);
  ctx.log.info("mail", { to, subject, link: linkIn(text) });
}

/** The address that a mail asks to open: the first one in its text. */
export const linkIn = (text: string): string | null => /https?:\/\/\S+/.exec(text)?.[0] ?? null;
