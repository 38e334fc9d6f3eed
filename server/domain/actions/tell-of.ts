import type { ApprovalNews } from "#db/words/notices.ts";
import { dayOf } from "#server/catalog/days.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { tell } from "#server/domain/notices/notify.ts";

interface NewsOf {
  automation: string;
  news: Exclude<ApprovalNews, "waiting">;
  /** When it came to that: told later it is the same news. */
  at: number;
}

/**
 * Tells those of a client who may decide what is new of one automation: of each fall-back once, of a budget that is spent once of that day of the
 * client's calendar.
 */
export async function tellOf(ctx: TenantCtx, { automation, news, at }: NewsOf): Promise<void> {
  const day = dayOf(at, ctx.tenant.timezone);
  const fell = news === "fell_back";
  await tell(ctx, {
    mail: { v: 1, type: "mail.approvals", tenant: ctx.tenant.id, day, news, automation, ...(fell && { at }) },
    event: `${fell ? at : day} ${news}`,
    params: { approvals: news },
  });
}
