import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import { calendarLines, calendarOf } from "#server/catalog/days.ts";
import type { Effect, Webhook } from "#server/catalog/webhooks/webhook.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { Asking } from "#server/domain/asking/asking.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { endAccess, probeSoon, replaceScopes } from "./change-access.ts";
import { conclude } from "./conclude.ts";
import { meetClick } from "./meet-click.ts";
import { meetPrivacyDemand } from "./meet-privacy-demand.ts";
import type { DeliveryRow, Working } from "./rows.ts";
import { wakeJobs } from "./wake-jobs.ts";

/** Does what an event means for us. Throws a `ZodError` where its payload is not what the provider describes. */
export async function applyEffect(
  ctx: TenantCtx,
  webhook: Webhook,
  { delivery, payload, asking }: { delivery: DeliveryRow; payload: unknown; asking: Asking },
): Promise<void> {
  const [connection] = await ctx.db
    .select()
    .from(connections)
    .where(inTenant(ctx, connections, eq(connections.id, delivery.connectionId)));
  if (!connection) return void (await conclude(ctx, delivery.id, { ignored: "not_connected" }));
  const timezone = calendarOf(
    { name: connection.name, timezone: connection.details.timezone },
    { timezone: ctx.tenant.timezone, log: (_, line, fields) => ctx.log.warn(calendarLines[line].en, fields) },
  );
  const effect = webhook.effectOf({ topic: delivery.topic, payload }, { timezone });
  return effect.type === "click" ? meetClick(ctx, asking, { delivery, connection, effect }) : act(ctx, { delivery, connection }, effect);
}

async function act(ctx: TenantCtx, working: Working, effect: Exclude<Effect, { type: "click" }>): Promise<void> {
  switch (effect.type) {
    case "access_ended":
      return endAccess(ctx, working, effect.reason);
    case "scopes":
      return replaceScopes(ctx, working, effect.granted);
    case "probe":
      return probeSoon(ctx, working);
    case "wake":
    case "order_deleted":
    case "product_deleted":
      return wakeJobs(ctx, working, effect);
    case "privacy":
      return meetPrivacyDemand(ctx, working, effect.demand);
    case "none":
      return void (await conclude(ctx, working.delivery.id, { ignored: effect.reason }));
    default:
      return effect satisfies never;
  }
}
