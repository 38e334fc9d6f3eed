import type { Ctx } from "#server/ctx.ts";
import { listStaff } from "#server/domain/notices/list-readers.ts";
import type { MailOf } from "#server/messages.ts";
import { deliver } from "./deliver.ts";
import { type HandOn, sendToEach } from "./send-to-each.ts";
import { alarmLetter } from "./write-letter.ts";

/** Tells each of the agency's admins that somebody tries sign-in codes at many addresses. */
export async function mailAlarm(ctx: Ctx, message: MailOf<"mail.alarm">, handOn?: HandOn): Promise<void> {
  const { count, at } = message;
  const url = `${ctx.config.APP_ORIGIN}/admin/audit`;
  await sendToEach(ctx, await listStaff(ctx), { message, handOn }, ({ id, email, name, locale }) =>
    deliver(ctx, message, { id: `alarm-${at}-${id}`, to: email, locale, ...alarmLetter({ locale, name, count, url }) }),
  );
}
