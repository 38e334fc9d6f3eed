import type { Plan } from "#db/words/tenants.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import type { Job } from "#server/catalog/job.ts";
import type { Tenant } from "#server/ctx.ts";
import type { PlanTerms } from "./schemas.ts";

/**
 * What a client's plan gives: read it as a table. `jobs` and `providers` are ids of the shelf, or all that is or comes on it.
 * Each column names who holds to it:
 * - jobs: `blockOf` (a schedule outside the plan waits, a run of it is refused)
 * - turnsOn: `isOn` (jobs that run without the client having said so)
 * - providers, connections: `storeConnection` (accounts that are connected at once; one account both ways is one)
 * - members: `invite` (people of the team, with those who are invited)
 * - exportsPerDay: `requestExport`
 * - runDays, logDays: how long runs and their logs are kept, by the cron
 * - auditDays: how far back the client's own people read their log (`listAudit`); null is from its beginning. It is kept whole.
 *
 * A smaller plan takes nothing away that is there: it refuses what would be new, and its jobs wait.
 */
export const plans: Readonly<Record<Plan, PlanTerms>> = {
  quickwin: {
    jobs: ["shopify-sensor", "klaviyo-sensor", "ga4-sensor"],
    turnsOn: [],
    providers: ["shopify", "klaviyo", "google"],
    members: 3,
    connections: 3,
    exportsPerDay: 1,
    runDays: 90,
    logDays: 14,
    auditDays: 90,
  },
  essentials: {
    jobs: "all",
    turnsOn: [],
    providers: "all",
    members: 10,
    connections: 15,
    exportsPerDay: 3,
    runDays: 180,
    logDays: 30,
    auditDays: 365,
  },
  growth: {
    jobs: "all",
    turnsOn: [],
    providers: "all",
    members: 100,
    connections: 100,
    exportsPerDay: 10,
    runDays: 365,
    logDays: 90,
    auditDays: null,
  },
};

type OfPlan = Pick<Tenant, "plan">;

/** What this client's plan gives. */
export const planOf = ({ plan }: OfPlan): PlanTerms => plans[plan];

/** Whether a list of the table has it. */
const holds = (list: PlanTerms["jobs"], id: string): boolean => list === "all" || list.includes(id);

export const planHasJob = (tenant: OfPlan, jobId: string): boolean => holds(planOf(tenant).jobs, jobId);

/**
 * Whether a client has this job on: as it said itself, else as the job begins, as its plan has it, or because an automation that is on reads
 * what it stores. An automation is on by its policy alone: no switch and no plan turns it on.
 */
export const isOn = (tenant: OnFor, { id, onByDefault, acts }: Pick<Job, "id" | "onByDefault" | "acts">): boolean =>
  acts
    ? tenant.automations.includes(id)
    : (tenant.features[id] ?? (onByDefault === true || planOf(tenant).turnsOn.includes(id) || feeds(id, tenant)));

/** What of a client says which jobs it has on. */
export type OnFor = Pick<Tenant, "plan" | "features" | "automations">;

const feeds = (id: string, { automations: on }: OnFor): boolean =>
  automations.some((automation) => on.includes(automation.id) && automation.acts.feeds.includes(id));

/** Why a plan has no place for one more account at a provider. */
export type PlanRefusal = "not_in_plan" | "plan_full";

/** What must be known of an account to count it. */
interface CountedAccount {
  provider: string;
  externalId: string;
  status: string;
}

/** One account both ways is one; what was disconnected takes no place. */
const accountsOf = (connections: readonly CountedAccount[]): Set<string> =>
  new Set(connections.filter(({ status }) => status !== "disconnected").map(({ provider, externalId }) => `${provider} ${externalId}`));

export const countAccounts = (connections: readonly CountedAccount[]): number => accountsOf(connections).size;

/** Whether the plan has a place for an account (null: one that is not known yet) at this provider, beside what is connected. */
export function planRefusal(
  tenant: OfPlan,
  { provider, externalId, connections }: { provider: string; externalId: string | null; connections: readonly CountedAccount[] },
): PlanRefusal | null {
  const terms = planOf(tenant);
  const counted = accountsOf(connections);
  if (externalId !== null && counted.has(`${provider} ${externalId}`)) return null;
  if (!holds(terms.providers, provider)) return "not_in_plan";
  return counted.size >= terms.connections ? "plan_full" : null;
}
