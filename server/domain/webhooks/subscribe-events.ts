import { eq, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import { grantsAll } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { findWebhook } from "#server/catalog/webhooks/registry.ts";
import { type Ctx, enterTenant, inEachPlace, type TenantCtx } from "#server/ctx.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { openWriter } from "#server/domain/tokens/open-writer.ts";
import { ifFound, ProviderError } from "#server/errors.ts";
import type { TaskMessage } from "#server/messages.ts";

const hourMs = 3_600_000;
/** Providers take subscriptions away that did not answer for a while, so they are asked for again. */
const renewEveryMs = 7 * 24 * hourMs;
/** Where one could not be had, or the message was lost. */
const againAfterMs = hourMs;
const pageSize = 500;

/**
 * Tells the queue of connections whose provider must be asked to send us its events: new ones, and each once a week. Taking their
 * time forward claims them. Answers how many.
 */
export async function claimSubscriptions(ctx: Ctx): Promise<number> {
  let sent = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const due = await claimPage(db, ctx.now());
    await ctx.send.tasks(due.map(({ id, tenantId }) => ({ v: 1, type: "subscribe", tenant: tenantId, connection: id })));
    sent += due.length;
  });
  return sent;
}

/** The condition is literal, as the partial index `connections_subscribe` has it. */
const claimPage = (db: Db, now: number) =>
  db
    .update(connections)
    .set({ subscribeAt: now + againAfterMs })
    .where(
      sql`${connections.id} in (
        select id from connections where status = 'active' and subscribe_at is not null and subscribe_at <= ${now} limit ${pageSize})`,
    )
    .returning({ id: connections.id, tenantId: connections.tenantId });

/** Asks for every kind of event that we want of one account and may have. One that is refused keeps none of the others from being had. */
export async function subscribeEvents(ctx: Ctx, message: Extract<TaskMessage, { type: "subscribe" }>): Promise<void> {
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  // A client that was erased since hears no events.
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const held = await holdConnection(inside, message.connection);
  const { subscription } = findWebhook(held.connection.provider);
  if (held.connection.status !== "active" || !subscription) return;
  const writer = openWriter(inside, held);
  const address = `${ctx.config.APP_ORIGIN}/webhooks/${held.connection.provider}`;
  const provider = findProvider(held.connection.provider);
  let failed = 0;
  for (const { name: topic, scope } of subscription.topics) {
    if (scope !== undefined && !grantsAll(provider, held.connection, [scope])) continue;
    try {
      await subscription.subscribe(writer, topic, address);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      failed += 1;
      inside.log.warn("events could not be asked for", { connection: held.connection.id, topic, kind: error.kind, error });
    }
  }
  if (failed === 0) await rest(inside, held.connection.id);
}

const rest = (ctx: TenantCtx, id: string) =>
  ctx.db
    .update(connections)
    .set({ subscribeAt: ctx.now() + renewEveryMs })
    .where(inTenant(ctx, connections, eq(connections.id, id)));
