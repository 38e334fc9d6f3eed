import type { ApprovalNews } from "#db/words/notices.ts";
import { dayOf } from "#server/catalog/days.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { tell } from "#server/domain/notices/notify.ts";

/** Tells those of a client who may decide what is new of one automation, once on this day of the client's calendar. */
export async function tellOf(ctx: TenantCtx, automation: string, news: Exclude<ApprovalNews, "waiting">): Promise<void> {
  const day = dayOf(ctx.now(), ctx.tenant.timezone);
  await tell(ctx, {
    mail: { v: 1, type: "mail.approvals", tenant: ctx.tenant.id, day, news, automation },
    event: `${day} ${news}`,
    params: { approvals: news },
  });
}
