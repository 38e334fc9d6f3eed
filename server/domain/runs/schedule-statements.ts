import { sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { schedules } from "#db/schema/index.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { Features, TenantStatus } from "#server/domain/tenants/schemas.ts";
import { blockOf, type ConnectionFacts } from "./block-of.ts";

export interface ScheduleFacts {
  /** All connections of the tenant, as they will be once the caller's batch is written. */
  connections: readonly ConnectionFacts[];
  /** Default: the tenant's own. */
  features?: Features;
  /** Default: the tenant's own. */
  status?: TenantStatus;
}

/**
 * Statements that make the tenant's schedules what they should be given these facts; for the batch of whoever changes
 * the facts. A schedule that may run again (or for the first time) is due at once, any other keeps its time and its cursor.
 */
export function scheduleStatements(ctx: TenantCtx, facts: ScheduleFacts, jobs: readonly Sensor[] = sensors): BatchItem<"sqlite">[] {
  const features = facts.features ?? ctx.tenant.features;
  const suspended = (facts.status ?? ctx.tenant.status) === "suspended";
  const rows = jobs.map((job) => ({
    job: job.id,
    everyS: job.everyS,
    enabled: features[job.id] === false ? 0 : 1,
    blocked: blockOf(job, { suspended, connections: facts.connections }),
  }));
  const json = JSON.stringify(rows);
  const mayRun = sql`excluded.enabled = 1 and excluded.blocked is null`;
  const couldNot = sql`(${schedules.enabled} = 0 or ${schedules.blocked} is not null)`;
  return [
    ctx.db
      .insert(schedules)
      .select(
        sql`select ${ctx.tenant.id}, value->>'job', value->>'everyS', ${ctx.now()}, value->>'enabled', value->>'blocked', '{}', null, null, null
          from json_each(${json}) where true`,
      )
      .onConflictDoUpdate({
        target: [schedules.tenantId, schedules.job],
        set: {
          everyS: sql`excluded.every_s`,
          enabled: sql`excluded.enabled`,
          blocked: sql`excluded.blocked`,
          nextAt: sql`case when (${mayRun} and ${couldNot}) or ${schedules.everyS} > excluded.every_s then excluded.next_at else ${schedules.nextAt} end`,
        },
      }),
    ctx.db
      .update(schedules)
      .set({ blocked: "retired" })
      .where(sql`${schedules.tenantId} = ${ctx.tenant.id} and ${schedules.job} not in (select value->>'job' from json_each(${json}))`),
  ];
}
