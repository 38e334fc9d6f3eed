import * as z from "zod";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import { countWaiting } from "#server/domain/actions/count-waiting.ts";
import { decideActions } from "#server/domain/actions/decide-actions.ts";
import { editAction } from "#server/domain/actions/edit-action.ts";
import { findAction, listActions } from "#server/domain/actions/list-actions.ts";
import { listWaiting } from "#server/domain/actions/list-waiting.ts";
import { rejectAction } from "#server/domain/actions/reject-action.ts";
import { revealSubject } from "#server/domain/actions/reveal-subject.ts";
import {
  Action,
  ActionId,
  ActionPage,
  DecideAction,
  DecideActions,
  Decided,
  EditAction,
  ListActions,
  RejectAction,
  Revealed,
  SettleAction,
} from "#server/domain/actions/schemas.ts";
import { settleAction } from "#server/domain/actions/settle-action.ts";
import { undoAction } from "#server/domain/actions/undo-action.ts";
import { memberOrStaff, router, staff } from "#server/trpc/init.ts";
import { Done, whenDone } from "#server/trpc/replies.ts";
import { sayAction, sayActionPage } from "#server/trpc/say-actions.ts";

const tags = ["actions"];
const path = "/actions/{tenant}/{actionId}";
const InAction = z.object({ actionId: ActionId });

/** What automations propose, and what people decide of it. */
export const actions = router({
  list: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path: "/actions/{tenant}", summary: "What automations proposed for a client, newest first", tags } })
    .input(ListActions)
    .output(ActionPage)
    .query(async ({ ctx, input }) => sayActionPage(ctx, await listActions(ctx, input))),
  get: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path, summary: "One action: why, what it does, and what became of it", tags } })
    .input(InAction)
    .output(Action)
    .query(async ({ ctx, input }) => sayAction(ctx, await findAction(ctx, input))),
  approve: memberOrStaff("actions:decide")
    .meta({
      openapi: {
        ...{ method: "POST", path: `${path}/approve`, tags },
        summary: "Approve what was shown",
        description:
          "`hash` is that of the action as it was shown; where it has changed since, it is refused. In shadow it says that you agree.",
      },
    })
    .input(DecideAction)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(approveAction(ctx, input))),
  reject: memberOrStaff("actions:decide")
    .meta({ openapi: { method: "POST", path: `${path}/reject`, summary: "Reject it, with a reason", tags } })
    .input(RejectAction)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(rejectAction(ctx, input))),
  edit: memberOrStaff("actions:decide")
    .meta({ openapi: { method: "POST", path: `${path}/edit`, summary: "Change what it does; answers its new hash", tags } })
    .input(EditAction)
    .output(z.object({ hash: z.string() }))
    .mutation(({ ctx, input }) => editAction(ctx, kindOf, input)),
  undo: memberOrStaff("actions:decide")
    .meta({ openapi: { method: "POST", path: `${path}/undo`, summary: "Take back what was done, where its provider can", tags } })
    .input(InAction)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(undoAction(ctx, kindOf, input))),
  /** A person says whether what no provider could tell was done. */
  settle: memberOrStaff("actions:decide")
    .input(SettleAction)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(settleAction(ctx, input))),
  /** The same decision of many, each with its own hash. */
  decide: memberOrStaff("actions:decide")
    .input(DecideActions)
    .output(Decided)
    .mutation(({ ctx, input }) => decideActions(ctx, input)),
  /** How many wait, a hundred at most. */
  waitingCount: memberOrStaff("portal:read").query(({ ctx }) => countWaiting(ctx)),
  /** Name and address of whom it is about, fetched now; it is a mutation since each look is written down. */
  reveal: memberOrStaff("actions:reveal")
    .input(InAction)
    .output(Revealed)
    .mutation(({ ctx, input }) => revealSubject(ctx, input)),
  /** What waits of all clients. */
  waiting: staff.query(async ({ ctx }) => (await listWaiting(ctx)).map((action) => sayAction(ctx, action))),
});
