import { sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { measurements, runs, schedules } from "#db/schema/index.ts";
import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { type ConnectionFacts, sourceOf } from "#server/domain/connections/choose-account.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { isOn, planHasJob } from "#server/domain/tenancy/plans.ts";
import { blockOf } from "./block-of.ts";
import { gridOf, nextSlot } from "./slots.ts";

export interface ScheduleFacts {
  /** All connections of the tenant, as they will be once the caller's batch is written. */
  connections: readonly ConnectionFacts[];
}

/**
 * Statements that make the tenant's schedules what they should be given these facts; for the batch of whoever changes
 * the facts. A schedule that may run again (or for the first time) is due at once, or at its time of day; any other keeps its time and
 * its cursor.
 *
 * One that would now read another source (another account, another property) begins anew: its cursor and its measurements are
 * of the old source, and are dropped; a run that is at it loses its lease, so that it writes nothing more of the old one.
 */
export function scheduleStatements(ctx: TenantCtx, facts: ScheduleFacts, jobs: readonly Job[] = allJobs): BatchItem<"sqlite">[] {
  const now = ctx.now();
  const suspended = isStopped(ctx.tenant);
  const rows = jobs.map((job) => ({
    ...gridOf(ctx.tenant, job),
    // What runs at a time of day waits for it; all else begins at once.
    nextAt: job.dailyAt === undefined ? now : nextSlot(gridOf(ctx.tenant, job), now),
    enabled: isOn(ctx.tenant, job) ? 1 : 0,
    blocked: blockOf(job, { suspended, inPlan: planHasJob(ctx.tenant, job.id), connections: facts.connections }),
    source: sourceOf(job, facts.connections),
  }));
  const json = JSON.stringify(rows);
  const mayRun = sql`excluded.enabled = 1 and excluded.blocked is null`;
  const couldNot = sql`(${schedules.enabled} = 0 or ${schedules.blocked} is not null)`;
  const isOther = sql`excluded.source <> ${schedules.source}`;
  const isOtherTime = sql`(excluded.daily_at is not ${schedules.dailyAt} or excluded.zone is not ${schedules.zone})`;
  const begins = sql`${mayRun} and (${couldNot} or ${isOther})`;
  /** Jobs whose source is another one than before; asked while the old one is still written there. */
  const moved = sql`(select s.job from json_each(${json}) f join schedules s on s.tenant_id = ${ctx.tenant.id} and s.job = f.value->>'job'
    where s.source <> f.value->>'source')`;
  return [
    ctx.db.delete(measurements).where(sql`${measurements.tenantId} = ${ctx.tenant.id} and ${measurements.sensor} in ${moved}`),
    ctx.db
      .update(runs)
      .set({ status: "queued", lease: null, availableAt: ctx.now(), attempt: sql`max(0, ${runs.attempt} - 1)` })
      // The literal condition is that of the index of open runs.
      .where(
        sql`status in ('queued', 'running') and ${runs.tenantId} = ${ctx.tenant.id} and +${runs.status} = 'running' and ${runs.job} in ${moved}`,
      ),
    ctx.db
      .insert(schedules)
      .select(
        sql`select ${ctx.tenant.id}, value->>'job', value->>'everyS', value->>'nextAt', value->>'enabled', value->>'blocked', '{}', null, value->>'source', null, null, null, null, null, null, null, null, value->>'dailyAt', value->>'zone'
          from json_each(${json}) where true`,
      )
      .onConflictDoUpdate({
        target: [schedules.tenantId, schedules.job],
        set: {
          everyS: sql`excluded.every_s`,
          dailyAt: sql`excluded.daily_at`,
          zone: sql`excluded.zone`,
          enabled: sql`excluded.enabled`,
          blocked: sql`excluded.blocked`,
          nextAt: sql`case when (${begins}) or ${schedules.everyS} > excluded.every_s or ${isOtherTime} then excluded.next_at else ${schedules.nextAt} end`,
          cursor: sql`case when ${isOther} then null else ${schedules.cursor} end`,
          lastSuccessAt: sql`case when ${isOther} then null else ${schedules.lastSuccessAt} end`,
          // What kept it from running, or what failed at another account, says nothing of how it stands from now on.
          lastStatus: sql`case when ${begins} then null else ${schedules.lastStatus} end`,
          lastErrorKind: sql`case when ${begins} then null else ${schedules.lastErrorKind} end`,
          lastErrorMessage: sql`case when ${begins} then null else ${schedules.lastErrorMessage} end`,
          source: sql`coalesce(excluded.source, ${schedules.source})`,
          timezone: sql`case when ${isOther} then null else ${schedules.timezone} end`,
        },
      }),
    ctx.db
      .update(schedules)
      .set({ blocked: "retired" })
      .where(sql`${schedules.tenantId} = ${ctx.tenant.id} and ${schedules.job} not in (select value->>'job' from json_each(${json}))`),
  ];
}
