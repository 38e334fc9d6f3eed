import * as z from "zod";
import { automations } from "#server/catalog/automations/registry.ts";
import { findAutonomy } from "#server/domain/actions/find-autonomy.ts";
import { findPolicy } from "#server/domain/actions/find-policy.ts";
import { listAutomations } from "#server/domain/actions/list-automations.ts";
import { listPolicies } from "#server/domain/actions/list-policies.ts";
import { AutomationId, Automations, Autonomy, Policy, SetPolicy } from "#server/domain/actions/schemas.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import { isFleetStopped, resumeActing, resumeFleet, stopActing, stopFleet } from "#server/domain/actions/stop-acting.ts";
import { stopMany } from "#server/domain/actions/stop-many.ts";
import { listJobSettings } from "#server/domain/schedules/job-settings.ts";
import { TenantId } from "#server/domain/tenancy/schemas.ts";
import { memberOrStaff, router, staff } from "#server/trpc/init.ts";
import { Done, whenDone } from "#server/trpc/replies.ts";

const tags = ["actions"];
const path = "/policies/{tenant}/{automation}";

/** How far automations may go. */
export const policies = router({
  automations: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path: "/automations/{tenant}", summary: "All automations as a client has them", tags } })
    .output(Automations)
    .query(({ ctx }) => listAutomations(ctx)),
  /** The same without what they came to. */
  list: memberOrStaff("portal:read").query(({ ctx }) => listPolicies(ctx)),
  get: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path, summary: "How far an automation may go for a client", tags } })
    .input(z.object({ automation: AutomationId }))
    .output(Policy)
    .query(({ ctx, input }) => findPolicy(ctx, input)),
  set: memberOrStaff("settings:write")
    .meta({
      openapi: {
        ...{ method: "PUT", path, tags },
        summary: "Say how far an automation may go, and how much of it a day",
        description: "What is left out stays as it is. An automation begins in shadow: it proposes, and nothing is done.",
      },
    })
    .input(SetPolicy)
    .output(Policy)
    .mutation(({ ctx, input }) => setPolicy(ctx, input)),
  autonomy: memberOrStaff("portal:read")
    .meta({
      openapi: { method: "GET", path: `${path}/autonomy`, summary: "How far an automation may be trusted, by what people decided", tags },
    })
    .input(z.object({ automation: AutomationId }))
    .output(Autonomy)
    .query(({ ctx, input }) => findAutonomy(ctx, input)),
  /** The settings of each automation, as forms draw them. */
  settings: memberOrStaff("portal:read").query(({ ctx }) => listJobSettings(ctx, automations)),
  stop: memberOrStaff("actions:decide")
    .meta({
      openapi: {
        method: "POST",
        path: "/policies/{tenant}/stop",
        summary: "Do nothing more for this client, also of what is queued",
        tags,
      },
    })
    .output(Done)
    .mutation(({ ctx }) => whenDone(stopActing(ctx))),
  resume: memberOrStaff("settings:write")
    .meta({ openapi: { method: "POST", path: "/policies/{tenant}/resume", summary: "Go on with what was stopped", tags } })
    .output(Done)
    .mutation(({ ctx }) => whenDone(resumeActing(ctx))),
  /** Whether nothing is done for anybody now. */
  fleet: staff.query(async ({ ctx }) => ({ stopped: await isFleetStopped(ctx) })),
  stopFleet: staff.output(Done).mutation(({ ctx }) => whenDone(stopFleet(ctx))),
  /** Stops all actions of these clients, or lets them go on. */
  stopMany: staff
    .input(z.object({ tenants: z.array(TenantId).max(50), stops: z.boolean() }))
    .output(z.object({ done: z.number(), kept: z.array(z.string()) }))
    .mutation(({ ctx, input }) => stopMany(ctx, input)),
  resumeFleet: staff.output(Done).mutation(({ ctx }) => whenDone(resumeFleet(ctx))),
});
