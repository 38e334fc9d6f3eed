import { and, eq, inArray, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { rowIf } from "#db/row-if.ts";
import { connections, orderContents, orders, schedules } from "#db/schema/index.ts";
import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { OrderRecord } from "#server/catalog/records.ts";
import type { Effect } from "#server/catalog/webhooks/webhook.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { customerOfOrder } from "#server/domain/commerce/customer-of-order.ts";
import { deleteOrders, notDeleted } from "#server/domain/commerce/delete-orders.ts";
import { deleteProduct } from "#server/domain/commerce/delete-product.ts";
import { newerOrder } from "#server/domain/commerce/newer-order.ts";
import { chooseAccount } from "#server/domain/connections/choose-account.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { happenedAt } from "./change-access.ts";
import { conclude, stillOpen } from "./conclude.ts";
import type { Working } from "./rows.ts";

/** However much happens at a shop, a job that it wakes looks no oftener than this. */
const restMs = 5 * 60_000;

/**
 * Something happened by which jobs are woken: they are due, and an order that came along is kept at once. Only for jobs that
 * may run and read this very account: another one's figures are not theirs. An event that never comes costs no more than the job's own
 * pace: it reads it by itself. What is gone at the shop goes at once, whoever reads, also while its account waits for a sign-in.
 */
export async function wakeJobs(
  ctx: TenantCtx,
  working: Working,
  effect: Extract<Effect, { type: "wake" | "order_deleted" | "product_deleted" }>,
): Promise<void> {
  const { delivery, connection } = working;
  const isOver = effect.type === "wake" ? connection.status !== "active" : connection.status === "disconnected";
  if (isOver) return void (await conclude(ctx, delivery.id, { ignored: "not_connected" }));
  const wakeable = allJobs.filter(({ wokenBy = [] }) => wokenBy.includes(effect.happened));
  const [own, found] = await ctx.db.batch([
    ctx.db
      .select()
      .from(connections)
      .where(inTenant(ctx, connections, eq(connections.provider, connection.provider))),
    ctx.db
      .select({ job: schedules.job })
      .from(schedules)
      .where(inTenant(ctx, schedules, inArray(schedules.job, idsOf(wakeable)), sql`enabled = 1 and blocked is null`)),
  ]);
  const reading = wakeable.filter((job) => found.some((each) => each.job === job.id) && reads(job, own, connection.id));
  if (effect.type !== "wake")
    return void (await conclude(ctx, delivery.id, {
      statements: [...takeAway(ctx, working, effect), ...(reading.length > 0 ? [wake(ctx, working, idsOf(reading))] : [])],
    }));
  if (reading.length === 0)
    return void (await conclude(ctx, delivery.id, { ignored: found.length > 0 ? "other_account_read" : "no_reader" }));
  await conclude(ctx, delivery.id, {
    statements: [
      ...(effect.order ? keepOrder(ctx, working, effect.order) : []),
      ...(effect.moved === undefined ? [] : [askSoon(ctx, working, effect.moved)]),
      wake(ctx, working, idsOf(reading)),
    ],
  });
}

const idsOf = (jobs: readonly Job[]): string[] => jobs.map(({ id }) => id);

function reads(job: Job, own: readonly Working["connection"][], connectionId: string): boolean {
  const [first] = own;
  const chosen = first && chooseAccount(job, first.provider, own);
  return chosen !== undefined && "account" in chosen && chosen.account.id === connectionId;
}

function takeAway(ctx: TenantCtx, working: Working, effect: Extract<Effect, { type: "order_deleted" | "product_deleted" }>): Statement[] {
  const { connection, delivery } = working;
  const open = stillOpen(ctx, delivery.id);
  switch (effect.type) {
    case "order_deleted":
      return deleteOrders(ctx.db, {
        now: ctx.now(),
        which: sql`select ${ctx.tenant.id} as tenant_id, ${connection.id} as connection_id, ${effect.order} as external_id where ${open}`,
      });
    case "product_deleted":
      return deleteProduct(ctx, { connectionId: connection.id, product: effect.product, at: happenedAt(working), when: open });
    default:
      return effect satisfies never;
  }
}

/** Due now, or when the job has rested; never later than it was. */
function wake(ctx: TenantCtx, { delivery }: Working, jobs: readonly string[]): Statement {
  const due = sql`max(${ctx.now()}, coalesce(${schedules.lastRunAt} + ${restMs}, 0))`;
  return ctx.db
    .update(schedules)
    .set({ nextAt: due })
    .where(
      inTenant(
        ctx,
        schedules,
        and(inArray(schedules.job, [...jobs]), sql`enabled = 1 and blocked is null and +${schedules.nextAt} > ${due}`),
        stillOpen(ctx, delivery.id),
      ),
    );
}

/** An order whose parcels are to be asked before others; one of which nothing is known is read as a whole. */
const askSoon = (ctx: TenantCtx, { delivery, connection }: Working, order: string): Statement =>
  ctx.db
    .update(orderContents)
    .set({ movedAt: ctx.now() })
    .where(
      inTenant(
        ctx,
        orderContents,
        and(eq(orderContents.connectionId, connection.id), eq(orderContents.externalId, order)),
        stillOpen(ctx, delivery.id),
      ),
    );

/** One order, unless a newer state of it is here. Whoever asked to be forgotten after it was placed stays out of it. */
function keepOrder(ctx: TenantCtx, { delivery, connection }: Working, order: OrderRecord): Statement[] {
  const customer = customerOfOrder({
    tenantId: sql`${ctx.tenant.id}`,
    connectionId: sql`${connection.id}`,
    customerId: sql`${order.customerId}`,
    updatedAt: sql`${order.updatedAt}`,
  });
  return [
    ctx.db
      .insert(orders)
      .select(
        rowIf(
          orders,
          { ...order, tenantId: ctx.tenant.id, connectionId: connection.id, customerId: customer },
          sql`${stillOpen(ctx, delivery.id)} and ${notDeleted({ tenantId: sql`${ctx.tenant.id}`, connectionId: sql`${connection.id}`, externalId: sql`${order.externalId}` })}`,
        ),
      )
      .onConflictDoUpdate(newerOrder),
  ];
}
