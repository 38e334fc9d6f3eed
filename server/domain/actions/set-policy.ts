import { encodeBase32LowerCaseNoPadding } from "@oslojs/encoding";
import { eq, type SQL, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { differs } from "#db/differs.ts";
import { rowIf } from "#db/row-if.ts";
import { policies, tenants } from "#db/schema/index.ts";
import { policyModes } from "#db/words/actions.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import type { Along } from "#server/domain/audit/along.ts";
import { ReplyLost } from "#server/domain/audit/append.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, forbidden, invalid } from "#server/errors.ts";
import { findPolicy } from "./find-policy.ts";
import { modeNoted } from "./mode-changes.ts";
import type { Policy, SetPolicy } from "./schemas.ts";
import { usualPolicy } from "./usual-policy.ts";

/**
 * Says how far an automation may go for a client, and how much of it a day. What is left out stays as it is, or is as usual. It begins in
 * shadow, also after it was off, and who is in the control group is drawn when it does so, and fixed until it is off. Whether the agency decides is for the
 * client to say, and where it said no the agency only holds back. `was`: what of it whoever wishes this has seen. It is written only while it
 * is as it was read here; done twice it is done once. `along`: what is written with it. Throws `not_found`, `forbidden`, `invalid` where it would
 * begin with more than shadow, and `conflict` where it is no longer as it was.
 */
export async function setPolicy(
  ctx: TenantCtx,
  { automation, was = {}, ...wished }: SetPolicy,
  { along }: { along?: Along } = {},
): Promise<Policy> {
  requirePermission(ctx, "settings:write");
  const { id } = findAutomation(automation);
  const before = await findPolicy(ctx, { automation });
  const { holdout, ...limits } = wished;
  const isDone = (policy: Policy) => !along && isStill(policy, limits);
  if (!isStill(before, was)) {
    if (isDone(before)) return before;
    throw conflict("settings_changed");
  }
  if (ctx.role === "staff" && wished.staffDecides !== undefined && wished.staffDecides !== before.staffDecides)
    throw forbidden("client_decides");
  const mode = wished.mode ?? before.mode;
  if (ctx.role === "staff" && !before.staffDecides && lets(before, { ...wished, mode })) throw forbidden("client_decides");
  if (before.mode === "off" && mode !== "off" && mode !== "shadow") throw invalid("mode", "starts_in_shadow");
  const now = ctx.now();
  // The directory first: what is on there without a policy proposes nothing, and off there it does not run.
  const tenant = await listAutomation(ctx, id, mode !== "off");
  const salt = encodeBase32LowerCaseNoPadding(crypto.getRandomValues(new Uint8Array(20)));
  const begins = before.mode === "off" && mode !== "off";
  // All that was judged here: what somebody says in the same instant is not overwritten, and no rule is gone round.
  const isOther = sql`exists (select 1 from ${policies} where ${inTenant(ctx, policies, eq(policies.automation, id), differs(policies, before))})`;
  const guard = sql`not ${isOther} and ${along?.guard ?? sql`true`}`;
  const set = await writing(ctx, guard, { automation, ...wished }, [
    ctx.db
      .insert(policies)
      .select(
        rowIf(
          policies,
          {
            ...usualPolicy,
            ...wished,
            ...{ mode, tenantId: ctx.tenant.id, automation, salt, createdAt: now, updatedAt: now },
            startedAt: mode === "off" ? null : now,
          },
          guard,
        ),
      )
      .onConflictDoUpdate({
        target: [policies.tenantId, policies.automation],
        set: {
          ...limits,
          ...(begins && { salt, startedAt: now }),
          ...(holdout !== undefined && before.mode === "off" && { holdout }),
          updatedAt: now,
        },
        setWhere: eq(policies.tenantId, ctx.tenant.id),
      })
      .returning({ mode: policies.mode }),
    ...(along?.statements ?? []),
    modeNoted(ctx, { automation, mode, at: now }),
  ]);
  const after = set ? { ...ctx, tenant } : await listedAsIs(ctx, id);
  await afterCommit(ctx, "jobs", () => alignJobs(after));
  const policy = await findPolicy(after, { automation });
  if (!set && !isDone(policy)) throw conflict("settings_changed");
  return policy;
}

/** Where somebody else was faster: the client's list follows what they said. */
async function listedAsIs(ctx: TenantCtx, id: string): Promise<TenantCtx> {
  const { mode } = await findPolicy(ctx, { automation: id });
  return { ...ctx, tenant: await listAutomation(ctx, id, mode !== "off") };
}

/** What a door hands on beside it is no part of it. */
function isStill(policy: Policy, was: Partial<Policy>): boolean {
  const values = new Map<string, unknown>(Object.entries(policy));
  return Object.entries(was).every(([name, value]) => value === undefined || !values.has(name) || values.get(name) === value);
}

/** Whether it was written; a reply that was lost is one of a batch that was. */
async function writing(ctx: TenantCtx, guard: SQL, details: SetPolicy, statements: readonly Statement[]): Promise<boolean> {
  try {
    const [set] = await commitIf(ctx, guard, "policy.set", details, statements);
    return wrote(set);
  } catch (error) {
    if (!(error instanceof ReplyLost)) throw error;
    ctx.log.warn("a write's reply was lost", { action: "policy.set", cause: error.cause });
    return true;
  }
}

/** Whether it may go further by what is wished than by what was said before. */
function lets(before: Policy, wished: Omit<SetPolicy, "automation"> & Pick<Policy, "mode">): boolean {
  const far = (mode: Policy["mode"]) => policyModes.indexOf(mode);
  const most = ["actionsADay", "peopleADay", "stakeADay", "largestStake", "memberStake"] as const;
  const quiet = ["quietFrom", "quietTo"] as const;
  return (
    far(wished.mode) > Math.max(far(before.mode), far("shadow")) ||
    most.some((name) => (wished[name] ?? 0) > before[name]) ||
    quiet.some((name) => (wished[name] ?? before[name]) !== before[name])
  );
}

/** Keeps the automation among those that the client has on, or out of them; the next tick aligns the schedules where nobody does before. */
async function listAutomation(ctx: TenantCtx, id: string, on: boolean) {
  const others = sql`select value from json_each(${tenants.automations}) where value <> ${id}`;
  const [tenant] = await ctx.directory
    .update(tenants)
    .set({
      automations: sql`(select json_group_array(value) from (${others} ${on ? sql`union all select ${id}` : sql``}))`,
      catalog: "",
    })
    .where(eq(tenants.id, ctx.tenant.id))
    .returning();
  return tenant ?? ctx.tenant;
}
