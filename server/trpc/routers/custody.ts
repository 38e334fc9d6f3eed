import { z } from "zod";
import { findDeletion, listDeletions } from "#server/domain/custody/list-deletions.ts";
import { listExports } from "#server/domain/custody/list-exports.ts";
import { cancelDeletion, requestDeletion } from "#server/domain/custody/request-deletion.ts";
import { requestExport } from "#server/domain/custody/request-export.ts";
import { RequestDeletion } from "#server/domain/custody/schemas.ts";
import { memberOrStaff, router, staff } from "#server/trpc/init.ts";

/** A client's data as a whole: taken along, and erased. */
export const custody = router({
  exports: memberOrStaff("data:export").query(({ ctx }) => listExports(ctx)),
  requestExport: memberOrStaff("data:export").mutation(({ ctx }) => requestExport(ctx)),
  requestDeletion: memberOrStaff("data:delete")
    .input(RequestDeletion)
    .mutation(({ ctx, input }) => requestDeletion(ctx, input)),
  cancelDeletion: memberOrStaff("data:delete").mutation(({ ctx }) => cancelDeletion(ctx)),
  /** Ends of all clients, with their receipts. */
  deletions: staff.input(z.object({ cursor: z.string().max(60).optional() })).query(({ ctx, input }) => listDeletions(ctx, input)),
  deletion: staff.input(z.object({ deletionId: z.string().max(60) })).query(({ ctx, input }) => findDeletion(ctx, input)),
});
