import { eq, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Db } from "#db/client.ts";
import { measurements, runs, schedules } from "#db/schema/index.ts";
import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { Tenant, TenantCtx } from "#server/ctx.ts";
import { type ConnectionFacts, sourceOf } from "#server/domain/connections/choose-account.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { isOn, planHasJob } from "#server/domain/tenancy/plans.ts";
import { blockOf } from "./block-of.ts";
import { gridOf, nextSlot } from "./slots.ts";

export interface ScheduleFacts {
  /** All connections of the tenant, as they will be once the caller's batch is written. */
  connections: readonly ConnectionFacts[];
}

/** What the schedules of a client follow from. */
export interface ClientFacts extends ScheduleFacts {
  tenant: Tenant;
}

/**
 * Statements that make the tenant's schedules what they should be given these facts; for the batch of whoever changes
 * the facts. A schedule that may run again (or for the first time) is due at once, or at its time of day; any other keeps its time and
 * its cursor, and one that is so already is not written.
 *
 * One that would now read another source (another account, another property) begins anew: its cursor and its measurements are
 * of the old source, and are dropped; a run that is at it loses its lease, so that it writes nothing more of the old one.
 */
export function scheduleStatements(ctx: TenantCtx, { connections }: ScheduleFacts, jobs: readonly Job[] = allJobs): BatchItem<"sqlite">[] {
  return statementsFor(ctx.db, { clients: [{ tenant: ctx.tenant, connections }], jobs, now: ctx.now(), only: ctx.tenant.id });
}

/** The same for many clients of one D1 at once: as many statements as for one. */
export const scheduleStatementsOfAll = (
  db: Db,
  of: { clients: readonly ClientFacts[]; jobs: readonly Job[]; now: number },
): BatchItem<"sqlite">[] => statementsFor(db, { ...of, only: null });

interface Wanted {
  clients: readonly ClientFacts[];
  jobs: readonly Job[];
  now: number;
  /** The tenant whose D1 it is, which refuses a statement that does not bind it; null for the D1 of all. */
  only: string | null;
}

function statementsFor(db: Db, { clients, jobs, now, only }: Wanted): BatchItem<"sqlite">[] {
  const wanted = clients.flatMap((client) => jobs.map((job) => scheduleOf(client, job, now)));
  const rows = JSON.stringify(
    wanted.map((row) => [row.tenantId, row.job, row.everyS, row.nextAt, row.enabled, row.blocked, row.source, row.dailyAt, row.zone]),
  );
  const sources = JSON.stringify(wanted.filter(({ source }) => source !== null).map((row) => [row.tenantId, row.job, row.source]));
  /** A plus, since what it says is known already and no index is to be chosen by it. */
  const isOnly = (column: SQLiteColumn) => (only === null ? sql`true` : sql`+${column} = ${only}`);
  const mayRun = sql`excluded.enabled = 1 and excluded.blocked is null`;
  const couldNot = sql`(${schedules.enabled} = 0 or ${schedules.blocked} is not null)`;
  const isOther = sql`excluded.source <> ${schedules.source}`;
  const isOtherTime = sql`(excluded.daily_at is not ${schedules.dailyAt} or excluded.zone is not ${schedules.zone})`;
  const begins = sql`${mayRun} and (${couldNot} or ${isOther})`;
  const source = sql`coalesce(excluded.source, ${schedules.source})`;
  const isOtherRow = sql`(excluded.every_s <> ${schedules.everyS} or excluded.enabled <> ${schedules.enabled} or excluded.blocked is not ${schedules.blocked}
    or ${source} is not ${schedules.source} or ${isOtherTime})`;
  /** Schedules whose source is another one than before; asked while the old one is still written there. */
  const moved = sql`(select s.tenant_id, s.job from json_each(${sources}) f
    cross join ${schedules} s on s.tenant_id = f.value->>0 and s.job = f.value->>1 where s.source <> f.value->>2)`;
  return [
    db.delete(measurements).where(
      sql`rowid in (select m.rowid from ${moved} v cross join ${measurements} m on m.tenant_id = v.tenant_id and m.job = v.job)
        and ${isOnly(measurements.tenantId)}`,
    ),
    db
      .update(runs)
      .set({ status: "queued", lease: null, availableAt: now, attempt: sql`max(0, ${runs.attempt} - 1)` })
      // The literal condition is that of the index of open runs.
      .where(
        sql`rowid in (select r.rowid from ${moved} v cross join ${runs} r on r.tenant_id = v.tenant_id and r.job = v.job
          where r.status in ('queued', 'running') and +r.status = 'running') and ${isOnly(runs.tenantId)}`,
      ),
    db
      .insert(schedules)
      .select(
        sql`select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, '{}', null, value->>6, null, null, null, null, null, null, null, null, value->>7, value->>8, null
          from json_each(${rows}) where ${only === null ? sql`true` : sql`value->>0 = ${only}`}`,
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
          lastErrorParams: sql`case when ${begins} then null else ${schedules.lastErrorParams} end`,
          source,
          timezone: sql`case when ${isOther} then null else ${schedules.timezone} end`,
        },
        setWhere: isOtherRow,
      }),
    db
      .update(schedules)
      .set({ blocked: "retired" })
      .where(
        sql`${whose(clients, only)} and ${schedules.job} not in (select value from json_each(${JSON.stringify(jobs.map(({ id }) => id))}))
          and ${schedules.blocked} is not 'retired'`,
      ),
  ];
}

function scheduleOf({ tenant, connections }: ClientFacts, job: Job, now: number) {
  const grid = gridOf(tenant, job);
  return {
    ...grid,
    // What runs at a time of day waits for it; all else begins at once.
    nextAt: job.dailyAt === undefined ? now : nextSlot(grid, now),
    enabled: isOn(tenant, job) ? 1 : 0,
    blocked: blockOf(job, { suspended: isStopped(tenant), inPlan: planHasJob(tenant, job.id), connections }),
    source: sourceOf(job, connections),
  };
}

const whose = (clients: readonly ClientFacts[], only: string | null) =>
  only === null
    ? sql`${schedules.tenantId} in (select value from json_each(${JSON.stringify(clients.map(({ tenant }) => tenant.id))}))`
    : eq(schedules.tenantId, only);
