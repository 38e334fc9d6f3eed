import type { Ctx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { queueMail } from "#server/domain/notices/queue-mail.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { countTry } from "#server/domain/tenancy/take.ts";

const wrong = limitOf("sign-in-code:wrong");

/**
 * Counts one wrong code, of whatever address, and raises the alarm once an hour when there are too many: a line in the agency's log
 * and a mail to its admins. No single address or network shows it.
 */
export async function countWrongCode(ctx: Ctx): Promise<void> {
  const { max, windowS } = wrong;
  const [row] = await countTry(ctx, wrong);
  if (row?.count !== max) return;
  ctx.log.error("many wrong sign-in codes", { count: max, withinS: windowS });
  await commit(ctx, "sign_in.many_wrong_codes", { count: max, withinS: windowS }, []);
  await queueMail(ctx, { v: 1, type: "mail.alarm", count: max, at: ctx.now() });
}
