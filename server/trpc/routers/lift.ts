import { readLift } from "#server/domain/lift/read-lift.ts";
import { Lift, ReadLift } from "#server/domain/lift/schemas.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";

/** What automations brought. */
export const lift = router({
  get: memberOrStaff("portal:read")
    .meta({
      openapi: {
        ...{ method: "GET", path: "/lift/{tenant}/{automation}", tags: ["actions"] },
        summary: "What an automation brought, beside customers who were left alone",
        description:
          "By intention to treat: who was proposed counts, whatever became of it, beside who was withheld. Without a control group it says only what happened. Amounts are in minor units; each currency stands by itself.",
      },
    })
    .input(ReadLift)
    .output(Lift)
    .query(({ ctx, input }) => readLift(ctx, input)),
});
