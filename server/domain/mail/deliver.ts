import { and, desc, eq, lt, notInArray, or } from "drizzle-orm";
import { batchOf } from "#db/client.ts";
import { notices, undeliveredMails } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { addCosts, operationsOfMessage } from "#server/domain/costs/add-costs.ts";
import { homeOf } from "#server/domain/notices/home-of.ts";
import { openOf, subjectOf } from "#server/domain/notices/subject-of.ts";
import type { MailMessage } from "#server/messages.ts";
import type { Mail } from "./mail.ts";
import { MailFailure, ofMail } from "./mail-failure.ts";
import { MailKind } from "./schemas.ts";
import { sendMail } from "./send-mail.ts";

const day = 86_400_000;
/** So many are kept, for so long: staff look at them, and nobody can fill the table with addresses that refuse. */
const kept = { rows: 1000, ms: 30 * day };
const prefix = "mail.";

/**
 * Sends one mail to one person, and keeps whom it did not reach and why. What is refused for good, or was probably sent, is done with,
 * also where that cannot be noted; what may be taken later is thrown, so that the queue tries again.
 */
export async function deliver(ctx: Ctx, message: MailMessage, mail: Mail): Promise<void> {
  try {
    await sendMail(ctx, mail);
  } catch (error) {
    const fate = error instanceof MailFailure ? error.fate : "later";
    await noted(ctx, mail, keep(ctx, message, { mail, fate, error }));
    if (fate === "later") throw error;
    ctx.log.warn("a mail did not arrive for certain", { mail: mail.id, kind: message.type, fate, error });
    return;
  }
  // One that failed before has arrived now.
  await noted(ctx, mail, ctx.directory.delete(undeliveredMails).where(eq(undeliveredMails.id, mail.id)));
  await noted(ctx, mail, count(ctx, message));
}

/** That it went out: in the notice that it was about, and in what the client costs. */
async function count(ctx: Ctx, message: MailMessage): Promise<unknown> {
  const about = subjectOf(message);
  const tenant = about?.tenant ?? ("tenant" in message ? message.tenant : "");
  const db = await homeOf(ctx, tenant);
  const person = "person" in message ? message.person : undefined;
  const mails = addCosts(db, ctx.now(), { tenant, quantities: { mails: 1, queue_operations: operationsOfMessage } });
  if (!about || person === undefined) return batchOf(db, [mails]);
  const told = and(openOf(about), eq(notices.userId, person));
  return batchOf(db, [db.update(notices).set({ mailedAt: ctx.now() }).where(told), mails]);
}

async function keep(
  ctx: Ctx,
  message: MailMessage,
  { mail, fate, error }: { mail: Mail; fate: MailFailure["fate"]; error: unknown },
): Promise<void> {
  const said =
    error instanceof MailFailure ? error.said : ofMail("other", { words: error instanceof Error ? error.message : String(error) });
  const row = {
    kind: MailKind.parse(message.type.slice(prefix.length)),
    ofTenant: "tenant" in message ? message.tenant : null,
    recipient: mail.to,
    fate,
    reason: said.code,
    reasonParams: said.params,
    at: ctx.now(),
  };
  await ctx.directory
    .insert(undeliveredMails)
    .values({ id: mail.id, ...row })
    .onConflictDoUpdate({ target: undeliveredMails.id, set: row });
}

/** A mail is not sent once more because what became of it could not be noted. */
async function noted(ctx: Ctx, { id }: Mail, write: PromiseLike<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    ctx.log.error("what became of a mail could not be noted", { mail: id, error });
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
