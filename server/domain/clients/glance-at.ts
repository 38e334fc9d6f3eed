import { and, count, eq, gte, inArray, isNull, max, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections, deadLetters, runs, schedules } from "#db/schema/index.ts";
import { acrossTenants, type Ctx, type Tenant } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import type { Glance } from "./schemas.ts";

const dayMs = 86_400_000;

/** The health of these clients (at most 50, D1 binds 100 values): one batch in each D1 that holds some of them, and one query at the directory. */
export async function glanceAt(ctx: Ctx, clients: readonly Pick<Tenant, "id" | "place">[]): Promise<(tenantId: string) => Glance> {
  const known = new Map<string, Glance>();
  const of = (id: string) => known.get(id) ?? blank();
  const [letters] = await Promise.all([
    openLettersOf(ctx, clients),
    ...acrossTenants(ctx).map(async ({ place, db }) => {
      const here = clients.filter((client) => client.place === place).map(({ id }) => id);
      if (here.length === 0) return;
      for (const [tenantId, facts] of await factsOf(db, here, ctx.now())) known.set(tenantId, { ...of(tenantId), ...facts });
    }),
  ]);
  for (const { tenantId, count } of letters) if (tenantId !== null) known.set(tenantId, { ...of(tenantId), openDeadLetters: count });
  return of;
}

const blank = (): Glance => ({
  connections: { active: 0, reconnectNeeded: 0, disconnected: 0 },
  lastRunAt: null,
  lastSuccessAt: null,
  failedRuns24h: 0,
  openDeadLetters: 0,
});

/** Letters lie at the directory, whatever place they are about. */
const openLettersOf = (ctx: Ctx, clients: readonly Pick<Tenant, "id">[]) =>
  ctx.directory
    .select({ tenantId: deadLetters.ofTenant, count: count() })
    .from(deadLetters)
    .where(
      and(
        inArray(
          deadLetters.ofTenant,
          clients.map(({ id }) => id),
        ),
        isNull(deadLetters.replayedAt),
      ),
    )
    .groupBy(deadLetters.ofTenant);

/** Word for word the condition of the index `runs_unwell_tenant`: SQLite does not see bound values when it picks one. */
const failed = sql`status in ('failed', 'dead')`;

const names = { active: "active", reconnect_needed: "reconnectNeeded", disconnected: "disconnected" } as const;

async function factsOf(db: Db, tenantIds: string[], now: number): Promise<Map<string, Glance>> {
  // Ids sort by time: the smallest that a run of 24 hours ago could have.
  const since = newId("run", now - dayMs, new Uint8Array(10));
  const [byStatus, lastRuns, failures] = await db.batch([
    db
      .select({ tenantId: connections.tenantId, status: connections.status, count: count() })
      .from(connections)
      .where(inArray(connections.tenantId, tenantIds))
      .groupBy(connections.tenantId, connections.status),
    db
      .select({ tenantId: schedules.tenantId, lastRunAt: max(schedules.lastRunAt), lastSuccessAt: max(schedules.lastSuccessAt) })
      .from(schedules)
      .where(inArray(schedules.tenantId, tenantIds))
      .groupBy(schedules.tenantId),
    db
      .select({ tenantId: sql<string>`t.value`, count: count() })
      // The clients come first: by the time alone the failures of all others would be read too.
      .from(sql`json_each(${JSON.stringify(tenantIds)}) t cross join ${runs}`)
      .where(and(eq(runs.tenantId, sql`t.value`), gte(runs.id, since), failed))
      .groupBy(sql`t.value`),
  ]);
  const facts = new Map(tenantIds.map((id) => [id, blank()]));
  const change = (id: string | null, more: (glance: Glance) => Partial<Glance>) => {
    const glance = id === null ? undefined : facts.get(id);
    if (glance) Object.assign(glance, more(glance));
  };
  for (const row of byStatus)
    change(row.tenantId, (glance) => ({ connections: { ...glance.connections, [names[row.status]]: row.count } }));
  for (const { tenantId, lastRunAt, lastSuccessAt } of lastRuns) change(tenantId, () => ({ lastRunAt, lastSuccessAt }));
  for (const row of failures) change(row.tenantId, () => ({ failedRuns24h: row.count }));
  return facts;
}
