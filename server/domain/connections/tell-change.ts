import type { AccountChange } from "#db/words/connections.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { notify } from "#server/domain/notices/notify.ts";

/** Has the client's people told that an account counts otherwise than before. */
export const tellChange = async (
  ctx: TenantCtx,
  { connectionId, changed }: { connectionId: string; changed: AccountChange },
): Promise<void> => {
  const mail = { v: 1, type: "mail.account_changed", tenant: ctx.tenant.id, connection: connectionId, at: changed.at } as const;
  await notify(ctx, { mail, event: changed.at });
};
