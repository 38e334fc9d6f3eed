import { z } from "zod";
import { AgencyHealth, agencyHealth } from "#server/domain/health/agency-health.ts";
import { FindTraces, findTraces, Trace } from "#server/domain/health/find-traces.ts";
import { Health, readHealth } from "#server/domain/health/read-health.ts";
import { memberOrStaff, router, staff } from "#server/trpc/init.ts";
import { wordedState } from "#server/trpc/say-connections.ts";

export const health = router({
  get: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path: "/health/{tenant}", summary: "How a client's integrations are" } })
    .output(Health)
    .query(async ({ ctx }) => wordedState(ctx, await readHealth(ctx))),

  /** What any id leads to: of a run, a client, a connection, a request. */
  find: staff
    .meta({
      openapi: { method: "GET", path: "/find/{id}", summary: "What an id leads to: a run's, a client's, a connection's, a request's" },
    })
    .input(FindTraces)
    .output(z.array(Trace))
    .query(({ ctx, input }) => findTraces(ctx, input)),

  /** What waits for the agency's admins. */
  agency: staff.output(AgencyHealth).query(({ ctx }) => agencyHealth(ctx)),
});
