import type { Ctx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { queueMail } from "#server/domain/notices/queue-mail.ts";
import { countTry } from "#server/domain/tenancy/take.ts";

/** People mistype a few codes an hour among them all; who tries one code at each of many addresses makes more. */
const alarmAt = 100;
const windowS = 3600;

/**
 * Counts one wrong code, of whatever address, and raises the alarm once an hour when there are too many: a line in the agency's log
 * and a mail to its admins. No single address or network shows it.
 */
export async function countWrongCode(ctx: Ctx): Promise<void> {
  const [row] = await countTry(ctx, { key: "sign-in-code:wrong", max: alarmAt, windowS });
  if (row?.count !== alarmAt) return;
  ctx.log.error("many wrong sign-in codes", { count: alarmAt, withinS: windowS });
  await commit(ctx, "sign_in.many_wrong_codes", { count: alarmAt, withinS: windowS }, []);
  await queueMail(ctx, { v: 1, type: "mail.alarm", count: alarmAt, at: ctx.now() });
}
