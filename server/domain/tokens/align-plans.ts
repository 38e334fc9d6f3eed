import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/sqlite-core";
import type { Db } from "#db/client.ts";
import { connections, secrets } from "#db/schema/index.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { probeEveryMs } from "./probe-times.ts";
import { planned, renewalPlanOf } from "./renewal-plan.ts";

/** Connections a tick: ten thousand are planned anew within the hour, and each tick stays short. */
const pageSize = 200;

/**
 * Works out anew when connections are renewed and what ends even so, after a deployment changed the facts that this follows
 * from (a provider's lifetimes, its ways to renew). Those that are planned already cost nothing. Answers how many were.
 */
export async function alignPlans(ctx: Ctx): Promise<number> {
  const aligned = await Promise.all(acrossTenants(ctx).map(({ db }) => alignPage(db, ctx.now())));
  return aligned.reduce((sum, count) => sum + count, 0);
}

async function alignPage(db: Db, now: number): Promise<number> {
  const stale = await unplanned(db);
  if (stale.length === 0) return 0;
  const plans = JSON.stringify(await plansOf(db, stale));
  const p = sql`json_each(${plans}) p`;
  const moved = await db
    .update(connections)
    .set({
      planned,
      renewAt: sql`p.value->>'renewAt'`,
      // Connections older than the probes get their first one spread over the hours.
      probeAt: sql`coalesce(${connections.probeAt}, ${now} + abs(random() % ${probeEveryMs}))`,
      cliffAt: sql`iif(p.value->>'moved', p.value->>'cliffAt', ${connections.cliffAt})`,
      cliffKind: sql`iif(p.value->>'moved', p.value->>'cliffKind', ${connections.cliffKind})`,
      cliffWarned: sql`iif(p.value->>'moved', p.value->>'cliffWarned', ${connections.cliffWarned})`,
    })
    .from(p)
    // Whoever changed its tokens in between has planned it by that.
    .where(and(eq(connections.id, sql`p.value->>'id'`), eq(connections.version, sql`p.value->>'version'`)))
    .returning({ id: connections.id });
  return moved.length;
}

/**
 * Two ranges of the index `connections_planned`, whose condition is literal here too. Each by itself: for an OR of both SQLite reads
 * the whole index, which is every active connection.
 */
export function unplanned(db: Db) {
  const range = (of: SQL) => db.select().from(connections).where(sql`status = 'active' and ${of}`);
  return unionAll(range(sql`planned < ${planned}`), range(sql`planned > ${planned}`)).limit(pageSize);
}

async function plansOf(db: Db, rows: readonly ConnectionRow[]) {
  const ids = JSON.stringify(rows.map(({ tenantId, id }) => ({ tenantId, id })));
  const fields = await db
    .select({ connectionId: secrets.connectionId, field: secrets.field })
    .from(secrets)
    .where(
      inArray(sql`(${secrets.tenantId}, ${secrets.connectionId})`, sql`(select value->>'tenantId', value->>'id' from json_each(${ids}))`),
    );
  return rows.map((connection) => {
    const plan = renewalPlanOf({ connection, secrets: fields.filter(({ connectionId }) => connectionId === connection.id) });
    return { id: connection.id, version: connection.version, moved: "cliffAt" in plan, ...plan };
  });
}
