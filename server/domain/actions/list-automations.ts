import { count, eq, sql } from "drizzle-orm";
import { actions, policies, schedules } from "#db/schema/index.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import type { Automation } from "#server/catalog/automation.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { requiredNeeds, requiredScopes } from "#server/catalog/job.ts";
import { grantsAll } from "#server/catalog/provider.ts";
import { providerName, providers } from "#server/catalog/providers/registry.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { type ConnectionFacts, chooseAccount } from "#server/domain/connections/choose-account.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { blockOf } from "#server/domain/schedules/block-of.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { planHasJob } from "#server/domain/tenancy/plans.ts";
import { type AutomationState, type Automations, Policy } from "./schemas.ts";
import { standsStill, stopsOf } from "./stop-acting.ts";
import { usualPolicy } from "./usual-policy.ts";

/** All automations as this client has them: how far each may go, what it lacks, and what became of what it proposed. */
export async function listAutomations(ctx: TenantCtx): Promise<Automations> {
  requirePermission(ctx, "portal:read");
  const [[set, counted, scheduled], own, lent, stops] = await Promise.all([
    ctx.db.batch([
      ctx.db.select().from(policies).where(inTenant(ctx, policies)),
      ctx.db
        .select({
          automation: actions.automation,
          status: actions.status,
          actions: count(),
          agreed: sql<number>`coalesce(sum(${actions.agreed} = 1), 0)`,
          disagreed: sql<number>`coalesce(sum(${actions.agreed} = 0), 0)`,
        })
        .from(actions)
        .where(inTenant(ctx, actions))
        .groupBy(actions.automation, actions.status),
      ctx.db
        .select({ job: schedules.job, lastRunAt: schedules.lastRunAt, nextAt: schedules.nextAt, enabled: schedules.enabled })
        .from(schedules)
        .where(inTenant(ctx, schedules, eq(schedules.enabled, true))),
    ]),
    listConnections(ctx),
    listLent(ctx),
    stopsOf(ctx, ctx.tenant.id),
  ]);
  const connections = [...own, ...lent];
  return {
    ...standsStill(stops),
    automations: automations.map((automation): AutomationState => {
      const rows = counted.filter((row) => row.automation === automation.id);
      const schedule = scheduled.find(({ job }) => job === automation.id);
      const { id, title, description } = automation;
      const kinds = automation.kinds.flatMap((kind) => kindOf(kind) ?? []);
      const policy = set.find((each) => each.automation === id);
      return {
        ...{ id, title, description, never: automation.acts.never },
        kinds: kinds.map((kind) => ({ id: kind.id, title: kind.title })),
        touches: [...new Set(kinds.map(({ touches }) => touches))],
        policy: Policy.parse(policy ?? { ...usualPolicy, automation: id, mode: "off" }),
        started: policy !== undefined && policy.mode !== "off",
        block: blockOf(automation, { suspended: isStopped(ctx.tenant), inPlan: planHasJob(ctx.tenant, id), connections }),
        missing: missingOf(automation, connections),
        rehearsable: automation.acts.rehearsable ?? false,
        shows: automation.acts.shows ?? null,
        lastRunAt: schedule?.lastRunAt ?? null,
        nextAt: schedule?.nextAt ?? null,
        counts: Object.fromEntries(rows.map((row) => [row.status, row.actions])),
        ratings: {
          agreed: rows.reduce((sum, row) => sum + row.agreed, 0),
          disagreed: rows.reduce((sum, row) => sum + row.disagreed, 0),
        },
      };
    }),
  };
}

/** At which providers it has no account that serves it, and which permissions none of them has. */
function missingOf(automation: Automation, connections: readonly ConnectionFacts[]): AutomationState["missing"] {
  return requiredNeeds(automation).flatMap((need) => {
    if ("account" in chooseAccount(automation, need.provider, connections)) return [];
    const there = connections.filter(({ provider, status }) => provider === need.provider && status !== "disconnected");
    const shelved = providers.find(({ id }) => id === need.provider);
    const lacked = requiredScopes(need).filter((scope) => !there.some((connection) => grantsAll(shelved, connection, [scope])));
    return [{ provider: need.provider, name: providerName(need.provider), scopes: there.length > 0 ? lacked : [] }];
  });
}
