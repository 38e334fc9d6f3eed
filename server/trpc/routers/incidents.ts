import * as z from "zod";
import { findIncident } from "#server/domain/incidents/find-incident.ts";
import { listIncidents } from "#server/domain/incidents/list-incidents.ts";
import { listSwitches } from "#server/domain/incidents/list-switches.ts";
import { FindIncident, ListIncidents, ProviderSwitch, SwitchProvider } from "#server/domain/incidents/schemas.ts";
import { switchProvider } from "#server/domain/incidents/switch-provider.ts";
import { router, staff } from "#server/trpc/init.ts";
import { Done, Incidents, IncidentWithHit, whenDone } from "#server/trpc/replies.ts";
import { said } from "#server/trpc/say-run.ts";

/** Providers that failed for many clients at once, and those that are switched off. */
export const incidents = router({
  list: staff
    .meta({ openapi: { method: "GET", path: "/incidents", summary: "Providers that failed for many clients at once" } })
    .input(ListIncidents)
    .output(Incidents)
    .query(({ ctx, input }) => listIncidents(ctx, input)),
  get: staff
    .meta({ openapi: { method: "GET", path: "/incidents/{incidentId}", summary: "An incident, and whom it hits now" } })
    .input(FindIncident)
    .output(IncidentWithHit)
    .query(async ({ ctx, input }) => {
      const { hit, ...page } = await findIncident(ctx, input);
      return {
        ...page,
        hit: hit.map(({ errorParams, ...each }) => ({ ...each, errorMessage: said(ctx, each.errorMessage, errorParams).text })),
      };
    }),
  switches: staff
    .meta({ openapi: { method: "GET", path: "/providers", summary: "Every provider, and since when it is switched off" } })
    .output(z.array(ProviderSwitch))
    .query(({ ctx }) => listSwitches(ctx)),
  switch: staff
    .meta({
      openapi: {
        method: "PUT",
        path: "/providers/{provider}",
        summary: "Switch a provider off for all clients, or on again: nothing is connected and its jobs wait, its tokens are still renewed",
      },
    })
    .input(SwitchProvider)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(switchProvider(ctx, input))),
});
