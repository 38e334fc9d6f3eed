import { type SQLWrapper, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { runs, schedules } from "#db/schema/index.ts";
import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { acrossTenants, type Ctx, type TenantCtx } from "#server/ctx.ts";
import { jobsReading, openIncidents } from "#server/domain/incidents/open-incidents.ts";
import { latestSlot, nextSlot } from "#server/domain/schedules/slots.ts";
import { givingTurns } from "#server/domain/turns/give-turns.ts";
import { sendTurns } from "#server/domain/turns/send-turns.ts";
import { newId } from "#server/ids.ts";

const pageSize = 500;
/** 10,000 runs a minute and D1; what is left is due in the next minute too. */
const maxPages = 20;

/**
 * Makes a run of every schedule that is due, and gives their clients turns. Called every minute: twice in the same one makes the
 * runs once, not at all for an hour makes one run of each schedule, not one for each slot that was missed. Jobs that read a
 * provider with an open incident, or one that is switched off, stay due until that is over. Answers how many runs were made.
 */
export async function claimDue(ctx: Ctx, jobs: readonly Job[] = allJobs): Promise<number> {
  const waiting = await waitingJobs(ctx, jobs);
  const made = await Promise.all(
    acrossTenants(ctx).map(async ({ db }) => {
      let sum = 0;
      for (let page = 0; page < maxPages; page++) {
        const { found, claimed } = await claimPage(ctx, db, waiting);
        sum += claimed;
        if (found < pageSize) break;
      }
      return sum;
    }),
  );
  return made.reduce((sum, count) => sum + count, 0);
}

/**
 * The same of one client, at once: for who has just connected what its jobs waited for, and looks on. The next tick does it where this
 * was not to be.
 */
export async function claimOwn(ctx: TenantCtx): Promise<number> {
  return (await claimPage(ctx, ctx.db, await waitingJobs(ctx, allJobs), ctx.tenant.id)).claimed;
}

/** Jobs that read a provider which is down, or switched off. */
async function waitingJobs(ctx: Ctx, jobs: readonly Job[]): Promise<string[]> {
  const down = (await openIncidents(ctx)).map(({ provider }) => provider);
  return down.length > 0 ? jobsReading(jobs, down).map(({ id }) => id) : [];
}

async function claimPage(ctx: Ctx, db: Db, waiting: readonly string[], tenantId?: string): Promise<{ found: number; claimed: number }> {
  const now = ctx.now();
  const due = await dueSchedules(db, now, waiting, tenantId);
  if (due.length === 0) return { found: 0, claimed: 0 };
  const json = JSON.stringify(
    due.map(({ nextAt, ...grid }) => ({
      id: newId("run", now),
      tenant: grid.tenantId,
      job: grid.job,
      dueAt: nextAt,
      // A schedule that was just unblocked is due between two slots, and that instant is its slot.
      slot: Math.max(nextAt, latestSlot(grid, now)),
      nextAt: nextSlot(grid, now),
    })),
  );
  // Two ticks at once see the same schedules: the second finds them moved, and its runs in the way of the unique slot. A job
  // whose last run is still open gets none for this slot (the unique index of open runs), and so a tenant's share of the
  // queue is bounded by its number of jobs, however slow they are.
  const [made, , given] = await db.batch([
    db
      .insert(runs)
      .select(
        sql`select d.value->>'id', s.tenant_id, s.job, d.value->>'slot', 'schedule', 'queued', 0, 0, ${now}, null, null, null, ${now}, null, null, null, null, null, null, null, 0
          from json_each(${json}) d cross join schedules s
            on s.tenant_id = d.value->>'tenant' and s.job = d.value->>'job' and s.next_at = d.value->>'dueAt'
          where s.enabled = 1 and s.blocked is null${ofTenant(sql`s.tenant_id`, tenantId)}`,
      )
      .onConflictDoNothing()
      .returning({ id: runs.id }),
    db
      .update(schedules)
      .set({ nextAt: sql`d.value->>'nextAt'` })
      .from(sql`json_each(${json}) d`)
      .where(
        sql`${schedules.tenantId} = d.value->>'tenant' and ${schedules.job} = d.value->>'job' and ${schedules.nextAt} = d.value->>'dueAt'${ofTenant(schedules.tenantId, tenantId)}`,
      ),
    givingTurns(db, "runs", {
      who: sql`select d.value->>'tenant' as tenant_id from json_each(${json}) d where true${ofTenant(sql`d.value->>'tenant'`, tenantId)}`,
      now,
    }),
  ]);
  await sendTurns(ctx, "runs", given);
  return { found: due.length, claimed: made.length };
}

/**
 * What is due, but for these jobs. The condition is literal, as the partial index `schedules_due` has it: a bound parameter
 * would not use that index.
 */
export const dueSchedules = (db: Db, now: number, waiting: readonly string[] = [], tenantId?: string) =>
  db
    .select({
      tenantId: schedules.tenantId,
      job: schedules.job,
      everyS: schedules.everyS,
      dailyAt: schedules.dailyAt,
      zone: schedules.zone,
      nextAt: schedules.nextAt,
    })
    .from(schedules)
    .where(
      sql`enabled = 1 and blocked is null and ${schedules.nextAt} <= ${now}${ofTenant(schedules.tenantId, tenantId)}${except(waiting)}`,
    )
    .orderBy(schedules.nextAt)
    .limit(pageSize);

const ofTenant = (column: SQLWrapper, tenantId: string | undefined) => (tenantId === undefined ? sql`` : sql` and ${column} = ${tenantId}`);

const except = (jobs: readonly string[]) =>
  jobs.length > 0 ? sql` and +${schedules.job} not in (select value from json_each(${JSON.stringify(jobs)}))` : sql``;
