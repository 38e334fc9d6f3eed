import { and, desc, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { runs, tenants } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx, type TenantCtx } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import { jobsMeant, providersRead } from "./jobs-meant.ts";
import type { ListAllRuns, ListRuns, StoredRun } from "./schemas.ts";

export interface RunPage<R extends StoredRun = StoredRun> {
  items: R[];
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

/** This tenant's runs, newest first. */
export async function listRuns(ctx: TenantCtx, asked: ListRuns): Promise<RunPage> {
  return pageOf([await read(ctx.db, { ...asked, tenantId: ctx.tenant.id })], asked.limit);
}

export interface AllRuns extends RunPage<StoredRun & { tenantName: string; providers: string[] }> {
  /** The providers that some job reads, to choose from. */
  providers: { id: string; name: string }[];
}

/** Runs of all tenants, newest first, each with its tenant's name and those of the providers that its job reads; for the agency's admins. */
export async function listAllRuns(ctx: Ctx, asked: ListAllRuns): Promise<AllRuns> {
  const { items, next } = pageOf(await Promise.all(acrossTenants(ctx).map(({ db }) => read(db, asked))), asked.limit);
  const ids = JSON.stringify([...new Set(items.map(({ tenantId }) => tenantId))]);
  const names = await ctx.directory
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${ids}))`));
  const nameOf = new Map(names.map(({ id, name }) => [id, name]));
  return {
    next,
    items: items.map((run) => ({
      ...run,
      tenantName: nameOf.get(run.tenantId) ?? run.tenantId,
      providers: providersRead(run.job).map(providerName),
    })),
    providers: providersRead().map((id) => ({ id, name: providerName(id) })),
  };
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
  calls: runs.calls,
};

/** Word for word the conditions of the indexes `runs_open` and `runs_sweep`, of the two of what is unwell, and of the two of what has ended. */
const open = sql`status in ('queued', 'running')`;
const unwell = sql`status in ('failed', 'dead')`;
const ended = sql`status in ('succeeded', 'failed', 'dead', 'cancelled')`;
const endedStatuses = ["succeeded", "failed", "dead", "cancelled"] as const;

/** Of runs by how they failed or what they cost, for which no index is written, so many are looked at for a page; the next one goes on behind them. */
const lookedAt = 1_000;

/** Runs that were found in one D1, and the last of those that were looked at, where there may be more behind it. */
interface Found {
  rows: StoredRun[];
  horizon: string | null;
}

/** Ids sort by time, so that the id of the last run is the place to go on from. */
async function read(db: Db, asked: ListAllRuns): Promise<Found> {
  const page = (where: SQL | undefined, order: SQL = desc(runs.id)) =>
    db
      .select(runColumns)
      .from(runs)
      .where(where)
      .orderBy(order)
      .limit(asked.limit + 1);
  if (asked.cause === undefined && asked.minCalls === undefined) return { rows: await page(which(asked)), horizon: null };
  const base = lookedThrough(asked);
  const jobs = jobsMeant(asked);
  const wanted = and(
    sql`${runs.id} in (${base})`,
    jobs && sql`+${runs.job} in (select value from json_each(${JSON.stringify(jobs)}))`,
    asked.status && sql`+${runs.status} = ${asked.status}`,
    asked.cause && sql`+${runs.errorKind} = ${asked.cause}`,
    asked.minCalls === undefined ? undefined : sql`+${runs.calls} >= ${asked.minCalls}`,
  );
  const [rows, [looked]] = await db.batch([
    // A plus keeps all runs from being walked in their order: few are sorted.
    page(wanted, sql`+${runs.id} desc`),
    db.select({ last: sql<string | null>`min(id)`, count: sql<number>`count(*)` }).from(sql`(${base})`),
  ]);
  return { rows, horizon: looked && looked.count >= lookedAt ? looked.last : null };
}

/** The newest runs, of which those are taken that are asked for: where a cause is, failures and what is tried again, else all. */
function lookedThrough(asked: ListAllRuns): SQL {
  if (asked.cause === undefined) return sql`select id from ${runs} where ${bounds(asked) ?? sql`true`} order by id desc limit ${lookedAt}`;
  // Literal as the index has it, or SQLite takes the one of all runs.
  const range = (status: SQL) =>
    sql`select id from (select id from ${runs} where ${and(bounds(asked), status, unwell)} order by id desc limit ${lookedAt})`;
  const { job: _, status: __, provider: ___, ...open } = asked;
  return sql`select id from (${range(sql`status = 'failed'`)} union all ${range(sql`status = 'dead'`)} union all ${newestOpen({ ...open, limit: lookedAt }, undefined)}) order by id desc limit ${lookedAt}`;
}

/**
 * However many runs there are, and however few of them are asked for, a page reads some rows for each that it shows; of those that
 * went well, without a job, so many for each job. What is open, at most one run a job and tenant, is read and sorted.
 */
function which(asked: ListAllRuns): SQL | undefined {
  const { status } = asked;
  const jobs = jobsMeant(asked);
  if (!jobs && !status) return bounds(asked);
  if (status === "queued" || status === "running") return inArray(runs.id, sql`(${newestOpen(asked, jobs)})`);
  const isUnwell = status === "failed" || status === "dead";
  if (!jobs && isUnwell) return and(bounds(asked), eq(runs.status, status), unwell);
  return inArray(
    runs.id,
    status ? sql`(${newestEnded(asked, jobs)})` : sql`(${newestEnded(asked, jobs)} union all ${newestOpen(asked, jobs)})`,
  );
}

function bounds({ tenantId, cursor, since }: ListAllRuns, id: SQL = sql`${runs.id}`): SQL | undefined {
  return and(
    tenantId === undefined ? undefined : eq(runs.tenantId, tenantId),
    cursor ? lt(id, cursor) : undefined,
    // The smallest id that a run of that instant could have.
    since === undefined ? undefined : gte(id, newId("run", since, new Uint8Array(10))),
  );
}

/** A plus keeps the order, and where a page begins, from being taken from the index of all runs. */
function newestOpen(asked: ListAllRuns, jobs: readonly string[] | undefined): SQL {
  const { status, limit } = asked;
  const wanted = and(
    bounds(asked, sql`+${runs.id}`),
    jobs && inArray(runs.job, listOf(jobs)),
    status ? sql`+${runs.status} = ${status}` : undefined,
    open,
  );
  return sql`select id from (select id from ${runs} where ${wanted} order by +id desc limit ${limit + 1})`;
}

const listOf = (values: readonly string[]): SQL => sql`(select value from json_each(${JSON.stringify(values)}))`;

/** A job and a status are one range of an index, already in order: the first page of each range holds the first page of all. */
function newestEnded(asked: ListAllRuns, jobs: readonly string[] | undefined): SQL {
  const { status, limit } = asked;
  const statuses = JSON.stringify(status ? [status] : endedStatuses);
  const range = and(bounds(asked), sql`${runs.job} = j.job`, sql`${runs.status} = s.value`, ended);
  return sql`select i.id from (${jobs ? sql`select value as job from json_each(${JSON.stringify(jobs)})` : jobsOf(asked)}) j cross join json_each(${statuses}) s
    cross join ${runs} i on i.id in (select id from ${runs} where ${range} order by id desc limit ${limit + 1})`;
}

/** Jobs that ever ran, by a step from each to the next one in the index. */
function jobsOf({ tenantId }: ListAllRuns): SQL {
  const after = (previous: SQL) =>
    sql`select min(job) from ${runs} where ${and(tenantId === undefined ? undefined : eq(runs.tenantId, tenantId), sql`job > ${previous}`, ended)}`;
  return sql`with recursive j (job) as (${after(sql`''`)} union all select (${after(sql`j.job`)}) from j where j.job is not null)
    select job from j where job is not null`;
}

/** The newest of what was found; nothing behind what was looked at in each D1. */
function pageOf(found: readonly Found[], limit: number): RunPage {
  const horizon = found.reduce<string | null>(
    (furthest, { horizon }) => (horizon && (!furthest || horizon > furthest) ? horizon : furthest),
    null,
  );
  const rows = found
    .flatMap(({ rows }) => rows)
    .filter(({ id }) => horizon === null || id >= horizon)
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : horizon };
}
