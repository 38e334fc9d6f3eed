import { eq, inArray, sql } from "drizzle-orm";
import { runs, schedules } from "#db/schema/index.ts";
import { requiredNeeds } from "#server/catalog/job.ts";
import { findJob } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { canonical } from "#server/domain/audit/chain.ts";
import { requireSwitchedOn } from "#server/domain/incidents/open-incidents.ts";
import { checkParams } from "#server/domain/schedules/check-params.ts";
import { gridOf, nextSlot } from "#server/domain/schedules/slots.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { isOn, planHasJob } from "#server/domain/tenancy/plans.ts";
import { commitDue } from "#server/domain/turns/commit-due.ts";
import { conflict } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { runColumns } from "./list-runs.ts";
import type { StartRun, StoredRun } from "./schemas.ts";

/**
 * Runs a job now. Where a run of it is open already, that is the answer: a job never runs twice at once for a tenant. `params` count
 * for this run alone, in place of the client's own settings.
 * Throws `not_found` for an unknown job, `invalid` with the name of a parameter that does not fit it, and `conflict` for a
 * suspended client, a job that its plan does not have, one that reads a provider that is switched off, or parameters that the open run
 * does not have.
 */
export async function startRun(ctx: TenantCtx, { job: jobId, params }: StartRun): Promise<StoredRun> {
  requirePermission(ctx, "runs:start");
  const job = findJob(jobId);
  if (isStopped(ctx.tenant)) throw conflict("client_suspended");
  if (!planHasJob(ctx.tenant, job.id)) throw conflict("job_not_in_plan", {}, { field: "job" });
  await requireSwitchedOn(
    ctx,
    requiredNeeds(job).map(({ provider }) => provider),
  );
  const own = params && Object.keys(params).length > 0 ? params : null;
  if (own) checkParams(job, own);
  const now = ctx.now();
  const id = newId("run", now);
  const open = inTenant(ctx, runs, eq(runs.job, job.id), inArray(runs.status, ["queued", "running"]));
  const run = { id, tenantId: ctx.tenant.id, job: job.id, slot: now, availableAt: now, createdAt: now };
  const requestedBy = ctx.actor.type === "user" ? ctx.actor.userId : null;
  const grid = gridOf(ctx.tenant, job);
  const [, , found] = await commitDue(
    ctx,
    { queue: "runs", who: sql`select tenant_id from ${runs} where ${inTenant(ctx, runs, eq(runs.id, id))}` },
    sql`not exists (select 1 from ${runs} where ${open})`,
    "run.started",
    { run: id, job: job.id, ...(own && { params: own }) },
    [
      // A job that came with the last deployment may have no schedule yet; its cursor is kept there.
      ctx.db
        .insert(schedules)
        .values({ ...grid, nextAt: nextSlot(grid, now), enabled: isOn(ctx.tenant, job), config: {} })
        .onConflictDoNothing(),
      ctx.db
        .insert(runs)
        .values({ ...run, trigger: "manual", status: "queued", requestedBy, params: own, requestId: ctx.request.id })
        .onConflictDoNothing(),
      ctx.db.select(runColumns).from(runs).where(open),
    ],
  );
  const [started] = found as StoredRun[];
  if (!started) throw new Error("a run that was just made, or is open, is not there");
  if (started.id !== id && own && canonical(own) !== canonical(started.params)) throw conflict("run_open_covereds");
  return started;
}
