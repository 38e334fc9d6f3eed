import { desc, eq, gte, sql } from "drizzle-orm";
import { actionSteps, actions, flowCalls, pixelDays } from "#db/schema/index.ts";
import type { Saying, Text } from "#db/words/locales.ts";
import { flowBridgeId, flowRulesOf } from "#server/catalog/automations/shopify-flow-bridge.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import { flowActionHandles, flowActionOf } from "#server/catalog/flow-actions.ts";
import { flowTriggerHandles, flowTriggerOf } from "#server/catalog/flow-triggers.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { readFlowMay } from "./read-flow-may.ts";
import { sayingOfCall } from "./saying-of-call.ts";
import type { FlowActivity } from "./schemas.ts";

/** So many of each are shown, the newest first. */
const shown = 25;
const countedDays = 14;

/** What stands between a client and Shopify Flow, before its sentences are said. */
export type StoredFlow = Omit<FlowActivity, "sent" | "received"> & {
  sent: (Omit<FlowActivity["sent"][number], "because"> & { why: Saying })[];
  received: (Omit<FlowActivity["received"][number], "answer"> & { says: Saying | null })[];
};

/** The rules of the bridge and where each stands, what it sent or would send, and what workflows asked. */
export async function readFlow(ctx: TenantCtx): Promise<StoredFlow> {
  requirePermission(ctx, "portal:read");
  const today = dayOf(ctx.now(), ctx.tenant.timezone);
  const days = Array.from({ length: countedDays }, (_, back) => addDays(today, -back));
  const [{ mode, config, may, cursor }, [sent, received, counted]] = await Promise.all([
    readFlowMay(ctx),
    ctx.db.batch([
      ctx.db
        .select({
          ...{ actionId: actions.id, automation: actions.automation, evidence: actions.evidence, status: actions.status },
          ...{ availableAt: actions.availableAt, at: actions.createdAt, payload: actionSteps.payload },
        })
        .from(actions)
        .innerJoin(actionSteps, eq(actionSteps.actionId, actions.id))
        .where(inTenant(ctx, actions, eq(actions.automation, flowBridgeId), eq(actionSteps.tenantId, ctx.tenant.id)))
        .orderBy(desc(actions.createdAt), desc(actions.id))
        .limit(shown),
      ctx.db.select().from(flowCalls).where(inTenant(ctx, flowCalls)).orderBy(desc(flowCalls.receivedAt)).limit(shown),
      ctx.db
        .select({ day: pixelDays.day, checkouts: sql<number>`sum(${pixelDays.checkouts})` })
        .from(pixelDays)
        .where(inTenant(ctx, pixelDays, gte(pixelDays.day, addDays(today, 1 - countedDays))))
        .groupBy(pixelDays.day),
    ]),
  ]);
  return {
    ...{ mode, may },
    checkouts:
      config.pixel === true ? days.map((day) => ({ day, checkouts: counted.find((each) => each.day === day)?.checkouts ?? 0 })) : null,
    rules: flowRulesOf(config, cursor, ctx.tenant.currency).map((rule) =>
      rule.kind === "actions"
        ? { ...rule, automation: rule.automation === null ? null : { id: rule.automation, title: titleOf(rule.automation) } }
        : rule,
    ),
    sent: sent.flatMap(({ actionId, automation, evidence: { line, params }, status, availableAt, at, payload }) => {
      const trigger = flowTriggerHandles.find((handle) => handle === (payload as { trigger?: string }).trigger);
      if (!trigger) return [];
      const why = { code: `${automation}.${line}`, params };
      return [
        { actionId, trigger, title: flowTriggerOf(trigger).title, why, status, unclear: status === "unsure" && availableAt === null, at },
      ];
    }),
    received: received.map((call) => {
      const action = flowActionHandles.find((handle) => handle === call.action) ?? null;
      return {
        ...{ id: call.id, action, title: action && flowActionOf(action).title, asked: Object.values(call.properties).join(", ") },
        ...{ status: call.status, says: sayingOfCall(call), answered: call.answered, at: call.receivedAt },
      };
    }),
  };
}

const titleOf = (id: string): Text => allJobs.find((job) => job.id === id)?.title ?? { en: id, fr: id, he: id };
