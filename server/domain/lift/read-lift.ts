import { eq } from "drizzle-orm";
import { policies } from "#db/schema/index.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { usualPolicy } from "#server/domain/actions/usual-policy.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { newcombe } from "#server/models/newcombe.ts";
import { effectiveSize, sequentialZ } from "#server/models/sequential.ts";
import { type Compared, type Counts, readCompared } from "./compared.ts";
import { neededFor } from "./needed-for.ts";
import type { Group, Lift, ReadLift } from "./schemas.ts";
import { valuesOf } from "./values-of.ts";

/** With fewer in a group than this its size is too small for a bound that holds however often somebody looks. */
const leastPeople = 20;

/**
 * What an automation brought this client since both groups were drawn: who bought of those whom it was proposed to contact, whatever became of it, beside
 * those who were left alone. Without a control group it is only what happened. Throws `not_found` for what is no automation.
 */
export async function readLift(ctx: TenantCtx, { automation }: ReadLift): Promise<Lift> {
  requirePermission(ctx, "portal:read");
  const found = findAutomation(automation);
  const [row] = await ctx.db
    .select()
    .from(policies)
    .where(inTenant(ctx, policies, eq(policies.automation, automation)));
  const policy = row ?? { ...usualPolicy, mode: "off", startedAt: null };
  const days = found.acts.outcomeDays ?? null;
  const compared = days === null ? nothing : await readCompared(ctx, { automation, since: policy.startedAt ?? 0, days });
  const { treated, control } = compared;
  const isCompared = policy.holdout > 0 || peopleOf(control) > 0;
  const z = Math.min(treated.people, control.people) < leastPeople ? null : sequentialZ(effectiveSize(treated.people, control.people));
  // Of an empty group it is null, and so are all the others.
  const difference = newcombe(boughtOf(treated), boughtOf(control));
  const always = z === null ? null : newcombe(boughtOf(treated), boughtOf(control), z);
  const needed = isCompared && days !== null ? neededFor(compared, { ...policy, days, now: ctx.now(), isOn: policy.mode !== "off" }) : null;
  const met = needed !== null && treated.people >= needed.treated && control.people >= needed.control;
  const others = newcombe({ successes: treated.alsoOthers, of: treated.people }, { successes: control.alsoOthers, of: control.people });
  return {
    ...{ automation, title: found.title, since: policy.startedAt, outcomeDays: days },
    ...{ holdout: policy.holdout, effectPoints: policy.effectPoints },
    verdict: verdictOf({ compared: days === null ? null : compared, isCompared, always, met }),
    treated: groupOf(treated),
    control: isCompared ? groupOf(control) : null,
    ...{ difference, always, needed },
    values: valuesOf(compared, { isCompared, z }),
    others: others && { difference: others, balanced: others.low <= 0 && others.high >= 0 },
  };
}

interface Known {
  compared: Compared | null;
  isCompared: boolean;
  always: Lift["always"];
  /** Whether there are as many as it takes. */
  met: boolean;
}

function verdictOf({ compared, isCompared, always, met }: Known): Lift["verdict"] {
  if (!compared) return "not_compared";
  if (!isCompared) return peopleOf(compared.treated) > 0 ? "no_control" : "nobody";
  if (peopleOf(compared.treated) + peopleOf(compared.control) === 0) return "nobody";
  if (always && always.low > 0) return "more";
  if (always && always.high < 0) return "fewer";
  return met ? "unclear" : "too_few";
}

const peopleOf = ({ people, open }: Counts): number => people + open;
const boughtOf = ({ bought, people }: Counts) => ({ successes: bought, of: people });

const groupOf = ({ people, open, bought, alsoOthers }: Counts): Group => ({
  ...{ people, open, bought, alsoOthers },
  share: people === 0 ? null : bought / people,
});

const none: Counts = { people: 0, open: 0, bought: 0, alsoOthers: 0, spent: new Map() };
const nothing: Compared = { treated: none, control: none, firstAt: null };
