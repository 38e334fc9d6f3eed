import { z } from "zod";
import { findRun } from "#server/domain/runs/find-run.ts";
import { listJobs } from "#server/domain/runs/list-jobs.ts";
import { listAllRuns, listRuns } from "#server/domain/runs/list-runs.ts";
import { listSchedules } from "#server/domain/runs/list-schedules.ts";
import { JobId, ListAllRuns, ListRuns, RunId } from "#server/domain/runs/schemas.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { member, personal, router, staff } from "#server/trpc/init.ts";

export const runs = router({
  /** One tenant's runs, newest first. */
  list: member("portal:read")
    .input(ListRuns)
    .query(({ ctx, input }) => listRuns(ctx, input)),
  /** One run with its log. */
  get: member("portal:read")
    .input(z.object({ runId: RunId }))
    .query(({ ctx, input }) => findRun(ctx, input.runId)),
  /** Runs a job now, or answers the run of it that is open. */
  start: member("runs:start")
    .input(z.object({ job: JobId }))
    .mutation(({ ctx, input }) => startRun(ctx, input)),
  /** What there is to run, in words for people. */
  jobs: personal.query(() => listJobs()),
  schedules: member("portal:read").query(({ ctx }) => listSchedules(ctx)),
  /** Runs of all tenants, newest first. */
  all: staff.input(ListAllRuns).query(({ ctx, input }) => listAllRuns(ctx, input)),
});
