import { readReferrals } from "#server/domain/referrals/read-referrals.ts";
import { ReadReferrals, Referrals } from "#server/domain/referrals/schemas.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";

/** Who brought whom. */
export const referrals = router({
  get: memberOrStaff("portal:read")
    .meta({
      openapi: {
        ...{ method: "GET", path: "/referrals/{tenant}", tags: ["actions"] },
        summary: "Who brought whom to the shop, and what came of it",
        description:
          "Codes for friends, the orders that used one with the state of their reward or why there is none, and those who brought others as a tree by the shop's ids. Amounts are in minor units; each currency stands by itself.",
      },
    })
    .input(ReadReferrals)
    .output(Referrals)
    .query(({ ctx, input }) => readReferrals(ctx, input)),
});
