import * as z from "zod";
import { cancelRun } from "#server/domain/runs/cancel-run.ts";
import { cancelRuns, listCancellable } from "#server/domain/runs/cancel-runs.ts";
import { findRun } from "#server/domain/runs/find-run.ts";
import { listAllRuns, listRuns } from "#server/domain/runs/list-runs.ts";
import { CancelledRuns, ListAllRuns, ListRuns, Matching, RunId, WhichRuns } from "#server/domain/runs/schemas.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { configureJob } from "#server/domain/schedules/configure-job.ts";
import { listJobSettings } from "#server/domain/schedules/job-settings.ts";
import { listJobs } from "#server/domain/schedules/list-jobs.ts";
import { listSchedules } from "#server/domain/schedules/list-schedules.ts";
import { ConfigureJob, JobId } from "#server/domain/schedules/schemas.ts";
import { member, memberOrStaff, personal, router, staff, staffIn } from "#server/trpc/init.ts";
import { Done, whenDone } from "#server/trpc/replies.ts";
import { worded, wordedPage, wordedWithLogs } from "#server/trpc/say-run.ts";

export const runs = router({
  /** One tenant's runs, newest first. */
  list: member("portal:read")
    .input(ListRuns)
    .query(async ({ ctx, input }) => wordedPage(ctx, await listRuns(ctx, input))),
  /** One run with its log. */
  get: member("portal:read")
    .input(z.object({ runId: RunId }))
    .query(async ({ ctx, input }) => wordedWithLogs(ctx, await findRun(ctx, input.runId))),
  /** Runs a job now, or answers the run of it that is open. */
  start: member("runs:start")
    .input(z.object({ job: JobId }))
    .mutation(async ({ ctx, input }) => worded(ctx, await startRun(ctx, input))),
  /** What there is to run, in words for people. */
  jobs: personal.query(() => listJobs()),
  schedules: member("portal:read").query(({ ctx }) => listSchedules(ctx)),
  /** The jobs that have settings, with what they are for this client. */
  settings: memberOrStaff("portal:read").query(({ ctx }) => listJobSettings(ctx)),
  configure: memberOrStaff("settings:write")
    .meta({
      openapi: { method: "PUT", path: "/scripts/{job}/config/{tenant}", summary: "Set how a job measures for a client", tags: ["scripts"] },
    })
    .input(ConfigureJob)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(configureJob(ctx, input))),
  /** Ends a run that waits or runs. */
  cancel: staffIn
    .meta({
      openapi: {
        method: "POST",
        path: "/clients/{tenant}/runs/{runId}/cancel",
        summary: "End a run that waits or runs",
        tags: ["scripts"],
      },
    })
    .input(z.object({ runId: RunId }))
    .output(z.object({ cancelled: z.boolean().describe("False where it had ended already: that stays as it is.") }))
    .mutation(({ ctx, input }) => cancelRun(ctx, input)),
  /** What `cancelAll` would cancel, by client and job. */
  cancellable: staff
    .input(WhichRuns)
    .output(Matching)
    .query(({ ctx, input }) => listCancellable(ctx, input)),
  cancelAll: staff
    .meta({
      openapi: {
        method: "POST",
        path: "/runs/cancel",
        summary: "End all runs of a client, a job or a provider that wait or run, 50 at a time",
        tags: ["scripts"],
      },
    })
    .input(WhichRuns)
    .output(CancelledRuns)
    .mutation(({ ctx, input }) => cancelRuns(ctx, input)),
  /** Runs of all tenants, newest first. */
  all: staff.input(ListAllRuns).query(async ({ ctx, input }) => {
    const { providers, ...page } = await listAllRuns(ctx, input);
    return { ...wordedPage(ctx, page), providers };
  }),
});
