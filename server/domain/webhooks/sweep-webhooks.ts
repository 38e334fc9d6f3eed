import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { secrets, webhookDeliveries } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import { rotationMs } from "#server/domain/connections/webhook-secret.ts";
import { newId } from "#server/ids.ts";
import { keptForm } from "./payload.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** A message of a delivery that nobody has begun, sent this long ago, is taken for lost. */
const lostAfterMs = 2 * minuteMs;
/** One that was begun is on its way through the queue's own repeats, the longest of which is shorter than this. */
const stuckAfterMs = 15 * minuteMs;
/** How long what a provider said is kept, so that it can be replayed. */
const payloadLifeMs = 30 * dayMs;
/** How long it is told that something was refused, or nobody's; and of all others that they came. */
const refusedLifeMs = 30 * dayMs;
const deliveryLifeMs = 90 * dayMs;
const pageSize = 500;

/**
 * Tells the queue again of deliveries whose message was lost, and ends what is kept no longer: what was said, then the row
 * itself, and webhook secrets that were replaced. Privacy requests stay, as the proof that they are. Answers counts.
 */
export async function sweepWebhooks(ctx: Ctx): Promise<{ resent: number; forgotten: number; deleted: number }> {
  const sums = { resent: 0, forgotten: 0, deleted: 0 };
  await inEachPlace(ctx, async ({ db }) => {
    sums.resent += await resend(ctx, db);
    sums.forgotten += await forget(db, ctx.now());
    sums.deleted += await deleteOld(db, ctx.now());
    await endRotations(db, ctx.now());
  });
  return sums;
}

/** A webhook secret that was replaced opens nothing any more once its time is over; then it goes. The condition is the index's own, word for word. */
const endRotations = (db: Db, now: number) =>
  db.delete(secrets).where(sql`field = 'webhook_secret_before' and ${secrets.createdAt} <= ${now - rotationMs}`);

/** Taking the time forward in the same statement keeps the next sweep from sending them once more. */
async function resend(ctx: Ctx, db: Db): Promise<number> {
  const now = ctx.now();
  const lost = await db
    .update(webhookDeliveries)
    .set({ sentAt: now })
    .where(
      sql`${webhookDeliveries.id} in (
        select id from webhook_deliveries where status = 'received' and sent_at <= ${now - lostAfterMs}
          and (attempts = 0 or sent_at <= ${now - stuckAfterMs}) limit ${pageSize})`,
    )
    .returning({ id: webhookDeliveries.id, tenantId: webhookDeliveries.tenantId });
  await ctx.send.tasks(lost.map(({ id, tenantId }) => ({ v: 1, type: "webhook", tenant: tenantId, delivery: id })));
  return lost.length;
}

/** Ids sort by time: the smallest that one of that instant could have. */
const before = (instant: number) => newId("whk", instant, new Uint8Array(10));

/** What is too old, and what was sealed when more was kept than today: unless it waits for its effect, which it is destroyed after. */
async function forget(db: Db, now: number): Promise<number> {
  const old = await db
    .update(webhookDeliveries)
    .set({ sealed: null })
    .where(
      sql`${webhookDeliveries.id} in (
        select * from (select id from webhook_deliveries where sealed is not null and id < ${before(now - payloadLifeMs)} limit ${pageSize})
        union all
        select * from (select id from webhook_deliveries
          where sealed is not null and sealed_form < ${keptForm} and status <> 'received' limit ${pageSize}))`,
    )
    .returning({ id: webhookDeliveries.id });
  return old.length;
}

async function deleteOld(db: Db, now: number): Promise<number> {
  const deleted = await db
    .delete(webhookDeliveries)
    .where(
      sql`${webhookDeliveries.id} in (
        select * from (select id from webhook_deliveries where id < ${before(now - deliveryLifeMs)} limit ${pageSize})
        union all
        select * from (select id from webhook_deliveries where status in ('refused', 'ignored') and id < ${before(now - refusedLifeMs)} and tenant_id = '' limit ${pageSize}))`,
    )
    .returning({ id: webhookDeliveries.id });
  return deleted.length;
}
