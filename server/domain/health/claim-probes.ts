import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import { openIncidents } from "#server/domain/incidents/open-incidents.ts";
import { probeEveryMs, probeFailingEveryMs, provenByRunMs } from "#server/domain/tokens/probe-times.ts";

const pageSize = 500;
/** 5,000 probes a minute and D1; what is left is due in the next minute too. */
const maxPages = 10;

/**
 * Sends a probe of every connection that is due for one, and answers how many. Left out, until they are due again: connections
 * that a run has just used well, and those of a provider that is switched off or has an open incident, of which `watchProviders` tries a few.
 */
export async function claimProbes(ctx: Ctx): Promise<number> {
  const down = new Set((await openIncidents(ctx)).map(({ provider }) => provider));
  let sent = 0;
  await inEachPlace(ctx, async ({ db }) => {
    for (let page = 0; page < maxPages; page++) {
      const claimed = await claimPage(db, ctx.now());
      const due = claimed.filter(({ provider, proven }) => !proven && !down.has(provider));
      await ctx.send.tokens(due.map(({ tenant, id }) => ({ v: 1, type: "token.probe", tenant, connection: id })));
      sent += due.length;
      if (claimed.length < pageSize) break;
    }
  });
  return sent;
}

/**
 * Takes their time forward, and whoever did that has claimed them: of two ticks at once one gets each. The condition is
 * literal, as the partial index `connections_probe` has it. A message that is lost afterwards is a probe less, until the next.
 */
const claimPage = (db: Db, now: number) =>
  db
    .update(connections)
    .set({
      probeAt: sql`case when ${connections.failedAt} is null then ${after(now, probeEveryMs)} else ${after(now, probeFailingEveryMs)} end`,
    })
    .where(
      sql`${connections.id} in (
        select id from connections where status = 'active' and probe_at is not null and probe_at <= ${now} order by probe_at limit ${pageSize})`,
    )
    .returning({
      id: connections.id,
      tenant: connections.tenantId,
      provider: connections.provider,
      proven: sql<number>`${connections.failedAt} is null and coalesce(${connections.lastSuccessAt}, 0) > ${now - provenByRunMs}`,
    });

/** A tenth sooner or later, by a number of each row's own. */
const after = (now: number, everyMs: number) => sql`${Math.round(now + everyMs * 0.9)} + abs(random() % ${Math.round(everyMs / 5)})`;
