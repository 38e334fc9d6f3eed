import { lt, sql } from "drizzle-orm";
import { mostCheckoutsADay, pixelDays } from "#db/schema/index.ts";
import { dayOf } from "#server/catalog/days.ts";
import { PixelSignal } from "#server/catalog/pixel.ts";
import { parseJson } from "#server/catalog/webhooks/json.ts";
import { shopifyWebhook } from "#server/catalog/webhooks/shopify.ts";
import { type Ctx, enterTenant } from "#server/ctx.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";
import { isWithinLimit } from "#server/domain/tenancy/take.ts";
import { findAccounts } from "#server/domain/webhooks/find-accounts.ts";
import { readFlowMay } from "./read-flow-may.ts";

/**
 * What the pixel of a storefront tells: one more completed checkout of today, of each client that has the shop and wants them counted. It comes from
 * a visitor's browser, so that anybody can send it: counted is no more than so many a network and minute and so many a shop and day, nothing is kept of
 * whoever sent it, and nothing acts on it. Whatever comes, nobody is told what became of it.
 */
export async function receiveSignal(ctx: Ctx, body: Uint8Array): Promise<void> {
  const signal = PixelSignal.safeParse(parseJson(body));
  if (!signal.success) return;
  if (!(await isWithinLimit(ctx, limitOf("pixel:network", networkOf(ctx.request.ip))))) return;
  const places = await findAccounts(ctx, shopifyWebhook, new Set([signal.data.shop]));
  for (const { tenant, connectionId, status } of places.flatMap(({ found }) => found)) {
    if (status !== "active" || isStopped(tenant)) continue;
    const own = enterTenant(ctx, tenant, "system");
    const { mode, config } = await readFlowMay(own);
    if ((mode !== "approve" && mode !== "auto") || config.pixel !== true) continue;
    await own.db
      .insert(pixelDays)
      .values({ tenantId: tenant.id, connectionId, day: dayOf(ctx.now(), tenant.timezone), checkouts: 1 })
      .onConflictDoUpdate({
        target: [pixelDays.tenantId, pixelDays.connectionId, pixelDays.day],
        set: { checkouts: sql`${pixelDays.checkouts} + 1` },
        setWhere: lt(pixelDays.checkouts, mostCheckoutsADay),
      });
  }
}
