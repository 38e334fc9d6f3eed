import { and, lt, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { runs } from "#db/schema/index.ts";
import { maxAttempts, type RunRow, runLeaseMs } from "./engine.ts";

/**
 * Takes all of these runs that may be taken now, in one statement, and answers those: queued ones whose time has come,
 * and running ones whose worker let its lease end. Not to get a run is normal: another worker has it, or it is done.
 */
export const claimRuns = (db: Db, { ids, lease, now }: { ids: readonly string[]; lease: string; now: number }): Promise<RunRow[]> =>
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
        sql`${runs.id} in (select value from json_each(${JSON.stringify(ids)}))`,
        // A plus keeps a term out of the choice of an index: by the ids, not through everything that waits.
        sql`+${runs.status} in ('queued', 'running') and +${runs.availableAt} <= ${now}`,
        lt(runs.attempt, maxAttempts),
      ),
    )
    .returning();
