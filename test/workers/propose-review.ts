import { openDb } from "#db/client.ts";
import { actionSteps, actions } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { hashOf } from "#server/domain/actions/prepare-actions.ts";
import { newId } from "#server/ids.ts";
import { testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const automation = "review-request-automation";

let order = 1000;

export interface Seed extends Partial<typeof actions.$inferInsert> {
  payload?: Record<string, unknown>;
}

/** A request for a review that waits, or stands as `more` says, as its automation proposes it. */
export async function proposeReview(tenant: Tenant, { payload: own, ...more }: Seed = {}) {
  const now = Date.now();
  const number = String(order++);
  const id = newId("act", now);
  const payload = {
    ...{ customerId: "7", metric: "Review requested", properties: { order_id: number }, at: "2026-11-20T09:00:00.000Z" },
    ...{ channel: "email", ...own },
  };
  const subject = `order:${number}`;
  const step = { place: 0, kind: "klaviyo-event", accountId: "con_k", payload };
  const hash = hashOf(subject, [step]);
  await db.batch([
    db.insert(actions).values({
      ...{ id, tenantId: tenant.id, automation, runId: newId("run", now), dedupe: number, subject, connectionId: "con_s", customerId: "7" },
      ...{ touches: "customer", hash, status: "waiting", createdAt: now, expiresAt: now + 86_400_000 },
      evidence: { line: "delivered", params: { order: number, days: 8, value: { minor: 3800, currency: "GBP" } } },
      ...more,
    }),
    db
      .insert(actionSteps)
      .values({ ...step, tenantId: tenant.id, actionId: id, connectionId: "con_s", customerId: "7", status: "pending" }),
  ]);
  return { id, number, ref: `${tenant.id} ${id} ${hash}`, hash };
}
