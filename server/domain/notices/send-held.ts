import { inArray, type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { notices } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
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
  await inEachPlace(ctx, async ({ db }) => {
    for (const { message, ids, dueAt } of messagesOf(await claim(db, ctx.now()))) {
      try {
        await ctx.send.mail(message);
        sent += 1;
      } catch (error) {
        ctx.log.error("a mail that waited was not queued", { mail: message, error });
        await db
          .update(notices)
          .set({ mailDueAt: dueAt, digestAt: null })
          .where(inArray(notices.id, sql`(select value from json_each(${JSON.stringify(ids)}))`));
      }
    }
  });
  return sent;
}

type Due = Awaited<ReturnType<typeof take>>[number];

/** A page of what is due, and the whole of each digest that it has a part of: a person gets one, however much they were told. */
async function claim(db: Db, now: number) {
  const due = db.select({ id: notices.id }).from(notices).where(sql`mail_due_at is not null and mail_due_at <= ${now}`).limit(pageSize);
  const page = await take(db, sql`${due}`);
  if (page.length < pageSize) return page;
  const digests = new Map(page.flatMap((each) => (each.digestAt === null ? [] : [[digestOf(each), each] as const])));
  const json = JSON.stringify([...digests.values()].map(({ tenantId, userId, digestAt }) => [tenantId, userId, digestAt]));
  const rest = sql`(select n.id from json_each(${json}) j cross join notices n
    on n.tenant_id = j.value->>0 and n.user_id = j.value->>1 and n.mail_due_at = j.value->>2 and n.mail is null)`;
  return [...page, ...(await take(db, rest))];
}

const take = (db: Db, ids: SQL) =>
  db
    .update(notices)
    // What it was due for says which digest it is in; `mail` is null there.
    .set({ mailDueAt: null, digestAt: sql`case when mail is null then mail_due_at end` })
    .where(sql`${notices.id} in ${ids}`)
    .returning({ id: notices.id, tenantId: notices.tenantId, userId: notices.userId, mail: notices.mail, digestAt: notices.digestAt });

const digestOf = ({ tenantId, userId, digestAt }: Pick<Due, "tenantId" | "userId" | "digestAt">) => `${tenantId} ${userId} ${digestAt}`;

function messagesOf(due: readonly Due[]): { message: MailMessage; ids: string[]; dueAt: number }[] {
  const digests = new Map<string, { message: MailMessage; ids: string[]; dueAt: number }>();
  const single = due.flatMap((each) => {
    const { id, tenantId, userId, mail, digestAt } = each;
    if (digestAt === null) return [{ message: MailMessage.parse({ ...(mail as object), person: userId }), ids: [id], dueAt: 0 }];
    const key = digestOf(each);
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
  await inEachPlace(ctx, async ({ db }) => void (await db.delete(notices).where(sql`created_at < ${ctx.now() - keptMs}`)));
}
