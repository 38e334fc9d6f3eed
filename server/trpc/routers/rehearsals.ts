import * as z from "zod";
import { AutomationId } from "#server/domain/actions/schemas.ts";
import { findRehearsal } from "#server/domain/rehearsals/find-rehearsal.ts";
import { requestRehearsal } from "#server/domain/rehearsals/request-rehearsal.ts";
import { Rehearsal, RequestRehearsal } from "#server/domain/rehearsals/schemas.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";

const openapi = { path: "/rehearsals/{tenant}/{automation}" as const, tags: ["actions"] };

/** Automations that are tried over days that are past. */
export const rehearsals = router({
  get: memberOrStaff("portal:read")
    .meta({ openapi: { ...openapi, method: "GET", summary: "The last rehearsal of an automation" } })
    .input(z.object({ automation: AutomationId }))
    .output(z.object({ rehearsal: Rehearsal.nullable().describe("Null where none was made.") }))
    .query(async ({ ctx, input }) => ({ rehearsal: await findRehearsal(ctx, input) })),
  request: memberOrStaff("runs:start")
    .meta({
      openapi: {
        ...{ ...openapi, method: "POST", summary: "Try an automation with other settings over past days" },
        description: "Beside what it would have done as it is set today. Nothing is proposed by it. It takes the place of the one before.",
      },
    })
    .input(RequestRehearsal)
    .output(z.object({ id: z.string() }))
    .mutation(({ ctx, input }) => requestRehearsal(ctx, input)),
});
