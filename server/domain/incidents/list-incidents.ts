import { and, asc, desc, isNotNull, isNull, lt } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import type { IncidentKind } from "#db/words/incidents.ts";
import type { Text } from "#db/words/locales.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import type { Ctx } from "#server/ctx.ts";
import { jobsReading } from "./open-incidents.ts";
import type { ListIncidents } from "./schemas.ts";

/** An incident as staff see it. Times in milliseconds since 1970. */
export interface IncidentView {
  id: string;
  provider: string;
  providerName: string;
  kind: IncidentKind;
  openedAt: number;
  lastSeenAt: number;
  closedAt: number | null;
  /** At its widest: tenants that failed, of those that use the provider. */
  tenantsFailing: number;
  tenantsUsing: number;
  /** The jobs that read the provider. */
  jobs: { id: string; title: Text }[];
}

/** All open incidents, the oldest first, and a page of the past ones, the newest first. `next` is where the next page begins. */
export async function listIncidents(
  { directory }: Ctx,
  { cursor, limit }: ListIncidents,
): Promise<{ open: IncidentView[]; past: IncidentView[]; next: string | null }> {
  const [open, past] = await directory.batch([
    directory.select().from(incidents).where(isNull(incidents.closedAt)).orderBy(asc(incidents.id)),
    directory
      .select()
      .from(incidents)
      .where(and(isNotNull(incidents.closedAt), cursor ? lt(incidents.id, cursor) : undefined))
      .orderBy(desc(incidents.id))
      .limit(limit + 1),
  ]);
  const page = past.slice(0, limit);
  return { open: open.map(viewOf), past: page.map(viewOf), next: past.length > limit ? (page.at(-1)?.id ?? null) : null };
}

/** An incident as staff see it. */
export function viewOf(row: typeof incidents.$inferSelect): IncidentView {
  const jobs = jobsReading(allJobs, [row.provider]).map(({ id, title }) => ({ id, title }));
  return { ...row, providerName: providerName(row.provider), jobs };
}
