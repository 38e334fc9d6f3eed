import * as z from "zod";
import { findDeletion, listDeletions } from "#server/domain/custody/list-deletions.ts";
import { listExports } from "#server/domain/custody/list-exports.ts";
import { cancelDeletion, requestDeletion } from "#server/domain/custody/request-deletion.ts";
import { requestExport } from "#server/domain/custody/request-export.ts";
import { RequestDeletion } from "#server/domain/custody/schemas.ts";
import { memberOrStaff, router, staff } from "#server/trpc/init.ts";
import { Deletion, Deletions, Done, Exports, RequestedDeletion, RequestedExport, whenDone } from "#server/trpc/replies.ts";

/** A client's data as a whole: taken along, and erased. */
export const custody = router({
  exports: memberOrStaff("data:export")
    .meta({ openapi: { method: "GET", path: "/exports/{tenant}", summary: "A client's exports" } })
    .output(Exports)
    .query(({ ctx }) => listExports(ctx)),
  requestExport: memberOrStaff("data:export")
    .meta({ openapi: { method: "POST", path: "/exports/{tenant}", summary: "Have an export made in the background", status: 202 } })
    .output(RequestedExport)
    .mutation(({ ctx }) => requestExport(ctx)),
  requestDeletion: memberOrStaff("data:delete")
    .meta({ openapi: { method: "POST", path: "/deletions/{tenant}", summary: "Set a client's end, after a time of grace", status: 202 } })
    .input(RequestDeletion)
    .output(RequestedDeletion)
    .mutation(({ ctx, input }) => requestDeletion(ctx, input)),
  cancelDeletion: memberOrStaff("data:delete")
    .meta({ openapi: { method: "DELETE", path: "/deletions/{tenant}", summary: "Call a client's end off" } })
    .output(Done)
    .mutation(({ ctx }) => whenDone(cancelDeletion(ctx))),
  /** Ends of all clients, with their receipts. */
  deletions: staff
    .meta({ openapi: { method: "GET", path: "/deletions", summary: "Ends of clients, with their receipts" } })
    .input(z.object({ cursor: z.string().max(60).optional() }))
    .output(Deletions)
    .query(({ ctx, input }) => listDeletions(ctx, input)),
  deletion: staff
    .meta({ openapi: { method: "GET", path: "/deletion-receipts/{deletionId}", summary: "One end, with its receipt" } })
    .input(z.object({ deletionId: z.string().max(60) }))
    .output(Deletion)
    .query(({ ctx, input }) => findDeletion(ctx, input)),
});
