import { webhookDeliveries } from "#db/schema/index.ts";
import type { RefusalReason } from "#db/words/webhooks.ts";
import type { Ctx } from "#server/ctx.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";
import { isUsedUp, isWithinLimit } from "#server/domain/tenancy/take.ts";
import { newId } from "#server/ids.ts";

/** Whoever knocks may not fill the database: only so many refusals are kept. */
const inAll = limitOf("webhook-refused");

/** Keeps that something was refused and why, for staff: nothing of what it said, since it is nobody's word. */
export async function keepRefusal(
  ctx: Ctx,
  { provider, callback, reason }: { provider: string; callback: string | null; reason: RefusalReason },
): Promise<void> {
  ctx.log.warn("webhook refused", { provider, callback, reason });
  // Looked at before it is counted: else each further network would leave a row of its own.
  if (await isUsedUp(ctx, inAll)) return;
  if (!(await isWithinLimit(ctx, limitOf("webhook-refused:network", networkOf(ctx.request.ip))))) return;
  if (!(await isWithinLimit(ctx, inAll))) return;
  const now = ctx.now();
  const id = newId("whk", now);
  const nothing = { tenantId: "", connectionId: "", account: null, occurredAt: null, sealed: null };
  await ctx.directory.insert(webhookDeliveries).values({
    ...{ ...nothing, id, provider, eventKey: id, topic: callback ?? "", receivedAt: now, status: "refused", reason, workedAt: now },
    requestId: ctx.request.id,
  });
}
