import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { DomainError } from "#server/errors.ts";
import { approveAction } from "./approve-action.ts";
import { rejectAction } from "./reject-action.ts";
import type { DecideActions, Decided } from "./schemas.ts";

/**
 * The same decision of many, one after the other, each by the hash that was shown of it: what is refused of one keeps no other from being
 * decided, and is answered with why. Throws `forbidden` to whoever may decide nothing.
 */
export async function decideActions(ctx: TenantCtx, { decision, reason, items }: DecideActions): Promise<Decided> {
  requirePermission(ctx, "actions:decide");
  const refused: Decided["refused"] = [];
  for (const item of items) {
    try {
      await (decision === "approve" ? approveAction(ctx, item) : rejectAction(ctx, { ...item, reason }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refused.push({ actionId: item.actionId, code: error.code });
    }
  }
  return { decided: items.length - refused.length, refused };
}
