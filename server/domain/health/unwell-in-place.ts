import { and, asc, desc, eq, gte, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/sqlite-core";
import type { Db } from "#db/client.ts";
import { connections, runs, schedules } from "#db/schema/index.ts";
import { newId } from "#server/ids.ts";
import { groupBy } from "./group-by.ts";

const dayMs = 86_400_000;
/** A job that ran once a day must be able to fail twice. */
const failuresWithinMs = 3 * dayMs;
/** A single failure may be anybody's; from so many in a row on somebody looks. */
const failuresFrom = 2;
/** Renewals that fail once or twice are made good by the next try. */
const renewalsFrom = 3;
const expiringMs = 7 * dayMs;

/** What of one D1 is unwell, each kind up to `limit`: every statement walks an index that holds only such rows. */
export async function unwellInPlace(db: Db, { now, limit }: { now: number; limit: number }) {
  const [reconnect, renewals, expiring, failures, retrying] = await db.batch([
    db
      .select({ ...account, toldAt })
      .from(connections)
      // Word for word the condition of the index `connections_reconnect`, as below those of each index.
      .where(sql`status = 'reconnect_needed'`)
      .orderBy(asc(connections.statusAt))
      .limit(limit),
    db
      .select(account)
      .from(connections)
      .where(sql`status = 'active' and renew_failures > 0 and renew_failures >= ${renewalsFrom}`)
      .orderBy(desc(connections.renewFailures))
      .limit(limit),
    db
      .select({ ...account, toldAt })
      .from(connections)
      .where(sql`status = 'active' and cliff_at is not null and cliff_at <= ${now + expiringMs}`)
      .orderBy(asc(connections.cliffAt))
      .limit(limit),
    failuresSince(db, now, limit),
    // A range of the index `runs_sweep`: what waits for a later time, which is a next attempt or a provider that is away.
    db
      .select({ id: runs.id })
      .from(runs)
      .where(sql`status in ('queued', 'running') and status = 'queued' and available_at > ${now} and +error_kind is not null`)
      .limit(limit),
  ]);
  return { reconnect, renewals, expiring, failing: await stillFailing(db, failures), retrying: retrying.length };
}

/** When the client's people were last told of it; null where nobody was, or it is done with. */
const toldAt = sql<number | null>`(select max(created_at) from notices where notices.tenant_id = connections.tenant_id
  and notices.subject = connections.id and notices.kind in ('reconnect', 'cliff') and notices.resolved_at is null)`;

const account = {
  id: connections.id,
  tenantId: connections.tenantId,
  provider: connections.provider,
  name: connections.name,
  status: connections.status,
  statusReason: connections.statusReason,
  statusAt: connections.statusAt,
  accessExpiresAt: connections.accessExpiresAt,
  renewAt: connections.renewAt,
  renewFailures: connections.renewFailures,
  cliffAt: connections.cliffAt,
  cliffKind: connections.cliffKind,
  probedAt: connections.probedAt,
  probeResult: connections.probeResult,
  failedAt: connections.failedAt,
  failureKind: connections.failureKind,
  failingSince: connections.failingSince,
};

/** The latest failures, a range of the index `runs_unwell` for each way to fail. */
function failuresSince(db: Db, now: number, limit: number) {
  // Ids sort by time: the smallest that a run of that instant could have.
  const since = newId("run", now - failuresWithinMs, new Uint8Array(10));
  const failed = (status: SQL) =>
    db
      .select({ id: runs.id, tenantId: runs.tenantId, job: runs.job })
      .from(runs)
      .where(and(status, gte(runs.id, since)));
  return unionAll(
    failed(sql`status = 'failed' and status in ('failed', 'dead')`),
    failed(sql`status = 'dead' and status in ('failed', 'dead')`),
  )
    .orderBy(sql`id desc`)
    .limit(limit);
}

type Failure = Awaited<ReturnType<typeof failuresSince>>[number];

/** Jobs that failed more than once since they last went well, and that would run again by themselves: by the primary key of schedules. */
async function stillFailing(db: Db, failures: readonly Failure[]) {
  const byJob = groupBy(failures, ({ tenantId, job }) => JSON.stringify([tenantId, job]));
  const keys = [...byJob].filter(([, found]) => found.length >= failuresFrom).map(([key]) => key);
  if (keys.length === 0) return [];
  const rows = await db
    .select({
      tenantId: schedules.tenantId,
      job: schedules.job,
      status: schedules.lastStatus,
      errorKind: schedules.lastErrorKind,
      errorMessage: schedules.lastErrorMessage,
      errorParams: schedules.lastErrorParams,
      runId: schedules.lastRunId,
      lastSuccessAt: schedules.lastSuccessAt,
    })
    .from(sql`json_each(${`[${keys.join(",")}]`}) k`)
    .innerJoin(schedules, and(eq(schedules.tenantId, sql`k.value->>0`), eq(schedules.job, sql`k.value->>1`)))
    .where(sql`enabled = 1 and blocked is null and last_status in ('failed', 'dead')`);
  return rows
    .map((row) => {
      const since = newId("run", row.lastSuccessAt ?? 0, new Uint8Array(10));
      const found = byJob.get(JSON.stringify([row.tenantId, row.job])) ?? [];
      return { ...row, failures: found.filter(({ id }) => id > since).length };
    })
    .filter(({ failures }) => failures >= failuresFrom);
}
