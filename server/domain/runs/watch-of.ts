import { and, asc, desc, eq, gte, inArray, isNull, ne, or, sql } from "drizzle-orm";
import { actionSteps, actions, connections, incidents, measurements, schedules } from "#db/schema/index.ts";
import type { Watch, WatchedState } from "#server/catalog/watch.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** Who waits longer for a decision, or an end, is not told of it this way any more. */
const actionLifeMs = 14 * 86_400_000;
/** The newest incidents of all providers, among which those of a few days are. */
const incidentsLooked = 50;

/** What a step is handed of figures, actions and incidents, see `Watch`. */
export const watchOf = (ctx: TenantCtx): Watch => ({
  async days({ sensor, metric, currency, from }) {
    const [days, [schedule]] = await ctx.db.batch([
      ctx.db
        .select({
          day: measurements.day,
          value: sql<number>`sum(${measurements.value})`,
          measuredAt: sql<number>`max(${measurements.measuredAt})`,
        })
        .from(measurements)
        .where(
          inTenant(
            ctx,
            measurements,
            and(eq(measurements.job, sensor), eq(measurements.metric, metric), gte(measurements.day, from), eq(measurements.dimension, "")),
            currency === null ? undefined : eq(measurements.currency, currency),
          ),
        )
        .groupBy(measurements.day)
        .orderBy(measurements.day),
      ctx.db
        .select({ timezone: schedules.timezone })
        .from(schedules)
        .where(inTenant(ctx, schedules, eq(schedules.job, sensor))),
    ]);
    return { timezone: schedule?.timezone ?? ctx.tenant.timezone, days };
  },
  async actions({ except, shop, automation, states, since, limit }) {
    // What nobody knows the end of has no end of its own: it came to that after its last step began.
    const at = sql<number>`case ${actions.status} when 'waiting' then ${actions.createdAt}
      when 'unsure' then (select max(s.begun_at) from ${actionSteps} s where s.tenant_id = ${actions.tenantId} and s.action_id = ${actions.id})
      else ${actions.finishedAt} end`;
    const rows = await ctx.db
      .select({
        ...{ id: actions.id, automation: actions.automation, state: actions.status },
        ...{ subject: actions.subject, connectionId: actions.connectionId, at },
      })
      .from(actions)
      .where(
        inTenant(
          ctx,
          actions,
          and(inArray(actions.status, [...states]), gte(actions.createdAt, since.at - actionLifeMs), ne(actions.automation, except)),
          eq(actions.connectionId, shop),
          automation === null ? undefined : eq(actions.automation, automation),
          or(ne(actions.status, "unsure"), isNull(actions.availableAt)),
          sql`(${at}, ${actions.id}) > (${since.at}, ${since.id})`,
        ),
      )
      .orderBy(asc(at), actions.id)
      .limit(limit);
    return rows.map((row) => ({ ...row, state: row.state as WatchedState }));
  },
  async incidents({ since }) {
    const [rows, own] = await Promise.all([
      ctx.directory.select().from(incidents).orderBy(desc(incidents.id)).limit(incidentsLooked),
      ctx.db
        .selectDistinct({ provider: connections.provider })
        .from(connections)
        .where(inTenant(ctx, connections, eq(connections.status, "active"))),
    ]);
    return rows
      .filter(({ provider }) => own.some((each) => each.provider === provider))
      .filter(({ openedAt, closedAt }) => openedAt >= since || (closedAt ?? 0) >= since)
      .map(({ id, provider, kind, openedAt, closedAt }) => ({ id, provider, kind, openedAt, closedAt }));
  },
});
