import { listIncidents } from "#server/domain/incidents/list-incidents.ts";
import { ListIncidents } from "#server/domain/incidents/schemas.ts";
import { router, staff } from "#server/trpc/init.ts";
import { Incidents } from "#server/trpc/replies.ts";

/** Providers that failed for many clients at once. */
export const incidents = router({
  list: staff
    .meta({ openapi: { method: "GET", path: "/incidents", summary: "Providers that failed for many clients at once" } })
    .input(ListIncidents)
    .output(Incidents)
    .query(({ ctx, input }) => listIncidents(ctx, input)),
});
