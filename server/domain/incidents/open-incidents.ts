import { sql } from "drizzle-orm";
import { keep } from "#db/kept.ts";
import { incidents } from "#db/schema/index.ts";
import { type Job, requiredNeeds } from "#server/catalog/job.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import type { Ctx } from "#server/ctx.ts";
import { conflict } from "#server/errors.ts";

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

/** Throws `conflict` (`provider_off`) where an admin switched one of these providers off. */
export async function requireSwitchedOn(ctx: Pick<Ctx, "directory">, providers: readonly string[]): Promise<void> {
  const off = (await openIncidents(ctx)).find(({ kind, provider }) => kind === "switched_off" && providers.includes(provider));
  if (off) throw conflict("provider_off", { provider: providerName(off.provider) });
}

/** The jobs that cannot run without one of these providers. */
export const jobsReading = (jobs: readonly Job[], providers: readonly string[]): Job[] =>
  jobs.filter((job) => requiredNeeds(job).some(({ provider }) => providers.includes(provider)));
