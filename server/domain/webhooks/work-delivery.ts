import { and, eq, sql } from "drizzle-orm";
import { ZodError } from "zod";
import { webhookDeliveries } from "#db/schema/index.ts";
import type { DeliveryReason } from "#db/words/webhooks.ts";
import { findWebhook } from "#server/catalog/webhooks/registry.ts";
import { type Ctx, enterTenant, type TenantCtx } from "#server/ctx.ts";
import type { Asking } from "#server/domain/asking/asking.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import type { TaskMessage } from "#server/messages.ts";
import { applyEffect } from "./apply-effect.ts";
import { openPayload } from "./payload.ts";
import type { DeliveryRow } from "./rows.ts";

/** One more than the queue repeats a message, so that the row and not the queue says when it is over. */
export const maxTries = 6;

/**
 * Does what one delivery says, once, however often it is told to: what is no longer `received` is over. Each try is counted
 * before it begins, so that one that takes the worker with it ends too. Throws what the queue shall try again.
 */
export async function workDelivery(ctx: Ctx, asking: Asking, message: Extract<TaskMessage, { type: "webhook" }>): Promise<void> {
  // A client that is gone has no deliveries either.
  const tenant = await ifFound(findTenant(ctx, message.tenant));
  if (!tenant) return;
  const inside = enterTenant(ctx, tenant, "system");
  const row = await begin(inside, message.delivery);
  if (!row) return;
  if (row.attempts > maxTries) return fail(inside, row, "tries");
  try {
    await work(inside, asking, row);
  } catch (error) {
    inside.log.warn("a webhook was not worked off", { delivery: row.id, provider: row.provider, topic: row.topic, error });
    // The same words will not be understood next time either.
    if (error instanceof ZodError) return fail(inside, row, "unreadable");
    if (row.attempts === maxTries) return fail(inside, row, "tries");
    throw error;
  }
}

async function begin(ctx: TenantCtx, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await ctx.db
    .update(webhookDeliveries)
    .set({ attempts: sql`${webhookDeliveries.attempts} + 1`, sentAt: ctx.now() })
    .where(isOpen(ctx, id))
    .returning();
  return row;
}

async function work(ctx: TenantCtx, asking: Asking, row: DeliveryRow): Promise<void> {
  const payload: unknown = row.sealed === null ? null : await openPayload(ctx, { delivery: row.id, sealed: row.sealed });
  await applyEffect(ctx, findWebhook(row.provider), { delivery: row, payload, asking });
}

async function fail(ctx: TenantCtx, { id }: DeliveryRow, reason: DeliveryReason): Promise<void> {
  await ctx.db.update(webhookDeliveries).set({ status: "failed", reason, workedAt: ctx.now() }).where(isOpen(ctx, id));
}

const isOpen = (ctx: TenantCtx, id: string) =>
  inTenant(ctx, webhookDeliveries, and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.status, "received")));
