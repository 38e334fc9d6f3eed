import { and, eq, ne, notInArray, type SQL, sql } from "drizzle-orm";
import { connections, secrets, webhookDeliveries } from "#db/schema/index.ts";
import type { ReconnectReason } from "#db/words/connections.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { wrote } from "#server/domain/audit/commit-if.ts";
import { webhookFields } from "#server/domain/connections/webhook-secret.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { alignByTick, alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conclude, stillOpen } from "./conclude.ts";
import type { Working } from "./rows.ts";

/** When it happened, as far as the provider says: else when we heard of it. */
export const happenedAt = ({ delivery }: Pick<Working, "delivery">): number => delivery.occurredAt ?? delivery.receivedAt;

/** Why an event changes nothing about the access: it is older than the consent that is in use, or there is none. */
function outdated(working: Working): "not_connected" | "connected_since" | null {
  if (working.connection.status === "disconnected") return "not_connected";
  return working.connection.connectedAt > happenedAt(working) ? "connected_since" : null;
}

/** The connection as long as nobody has connected it again since the event. */
const unchanged = (ctx: TenantCtx, working: Working, ...conditions: (SQL | undefined)[]): SQL =>
  inTenant(
    ctx,
    connections,
    eq(connections.id, working.connection.id),
    ne(connections.status, "disconnected"),
    sql`${connections.connectedAt} <= ${happenedAt(working)}`,
    ...conditions,
  );

/**
 * The provider took access away and says so: the connection waits for a person and its tokens, which are worth nothing, are
 * destroyed. An event that is older than the consent in use is about the one before it and changes nothing.
 */
export async function endAccess(ctx: TenantCtx, working: Working, reason: ReconnectReason): Promise<void> {
  const { connection, delivery } = working;
  const ignored = outdated(working);
  if (ignored) return void (await conclude(ctx, delivery.id, { ignored }));
  const open = stillOpen(ctx, delivery.id);
  const now = ctx.now();
  const ended = sql`exists (select 1 from ${connections} where ${unchanged(ctx, working)})`;
  const { results } = await conclude(ctx, delivery.id, {
    audit: {
      action: "connection.reconnect_needed",
      details: { connection: connection.id, provider: connection.provider, account: connection.name, reason },
    },
    statements: [
      // What the account's own events are signed with is no access, and is as good when it is connected again.
      ctx.db
        .delete(secrets)
        .where(inTenant(ctx, secrets, eq(secrets.connectionId, connection.id), notInArray(secrets.field, [...webhookFields]), ended, open)),
      ctx.db
        .update(connections)
        .set({
          status: "reconnect_needed",
          statusReason: reason,
          statusAt: now,
          leaseOwner: null,
          leaseUntil: null,
          refreshFingerprint: null,
          refreshStartedAt: null,
          version: sql`${connections.version} + 1`,
        })
        .where(unchanged(ctx, working, open))
        .returning({ id: connections.id }),
    ],
  });
  const [, marked] = results;
  if (!wrote(marked)) return;
  // Who was told already that this account waits needs no second mail.
  if (connection.status === "active")
    await notify(ctx, {
      mail: { v: 1, type: "mail.reconnect", tenant: ctx.tenant.id, connection: connection.id },
      event: connection.version + 1,
    });
  await alignJobs(ctx);
}

/**
 * Another list of permissions holds now: jobs that lack one wait, those that have it now run. Lists come in any order, also by
 * delivery: one that is older than a list that was taken over is told by it.
 */
export async function replaceScopes(ctx: TenantCtx, working: Working, granted: readonly string[]): Promise<void> {
  const { connection, delivery } = working;
  const ignored = outdated(working) ?? (await superseded(ctx, working));
  if (ignored) return void (await conclude(ctx, delivery.id, { ignored }));
  // Nothing else would free a job that lacked one, were this worker killed after it.
  await alignByTick(ctx);
  const { won } = await conclude(ctx, delivery.id, {
    audit: { action: "connection.scopes_changed", details: { connection: connection.id, provider: connection.provider, scopes: granted } },
    statements: [
      ctx.db
        .update(connections)
        // Events that a new permission is needed for are asked for with the next tick.
        .set({ scopesGranted: [...granted], subscribeAt: sql`iif(${connections.subscribeAt} is null, null, ${ctx.now()})` })
        .where(unchanged(ctx, working, stillOpen(ctx, delivery.id), sql`not ${newerIsDone(ctx, working)}`)),
    ],
  });
  if (won) await alignJobs(ctx);
}

/** Whether a later event of this kind about this account was taken over already. */
const newerIsDone = (ctx: TenantCtx, working: Working): SQL => {
  const { connection, delivery } = working;
  const newer = inTenant(
    ctx,
    webhookDeliveries,
    eq(webhookDeliveries.connectionId, connection.id),
    eq(webhookDeliveries.topic, delivery.topic),
    eq(webhookDeliveries.status, "done"),
    sql`coalesce(${webhookDeliveries.occurredAt}, ${webhookDeliveries.receivedAt}) > ${happenedAt(working)}`,
  );
  return sql`exists (select 1 from ${webhookDeliveries} where ${newer})`;
};

async function superseded(ctx: TenantCtx, working: Working): Promise<"superseded" | null> {
  const [found] = await ctx.db
    .select({ id: connections.id })
    .from(connections)
    .where(inTenant(ctx, connections, eq(connections.id, working.connection.id), newerIsDone(ctx, working)));
  return found ? "superseded" : null;
}

/** What changed is for a test call to find out: the cron makes it with its next tick. */
export async function probeSoon(ctx: TenantCtx, working: Working): Promise<void> {
  const { delivery, connection } = working;
  if (connection.status !== "active") return void (await conclude(ctx, delivery.id, { ignored: "not_connected" }));
  await conclude(ctx, delivery.id, {
    statements: [
      ctx.db
        .update(connections)
        .set({ probeAt: ctx.now() })
        .where(
          inTenant(ctx, connections, and(eq(connections.id, connection.id), eq(connections.status, "active")), stillOpen(ctx, delivery.id)),
        ),
    ],
  });
}
