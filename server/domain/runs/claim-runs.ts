import { and, lt, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { runs } from "#db/schema/index.ts";
import { maxAttempts, type RunRow, runLeaseMs } from "./engine.ts";

/**
 * Takes of each of these tenants `share` of the runs that are due now, in one statement, and answers those: queued ones whose time has
 * come, and running ones whose worker let its lease end. What a person started is first, then what begins, then what goes on, such as a
 * long reading of the past. Not to get any is normal: another worker has them.
 */
export const claimRuns = (
  db: Db,
  { tenantIds, share, lease, now }: { tenantIds: readonly string[]; share: number; lease: string; now: number },
): Promise<RunRow[]> =>
  db
    .update(runs)
    .set({
      status: "running",
      lease,
      attempt: sql`${runs.attempt} + 1`,
      availableAt: now + runLeaseMs,
      startedAt: sql`coalesce(${runs.startedAt}, ${now})`,
    })
    .where(
      and(
        // A tenant has a few open runs, one a job: they are a range of the index `runs_open`.
        sql`${runs.id} in (select id from (
          select r.id, row_number() over (partition by r.tenant_id order by r."trigger" <> 'manual', r.step > 0, r.available_at, r.id) as place
          from json_each(${JSON.stringify(tenantIds)}) t cross join ${runs} r on r.tenant_id = t.value and r.status in ('queued', 'running')
          where +r.available_at <= ${now} and r.attempt < ${maxAttempts}) where place <= ${share})`,
        // A plus keeps a term out of the choice of an index: by the ids, not through everything that waits.
        sql`+${runs.status} in ('queued', 'running') and +${runs.availableAt} <= ${now}`,
        lt(runs.attempt, maxAttempts),
      ),
    )
    .returning();
