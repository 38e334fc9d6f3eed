import { desc, eq, lt, notInArray, or } from "drizzle-orm";
import { undeliveredMails } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import type { MailMessage } from "#server/messages.ts";
import type { Mail } from "./mail.ts";
import { MailFailure } from "./mail-failure.ts";
import { MailKind } from "./schemas.ts";
import { sendMail } from "./send-mail.ts";

const day = 86_400_000;
/** So many are kept, for so long: staff look at them, and nobody can fill the table with addresses that refuse. */
const kept = { rows: 1000, ms: 30 * day };
const longestReason = 300;
const prefix = "mail.";

/**
 * Sends one mail to one person, and keeps whom it did not reach and why. What is refused for good, or was probably sent, is done with;
 * what may be taken later is thrown, so that the queue tries again.
 */
export async function deliver(ctx: Ctx, message: MailMessage, mail: Mail): Promise<void> {
  try {
    await sendMail(ctx, mail);
  } catch (error) {
    const fate = error instanceof MailFailure ? error.fate : "later";
    await keep(ctx, message, { mail, fate, error });
    if (fate === "later") throw error;
    ctx.log.warn("a mail did not arrive for certain", { mail: mail.id, kind: message.type, fate, error });
    return;
  }
  await forget(ctx, mail);
}

async function keep(
  ctx: Ctx,
  message: MailMessage,
  { mail, fate, error }: { mail: Mail; fate: MailFailure["fate"]; error: unknown },
): Promise<void> {
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, longestReason);
  const row = {
    kind: MailKind.parse(message.type.slice(prefix.length)),
    ofTenant: "tenant" in message ? message.tenant : null,
    recipient: mail.to,
    fate,
    reason,
    at: ctx.now(),
  };
  await ctx.directory
    .insert(undeliveredMails)
    .values({ id: mail.id, ...row })
    .onConflictDoUpdate({ target: undeliveredMails.id, set: row });
}

/** One that failed before has arrived now. It has: what cannot be noted must not send it once more. */
async function forget(ctx: Ctx, { id }: Mail): Promise<void> {
  try {
    await ctx.directory.delete(undeliveredMails).where(eq(undeliveredMails.id, id));
  } catch (error) {
    ctx.log.error("a mail that was sent still stands as undelivered", { mail: id, error });
  }
}

/** Drops what is old, and the oldest of what is too many. For the cron; answers nothing of interest. */
export async function forgetUndelivered(ctx: Ctx): Promise<void> {
  const newest = ctx.directory
    .select({ id: undeliveredMails.id })
    .from(undeliveredMails)
    .orderBy(desc(undeliveredMails.at), desc(undeliveredMails.id))
    .limit(kept.rows);
  await ctx.directory
    .delete(undeliveredMails)
    .where(or(lt(undeliveredMails.at, ctx.now() - kept.ms), notInArray(undeliveredMails.id, newest)));
}
