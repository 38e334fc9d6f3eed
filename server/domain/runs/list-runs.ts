import { and, desc, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { runs, tenants } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, type TenantCtx } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import type { ListAllRuns, ListRuns, StoredRun } from "./schemas.ts";

export interface RunPage<R extends StoredRun = StoredRun> {
  items: R[];
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

/** This tenant's runs, newest first. */
export async function listRuns(ctx: TenantCtx, asked: ListRuns): Promise<RunPage> {
  return pageOf(await read(ctx.db, { ...asked, tenantId: ctx.tenant.id }), asked.limit);
}

/** Runs of all tenants, newest first, each with its tenant's name; for the agency's admins. */
export async function listAllRuns(ctx: Ctx, asked: ListAllRuns): Promise<RunPage<StoredRun & { tenantName: string }>> {
  const found = await Promise.all(acrossTenants(ctx).map(({ db }) => read(db, asked)));
  const { items, next } = pageOf(
    found.flat().sort((a, b) => (a.id < b.id ? 1 : -1)),
    asked.limit,
  );
  const ids = JSON.stringify([...new Set(items.map(({ tenantId }) => tenantId))]);
  const names = await ctx.directory
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${ids}))`));
  return { next, items: items.map((run) => ({ ...run, tenantName: names.find(({ id }) => id === run.tenantId)?.name ?? run.tenantId })) };
}

export const runColumns = {
  id: runs.id,
  tenantId: runs.tenantId,
  job: runs.job,
  trigger: runs.trigger,
  status: runs.status,
  attempt: runs.attempt,
  step: runs.step,
  slot: runs.slot,
  availableAt: runs.availableAt,
  errorKind: runs.errorKind,
  errorMessage: runs.errorMessage,
  errorParams: runs.errorParams,
  createdAt: runs.createdAt,
  startedAt: runs.startedAt,
  finishedAt: runs.finishedAt,
  requestedBy: runs.requestedBy,
  params: runs.params,
};

/** Word for word the conditions of the indexes `runs_open` and `runs_sweep`, of the two of what is unwell, and of the two of what has ended. */
const open = sql`status in ('queued', 'running')`;
const unwell = sql`status in ('failed', 'dead')`;
const ended = sql`status in ('succeeded', 'failed', 'dead')`;
const endedStatuses = ["succeeded", "failed", "dead"] as const;

/** Ids sort by time, so that the id of the last run is the place to go on from. */
const read = (db: Db, asked: ListAllRuns): Promise<StoredRun[]> =>
  db
    .select(runColumns)
    .from(runs)
    .where(which(asked))
    .orderBy(desc(runs.id))
    .limit(asked.limit + 1);

/**
 * However many runs there are, and however few of them are asked for, a page reads some rows for each that it shows; of those that
 * went well, without a job, so many for each job. What is open, at most one run a job and tenant, is read and sorted.
 */
function which(asked: ListAllRuns): SQL | undefined {
  const { job, status } = asked;
  if (!job && !status) return bounds(asked);
  if (status === "queued" || status === "running") return inArray(runs.id, sql`(${newestOpen(asked)})`);
  const isUnwell = status === "failed" || status === "dead";
  if (!job && isUnwell) return and(bounds(asked), eq(runs.status, status), unwell);
  return inArray(runs.id, status ? sql`(${newestEnded(asked)})` : sql`(${newestEnded(asked)} union all ${newestOpen(asked)})`);
}

function bounds({ tenantId, cursor, since }: ListAllRuns): SQL | undefined {
  return and(
    tenantId === undefined ? undefined : eq(runs.tenantId, tenantId),
    cursor ? lt(runs.id, cursor) : undefined,
    // The smallest id that a run of that instant could have.
    since === undefined ? undefined : gte(runs.id, newId("run", since, new Uint8Array(10))),
  );
}

/** A plus keeps the order from being taken from the index of all runs. */
function newestOpen(asked: ListAllRuns): SQL {
  const { job, status, limit } = asked;
  const wanted = and(bounds(asked), job ? eq(runs.job, job) : undefined, status ? sql`+${runs.status} = ${status}` : undefined, open);
  return sql`select id from (select id from ${runs} where ${wanted} order by +id desc limit ${limit + 1})`;
}

/** A job and a status are one range of an index, already in order: the first page of each range holds the first page of all. */
function newestEnded(asked: ListAllRuns): SQL {
  const { job, status, limit } = asked;
  const statuses = JSON.stringify(status ? [status] : endedStatuses);
  const range = and(bounds(asked), sql`${runs.job} = j.job`, sql`${runs.status} = s.value`, ended);
  return sql`select i.id from (${job ? sql`select ${job} as job` : jobsOf(asked)}) j cross join json_each(${statuses}) s
    cross join ${runs} i on i.id in (select id from ${runs} where ${range} order by id desc limit ${limit + 1})`;
}

/** Jobs that ever ran, by a step from each to the next one in the index. */
function jobsOf({ tenantId }: ListAllRuns): SQL {
  const after = (previous: SQL) =>
    sql`select min(job) from ${runs} where ${and(tenantId === undefined ? undefined : eq(runs.tenantId, tenantId), sql`job > ${previous}`, ended)}`;
  return sql`with recursive j (job) as (${after(sql`''`)} union all select (${after(sql`j.job`)}) from j where j.job is not null)
    select job from j where job is not null`;
}

function pageOf(found: readonly StoredRun[], limit: number): RunPage {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
