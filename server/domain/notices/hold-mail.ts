import { and, eq } from "drizzle-orm";
import { notices } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import type { MailMessage } from "#server/messages.ts";
import { homeOf } from "./home-of.ts";
import type { Reader } from "./list-readers.ts";
import { mailTime } from "./mail-time.ts";
import { openOf, subjectOf } from "./subject-of.ts";

/**
 * Whether this person gets this mail now, as they wish: one that they do not want is dropped, one that waits stands in their notice
 * until the cron sends it. Where there is no such notice any more there is nowhere to wait, and it goes at once.
 */
export async function goesNow(ctx: Ctx, message: MailMessage, reader: Reader): Promise<boolean> {
  const about = subjectOf(message);
  if (!about) return true;
  const time = mailTime(reader, about.kind, ctx.now());
  if (time === "now" || time === "never") return time === "now";
  const kept = await (await homeOf(ctx, about.tenant))
    .update(notices)
    .set({ mailDueAt: time.at, mail: time.digest ? null : message })
    .where(and(openOf(about), eq(notices.userId, reader.id)))
    .returning({ id: notices.id });
  return kept.length === 0;
}
