import { and, gte, isNull, sql } from "drizzle-orm";
import * as z from "zod";
import { askKept } from "#db/kept.ts";
import { deadLetters, runs } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import { openIncidents } from "#server/domain/incidents/open-incidents.ts";
import { IncidentKind } from "#server/domain/incidents/schemas.ts";
import { unreadOf } from "#server/domain/notices/own-notices.ts";
import { newId } from "#server/ids.ts";

const dayMs = 86_400_000;
/** Nobody needs to know how many more; it bounds what a page's navigation costs on a bad day. */
const countedAtMost = 100;

export const AgencyHealth = z.object({
  failedRuns24h: z.number().describe(`Of all clients, counted to ${countedAtMost}.`),
  openDeadLetters: z.number().describe(`Counted to ${countedAtMost}.`),
  unreadNotices: z.number().describe(`What you were told and have not read, counted to ${countedAtMost}.`),
  openIncidents: z
    .array(z.object({ id: z.string(), provider: z.string(), providerName: z.string(), kind: IncidentKind, openedAt: z.number() }))
    .describe("Providers that fail for many clients now."),
});
export type AgencyHealth = z.infer<typeof AgencyHealth>;

/** What waits for the agency's admins, over all clients. All of them walk an index that holds only what is unwell. */
export async function agencyHealth(ctx: Ctx): Promise<AgencyHealth> {
  // Ids sort by time: the smallest that a run of 24 hours ago could have.
  const since = newId("run", ctx.now() - dayMs, new Uint8Array(10));
  const userId = ctx.actor.type === "user" ? ctx.actor.userId : "";
  const [incidents, letters, unread, ...failed] = await Promise.all([
    openIncidents(ctx),
    ctx.directory.select({ id: deadLetters.id }).from(deadLetters).where(isNull(deadLetters.replayedAt)).limit(countedAtMost),
    askKept(ctx.directory, unreadOf({ tenant: "", userId })),
    ...acrossTenants(ctx).map(({ db }) =>
      db
        .select({ id: runs.id })
        .from(runs)
        // Word for word the condition of the index `runs_unwell`: SQLite does not see bound values when it picks one.
        .where(and(gte(runs.id, since), sql`status in ('failed', 'dead')`))
        .limit(countedAtMost),
    ),
  ]);
  return {
    failedRuns24h: Math.min(countedAtMost, failed.flat().length),
    openDeadLetters: letters.length,
    unreadNotices: unread.length,
    openIncidents: incidents.map((incident) => ({ ...incident, providerName: providerName(incident.provider) })),
  };
}
