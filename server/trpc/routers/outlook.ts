import { readOutlook } from "#server/domain/metrics/read-outlook.ts";
import { Outlook, ReadOutlook } from "#server/domain/metrics/schemas.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";

/** What customers are expected to do. */
export const outlook = router({
  get: memberOrStaff("portal:read")
    .meta({
      openapi: {
        ...{ method: "GET", path: "/outlook/{tenant}/{automation}", tags: ["actions"] },
        summary: "What is expected of customers, as an automation reads it, and how sure that is",
        description:
          "The model of the shop's customers with its standard errors, how it did on the shop's own last 90 days, and customers by segment. Where the history carries no model it says why, and says no chances.",
      },
    })
    .input(ReadOutlook)
    .output(Outlook)
    .query(({ ctx, input }) => readOutlook(ctx, input)),
});
