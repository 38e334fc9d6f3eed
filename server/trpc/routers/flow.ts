import { readFlow } from "#server/domain/flow/read-flow.ts";
import { FlowActivity } from "#server/domain/flow/schemas.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";
import { sayFlow } from "#server/trpc/say-flow.ts";

/** What stands between a client and Shopify Flow. */
export const flow = router({
  get: memberOrStaff("portal:read")
    .meta({
      openapi: {
        ...{ method: "GET", path: "/flow/{tenant}", tags: ["actions"] },
        summary: "What starts workflows in Shopify Flow, what was sent, and what workflows asked for",
        description:
          "The rules of the Shopify Flow bridge with where each stands, the latest 25 triggers with why each was sent, and the latest 25 calls of workflows with what was answered.",
      },
    })
    .output(FlowActivity)
    .query(async ({ ctx }) => sayFlow(ctx, await readFlow(ctx))),
});
