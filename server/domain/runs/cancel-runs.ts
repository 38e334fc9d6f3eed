import { and, eq, inArray, sql } from "drizzle-orm";
import { runs, tenants } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, enterTenant, requireStaff, type Tenant } from "#server/ctx.ts";
import { DomainError } from "#server/errors.ts";
import { cancelRun } from "./cancel-run.ts";
import { jobsMeant } from "./jobs-meant.ts";
import { matchingOf } from "./matching.ts";
import type { CancelledRuns, Matching, WhichRuns } from "./schemas.ts";

/** So many are looked at, and so many of them are cancelled by one call. */
const lookedAt = 500;
const cancelledAtOnce = 50;

/** What `cancelRuns` would cancel, by client and job. For staff. */
export async function listCancellable(ctx: Ctx, which: WhichRuns): Promise<Matching> {
  requireStaff(ctx);
  const open = await openRuns(ctx, which);
  return matchingOf(ctx, open, open.length >= lookedAt);
}

/**
 * Cancels the open runs of a client, a job or a provider, the oldest first and 50 at most, as `cancelRun` cancels each, with a line in its
 * client's log; `left` says how many are there still. One that ended meanwhile stays as it is. For staff.
 */
export async function cancelRuns(ctx: Ctx, which: WhichRuns): Promise<CancelledRuns> {
  requireStaff(ctx);
  const open = await openRuns(ctx, which);
  const now = open.slice(0, cancelledAtOnce);
  const clients = await clientsOf(ctx, now);
  let cancelled = 0;
  for (const { id, tenantId } of now) {
    const tenant = clients.get(tenantId);
    if (tenant && (await tryCancel(ctx, tenant, id))) cancelled++;
  }
  return { found: open.length, cancelled, left: open.length - now.length };
}

/** Whether it was cancelled: not where it has ended, or was forgotten, meanwhile. */
async function tryCancel(ctx: Ctx, tenant: Tenant, runId: string): Promise<boolean> {
  try {
    return (await cancelRun(enterTenant(ctx, tenant, "staff"), { runId })).cancelled;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

interface OpenRun {
  id: string;
  tenantId: string;
  job: string;
}

/** The oldest first. Of a client and a job there is one at most; of a client they are a range of the index `runs_open`. */
async function openRuns(ctx: Ctx, { tenantId, status, until, ...of }: WhichRuns): Promise<OpenRun[]> {
  const jobs = jobsMeant(of);
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({ id: runs.id, tenantId: runs.tenantId, job: runs.job })
        .from(runs)
        .where(
          and(
            // Literal as the index has it: SQLite does not see bound values when it picks one.
            sql`status in ('queued', 'running')`,
            tenantId === undefined ? undefined : eq(runs.tenantId, tenantId),
            status && sql`+${runs.status} = ${status}`,
            until === undefined ? undefined : sql`+${runs.id} <= ${until}`,
            jobs && inArray(runs.job, sql`(select value from json_each(${JSON.stringify(jobs)}))`),
          ),
        )
        .orderBy(sql`+${runs.id}`)
        .limit(lookedAt),
    ),
  );
  return found
    .flat()
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, lookedAt);
}

async function clientsOf({ directory }: Ctx, of: readonly OpenRun[]): Promise<Map<string, Tenant>> {
  const ids = JSON.stringify([...new Set(of.map(({ tenantId }) => tenantId))]);
  const rows = await directory
    .select()
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${ids}))`));
  return new Map(rows.map((row) => [row.id, row]));
}
