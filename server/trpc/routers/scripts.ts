import * as z from "zod";
import { enterTenantOfRun, findRun } from "#server/domain/runs/find-run.ts";
import { Run, RunId, RunWithLogs, StartRun } from "#server/domain/runs/schemas.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { listSchedules } from "#server/domain/schedules/list-schedules.ts";
import { Schedule } from "#server/domain/schedules/schemas.ts";
import { router, staff, staffIn } from "#server/trpc/init.ts";
import { worded, wordedWithLogs } from "#server/trpc/say-run.ts";

/** What the agency's admins do with any client's jobs. */
export const scripts = router({
  run: staffIn
    .meta({
      openapi: {
        method: "POST",
        path: "/scripts/run",
        summary: "Run a job of a client now, or answer the run of it that is open",
        status: 202,
      },
    })
    .input(StartRun)
    .output(Run)
    .mutation(async ({ ctx, input }) => worded(ctx, await startRun(ctx, input))),
  status: staff
    .meta({ openapi: { method: "GET", path: "/scripts/status/{runId}", summary: "One run with its log" } })
    .input(z.object({ runId: RunId }))
    .output(RunWithLogs.extend({ tenantName: z.string() }))
    .query(async ({ ctx, input }) => {
      const inside = await enterTenantOfRun(ctx, input.runId);
      return { ...wordedWithLogs(ctx, await findRun(inside, input.runId)), tenantName: inside.tenant.name };
    }),
  schedules: staffIn
    .meta({ openapi: { method: "GET", path: "/scripts/schedules/{tenant}", summary: "What runs for a client, and when next" } })
    .output(z.array(Schedule))
    .query(({ ctx }) => listSchedules(ctx)),
});
