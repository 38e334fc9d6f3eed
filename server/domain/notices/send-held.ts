import { inArray, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { notices } from "#db/schema/index.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import { MailMessage } from "#server/messages.ts";

const pageSize = 200;
/** So long a notice is kept. */
const keptMs = 90 * 86_400_000;

/**
 * Brings mail that waited to the queue: each by itself, or one digest for all that a person was told in a client. Marked before it is
 * sent, and given back where the queue does not take it, so that a cron that runs twice sends it once. Answers how many.
 */
export async function sendHeld(ctx: Ctx): Promise<number> {
  let sent = 0;
  for (const { db } of acrossTenants(ctx)) {
    for (const { message, ids, dueAt } of messagesOf(await claim(db, ctx.now()))) {
      try {
        await ctx.send.mail(message);
        sent += 1;
      } catch (error) {
        ctx.log.error("a mail that waited was not queued", { mail: message, error });
        await db.update(notices).set({ mailDueAt: dueAt, digestAt: null }).where(inArray(notices.id, ids));
      }
    }
  }
  return sent;
}

type Due = Awaited<ReturnType<typeof claim>>[number];

const claim = (db: Db, now: number) =>
  db
    .update(notices)
    // What it was due for says which digest it is in; `mail` is null there.
    .set({ mailDueAt: null, digestAt: sql`case when mail is null then mail_due_at end` })
    .where(
      inArray(
        notices.id,
        db.select({ id: notices.id }).from(notices).where(sql`mail_due_at is not null and mail_due_at <= ${now}`).limit(pageSize),
      ),
    )
    .returning({ id: notices.id, tenantId: notices.tenantId, userId: notices.userId, mail: notices.mail, digestAt: notices.digestAt });

function messagesOf(due: readonly Due[]): { message: MailMessage; ids: string[]; dueAt: number }[] {
  const digests = new Map<string, { message: MailMessage; ids: string[]; dueAt: number }>();
  const single = due.flatMap(({ id, tenantId, userId, mail, digestAt }) => {
    if (digestAt === null) return [{ message: MailMessage.parse({ ...(mail as object), person: userId }), ids: [id], dueAt: 0 }];
    const key = `${tenantId} ${userId} ${digestAt}`;
    const digest = digests.get(key) ?? {
      message: { v: 1 as const, type: "mail.digest" as const, tenant: tenantId, at: digestAt, person: userId },
      ids: [],
      dueAt: digestAt,
    };
    digest.ids.push(id);
    digests.set(key, digest);
    return [];
  });
  return [...single, ...digests.values()];
}

/** Drops what is old: for the cron. */
export async function forgetNotices(ctx: Ctx): Promise<void> {
  for (const { db } of acrossTenants(ctx)) await db.delete(notices).where(sql`created_at < ${ctx.now() - keptMs}`);
}
