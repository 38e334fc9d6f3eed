import { acceptFinding } from "#server/domain/learning/accept-finding.ts";
import { declineFinding } from "#server/domain/learning/decline-finding.ts";
import { findFinding } from "#server/domain/learning/find-finding.ts";
import { listFindings } from "#server/domain/learning/list-findings.ts";
import {
  AcceptFinding,
  DeclineFinding,
  FindingDetails,
  FindingPage,
  InFinding,
  ListFindings,
  SnoozeFinding,
} from "#server/domain/learning/schemas.ts";
import { snoozeFinding } from "#server/domain/learning/snooze-finding.ts";
import { router, staff } from "#server/trpc/init.ts";
import { Done, whenDone } from "#server/trpc/replies.ts";

const tags = ["actions"];
const path = "/findings/{findingId}";

/** What people and providers said of what automations propose, and what admins make of it. */
export const learning = router({
  list: staff
    .meta({ openapi: { method: "GET", path: "/findings", summary: "What was found of all clients' automations, newest first", tags } })
    .input(ListFindings)
    .output(FindingPage)
    .query(({ ctx, input }) => listFindings(ctx, input)),
  get: staff
    .meta({ openapi: { method: "GET", path, summary: "One finding: what people said, and the measure before and since", tags } })
    .input(InFinding)
    .output(FindingDetails)
    .query(({ ctx, input }) => findFinding(ctx, input)),
  accept: staff
    .meta({
      openapi: {
        ...{ method: "POST", path: `${path}/accept`, tags },
        summary: "Make the change that it proposes",
        description:
          "Refused where another change is proposed by now, where the setting was changed meanwhile, and where the client alone decides.",
      },
    })
    .input(AcceptFinding)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(acceptFinding(ctx, input))),
  decline: staff
    .meta({ openapi: { method: "POST", path: `${path}/decline`, summary: "Decline it, with a reason", tags } })
    .input(DeclineFinding)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(declineFinding(ctx, input))),
  snooze: staff
    .meta({ openapi: { method: "POST", path: `${path}/snooze`, summary: "Put it off by 7 or 30 days", tags } })
    .input(SnoozeFinding)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(snoozeFinding(ctx, input))),
});
