import type { AccountChange } from "#db/words/connections.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { queueMail } from "#server/domain/notices/queue-mail.ts";

/** Has the client's people told by mail that an account counts otherwise than before. */
export const tellChange = (ctx: TenantCtx, { connectionId, changed }: { connectionId: string; changed: AccountChange }): Promise<void> =>
  queueMail(ctx, { v: 1, type: "mail.account_changed", tenant: ctx.tenant.id, connection: connectionId, at: changed.at });
