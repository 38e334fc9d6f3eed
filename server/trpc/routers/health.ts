import * as z from "zod";
import { AgencyHealth, agencyHealth } from "#server/domain/health/agency-health.ts";
import { FindTraces, findTraces, Trace } from "#server/domain/health/find-traces.ts";
import { Health, readHealth } from "#server/domain/health/read-health.ts";
import { readLoad } from "#server/domain/health/read-load.ts";
import { readToday } from "#server/domain/health/read-today.ts";
import { listRemindable, remindClients } from "#server/domain/health/remind-clients.ts";
import { Remindable, RemindedClients } from "#server/domain/health/schemas.ts";
import { remindClient } from "#server/domain/tokens/remind-client.ts";
import { memberOrStaff, router, staff, staffIn } from "#server/trpc/init.ts";
import { wordedState } from "#server/trpc/say-connections.ts";
import { wordedToday } from "#server/trpc/say-today.ts";

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

  /** What runs in the whole fleet, what waits, and what is near a limit. */
  load: staff.query(({ ctx }) => readLoad(ctx)),

  /** What is wrong in the whole fleet, the worst first. */
  today: staff.query(async ({ ctx }) => wordedToday(ctx, await readToday(ctx))),

  /** Mails a client's people about the accounts that wait for them. */
  remind: staffIn
    .meta({
      openapi: {
        method: "POST",
        path: "/clients/{tenant}/remind",
        summary: "Remind a client's people of the accounts that need to be reconnected",
      },
    })
    .output(z.object({ readers: z.number(), sent: z.number() }))
    .mutation(({ ctx }) => remindClient(ctx)),

  /** Whom `remindAll` would remind. */
  remindable: staff.output(Remindable).query(({ ctx }) => listRemindable(ctx)),
  /** Mails the people of all clients with accounts that wait for them, some clients at a time. */
  remindAll: staff.output(RemindedClients).mutation(({ ctx }) => remindClients(ctx)),
});
