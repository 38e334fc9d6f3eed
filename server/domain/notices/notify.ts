import { and, eq, ne, sql } from "drizzle-orm";
import { notices } from "#db/schema/index.ts";
import { chosenNoticeKinds, type NoticeParams } from "#db/words/notices.ts";
import type { Ctx } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import { homeOf } from "./home-of.ts";
import { listMembersWho, listStaff, type Reader, rightToKnow } from "./list-readers.ts";
import { type NoticeMail, openOf, type Subject, subjectOf } from "./subject-of.ts";

/** Something that people are to know. Whom it is for follows from its mail: those who may connect accounts there, or read its audit log, or the agency's admins. */
export interface News {
  mail: NoticeMail;
  /** Tells it from others about the same subject: nobody is told the same event twice, and it takes the place of earlier ones. */
  event: string | number;
  params?: NoticeParams;
  /** The one person who knows already. */
  except?: string;
}

/** A mail that did not come to the queue by then, since it took none or its Worker died, is brought there by the cron. */
const graceMs = 5 * 60_000;

/**
 * Tells people about something that is done: a notice in the portal for each of them, in one statement, and one message to the mail
 * queue, which the notices keep until it is there. Where they cannot be written the mail goes all the same. Throws what the queue threw;
 * telling it again tells nobody twice.
 */
export async function tell(ctx: Ctx, news: News): Promise<void> {
  const about = subjectOf(news.mail);
  if (!about) throw new Error("This mail is about no notice");
  const written = await write(ctx, about, news);
  if (written?.known) return;
  await ctx.send.mail(news.mail);
  if (written && written.ids.length > 0) await letGo(ctx, about, written);
}

/** As `tell`, of what a page shows as well. It throws nothing: what was done stands, and whoever did it would only do it twice. */
export async function notify(ctx: Ctx, news: News): Promise<void> {
  try {
    await tell(ctx, news);
  } catch (error) {
    ctx.log.error("a mail was not queued", { mail: news.mail, error });
  }
}

interface Written {
  ids: string[];
  /** When the cron would bring their mail. */
  dueAt: number;
  /** There is somebody to be told, and each of them was. */
  known: boolean;
}

/** Null where D1 took nothing. */
async function write(ctx: Ctx, about: Subject, { mail, event, params = {}, except }: News): Promise<Written | null> {
  const [now, dueAt] = [ctx.now(), ctx.now() + graceMs];
  try {
    const people = (await readersOf(ctx, about)).filter(({ id }) => id !== except);
    if (people.length === 0) return { ids: [], dueAt, known: false };
    const { tenant, kind, subject } = about;
    const db = await homeOf(ctx, tenant);
    const rows = people.map(({ id, preferences }) => [newId("ntc", now), id, wants(preferences, kind) ? 1 : 0]);
    const [, made] = await db.batch([
      db
        .update(notices)
        .set({ resolvedAt: now, mailDueAt: null })
        .where(and(openOf(about), ne(notices.event, String(event)))),
      db
        .insert(notices)
        .select(
          sql`select j.value->>0, ${tenant}, j.value->>1, ${kind}, ${subject}, ${String(event)}, ${JSON.stringify(params)}, j.value->>2, ${now}, null, null, ${dueAt}, ${JSON.stringify(mail)}, null, null
            from json_each(${JSON.stringify(rows)}) j where true`,
        )
        // One whose mail still waits is told again.
        .onConflictDoUpdate({
          target: [notices.tenantId, notices.userId, notices.kind, notices.subject, notices.event],
          set: { mailDueAt: sql`excluded.mail_due_at` },
          setWhere: sql`${notices.tenantId} = ${tenant} and ${notices.mailDueAt} is not null and ${notices.mail} is not null`,
        })
        .returning({ id: notices.id }),
    ]);
    return { ids: made.map(({ id }) => id), dueAt, known: made.length === 0 };
  } catch (error) {
    ctx.log.error("a notice was not written", { ...about, error });
    return null;
  }
}

function readersOf(ctx: Ctx, { tenant, kind }: Subject): Promise<Reader[]> {
  if (tenant === "") return listStaff(ctx);
  return listMembersWho({ ...ctx, tenant: { id: tenant } }, rightToKnow(kind));
}

const wants = (preferences: Reader["preferences"], kind: Subject["kind"]): boolean =>
  chosenNoticeKinds.every((each) => each !== kind || preferences?.choices[each]?.portal !== false);

/** The queue has their mail; what a reader's preferences held back meanwhile stays held. */
async function letGo(ctx: Ctx, { tenant }: Subject, { ids, dueAt }: Written): Promise<void> {
  try {
    await (await homeOf(ctx, tenant))
      .update(notices)
      .set({ mailDueAt: null, mail: null })
      .where(
        and(
          eq(notices.tenantId, tenant),
          eq(notices.mailDueAt, dueAt),
          sql`${notices.id} in (select value from json_each(${JSON.stringify(ids)}))`,
        ),
      );
  } catch (error) {
    ctx.log.error("a mail is sent once more, since what became of it could not be noted", { notices: ids, error });
  }
}
