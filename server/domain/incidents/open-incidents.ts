import { sql } from "drizzle-orm";
import { keep } from "#db/kept.ts";
import { incidents } from "#db/schema/index.ts";
import { type Job, requiredNeeds } from "#server/catalog/job.ts";
import type { Ctx } from "#server/ctx.ts";

/**
 * The incidents that are open now, one a provider at most: a statement, awaited or put into a batch on the directory. The
 * condition is literal, as the partial index `incidents_open` has it, which has no rows on a good day.
 */
export const openIncidents = ({ directory }: Pick<Ctx, "directory">) =>
  directory
    .select({ id: incidents.id, provider: incidents.provider, kind: incidents.kind, openedAt: incidents.openedAt })
    .from(incidents)
    .where(sql`closed_at is null`);

/** The same, kept. */
export const keptOpenIncidents = keep((directory) => openIncidents({ directory }));

/** The jobs that cannot run without one of these providers. */
export const jobsReading = (jobs: readonly Job[], providers: readonly string[]): Job[] =>
  jobs.filter((job) => requiredNeeds(job).some(({ provider }) => providers.includes(provider)));
