import type { Effect } from "#server/catalog/webhooks/webhook.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { Asking } from "#server/domain/asking/asking.ts";
import { decideByClick } from "#server/domain/asking/decide-by-click.ts";
import { conclude } from "./conclude.ts";
import type { Working } from "./rows.ts";

/** A button that was pressed decides once, however often its delivery is worked off: what is decided stays so. */
export async function meetClick(
  ctx: TenantCtx,
  asking: Asking,
  { delivery, connection, effect }: Working & { effect: Extract<Effect, { type: "click" }> },
): Promise<void> {
  const wasOurs = await decideByClick(ctx, asking, { connection, click: effect.click });
  await conclude(ctx, delivery.id, { ignored: wasOurs ? null : "no_reader" });
}
