import type { Text } from "#db/words/locales.ts";
import type { Job } from "#server/catalog/job.ts";
import { requiredNeeds } from "#server/catalog/job.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { jobsOn } from "#server/domain/tenancy/jobs-on.ts";
import { planHasJob } from "#server/domain/tenancy/plans.ts";
import { isConfigured } from "#server/domain/wire/provider-endpoints.ts";

const mostProposals = 3;

/** A provider that is worth connecting, and what its account feeds. */
export interface Proposal {
  provider: string;
  name: string;
  /** Whether an account of it is there, or one that the agency lends. */
  done: boolean;
  /** The jobs that read it. */
  gives: Text[];
  /** Whether one click leads to its consent: without a shop's address or a key to be typed first. */
  oneClick: boolean;
}

interface Standing {
  connections: readonly { provider: string; status: string }[];
  /** Jobs that wait for no account. */
  served: ReadonlySet<string>;
}

/**
 * The few connections that this client gains most from, the most first: by how many figures their jobs measure, of those that its plan
 * has. What is connected stays among them, ticked.
 */
export function proposeConnections(
  { config, tenant }: Pick<Ctx, "config"> & { tenant: Tenant },
  { connections, served }: Standing,
): Proposal[] {
  const inPlan = jobsOn(tenant).filter(({ id }) => planHasJob(tenant, id));
  return providers
    .flatMap((provider) => {
      const jobs = inPlan.filter((job) => requiredNeeds(job).some((need) => need.provider === provider.id));
      const isThere = connections.some((each) => each.provider === provider.id && each.status !== "disconnected");
      const hasNone = Boolean(provider.oauth?.shop) && tenant.vertical !== "shopify" && !isThere;
      const isOffered = provider.oauth === undefined || isConfigured(config, provider);
      if (jobs.length === 0 || hasNone || !isOffered) return [];
      const done = isThere || jobs.every(({ id }) => served.has(id));
      const oneClick = provider.oauth !== undefined && !provider.oauth.shop;
      const proposal: Proposal = { provider: provider.id, name: provider.name, done, gives: jobs.map(({ title }) => title), oneClick };
      return [{ proposal, gain: jobs.reduce((sum, job) => sum + gainOf(job), 0) }];
    })
    .sort((a, b) => b.gain - a.gain)
    .slice(0, mostProposals)
    .map(({ proposal }) => proposal);
}

const gainOf = ({ metrics = [] }: Job): number => Math.max(1, metrics.length);
