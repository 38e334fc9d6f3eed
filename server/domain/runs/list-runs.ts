import { and, desc, eq, gte, inArray, lt, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { runs, tenants } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, type TenantCtx } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import type { ListAllRuns, ListRuns, Run } from "./schemas.ts";

export interface RunPage<R extends Run = Run> {
  items: R[];
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

/** This tenant's runs, newest first. */
export async function listRuns(ctx: TenantCtx, asked: ListRuns): Promise<RunPage> {
  return pageOf(await read(ctx.db, { ...asked, tenantId: ctx.tenant.id }), asked.limit);
}

/** Runs of all tenants, newest first, each with its tenant's name; for the agency's admins. */
export async function listAllRuns(ctx: Ctx, asked: ListAllRuns): Promise<RunPage<Run & { tenantName: string }>> {
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
  createdAt: runs.createdAt,
  startedAt: runs.startedAt,
  finishedAt: runs.finishedAt,
  requestedBy: runs.requestedBy,
  params: runs.params,
};

/** Word for word the conditions of the indexes `runs_sweep` and `runs_unwell`, so that the few runs of these are not looked for among all. */
const open = sql`status in ('queued', 'running')`;
const unwell = sql`status in ('failed', 'dead')`;
const partOf = { queued: open, running: open, succeeded: undefined, failed: unwell, dead: unwell };

/** Ids sort by time, so that the id of the last run is the place to go on from. */
const read = (db: Db, { cursor, limit, job, status, tenantId, since }: ListAllRuns): Promise<Run[]> =>
  db
    .select(runColumns)
    .from(runs)
    .where(
      and(
        tenantId === undefined ? undefined : eq(runs.tenantId, tenantId),
        job ? eq(runs.job, job) : undefined,
        status ? and(eq(runs.status, status), partOf[status]) : undefined,
        cursor ? lt(runs.id, cursor) : undefined,
        // The smallest id that a run of that instant could have.
        since === undefined ? undefined : gte(runs.id, newId("run", since, new Uint8Array(10))),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(limit + 1);

function pageOf(found: readonly Run[], limit: number): RunPage {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
