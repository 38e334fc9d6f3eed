import { readSyncs } from "#server/domain/syncs/read-syncs.ts";
import { ReadSyncs, Syncs } from "#server/domain/syncs/schemas.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";

/** What is kept in step elsewhere. */
export const syncs = router({
  get: memberOrStaff("portal:read")
    .meta({
      openapi: {
        ...{ method: "GET", path: "/syncs/{tenant}/{automation}", tags: ["actions"] },
        summary: "What an automation keeps in step at an account: lists and a catalog",
        description:
          "For each list how many customers are in its group here and how many profiles are on it there, what waits, and what others changed; for a catalog what is in step, what waits, and which rows the provider refused, in its words.",
      },
    })
    .input(ReadSyncs)
    .output(Syncs)
    .query(({ ctx, input }) => readSyncs(ctx, input)),
});
