import { inArray, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections, dataKeys, schedules, secrets, tenants } from "#db/schema/index.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { holdLent } from "#server/domain/connections/lent-accounts.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { openIncidents } from "#server/domain/incidents/open-incidents.ts";
import type { Engine, RunRow, ScheduleRow } from "./engine.ts";

export interface LoadedRun {
  run: RunRow;
  tenant: Tenant | undefined;
  schedule: ScheduleRow | undefined;
  /** Connections of the providers that the job declares, and of no others, those that are lent too; whatever their status. */
  held: HeldConnection[];
  /** Providers of the job that fail for many tenants now, or are switched off. */
  down: readonly string[];
  /** Of these, the ones that an admin switched off: nothing is asked of them. */
  off: readonly string[];
}

/** Reads all that these runs of one D1 need, in two round trips side by side, however many they are; and what is lent to their clients. */
export async function loadRuns(ctx: Ctx, db: Db, claimed: readonly RunRow[], jobs: Engine["jobs"]): Promise<LoadedRun[]> {
  const tenantIds = JSON.stringify([...new Set(claimed.map(({ tenantId }) => tenantId))]);
  const jobPairs = JSON.stringify(claimed.map(({ tenantId, job }) => [tenantId, job]));
  const needs = claimed.flatMap(({ tenantId, job }) => (jobs.get(job)?.needs ?? []).map(({ provider }) => [tenantId, provider] as const));
  const needed = sql`(select value->>0, value->>1 from json_each(${JSON.stringify(needs)}))`;
  const keyed = JSON.stringify([...new Set(needs.map(([tenantId]) => tenantId))]);

  const [[tenantRows, incidentRows], [scheduleRows, connectionRows, secretRows, keyRows]] = await Promise.all([
    ctx.directory.batch([
      ctx.directory
        .select()
        .from(tenants)
        .where(inArray(tenants.id, sql`(select value from json_each(${tenantIds}))`)),
      openIncidents(ctx),
    ]),
    db.batch([
      db
        .select()
        .from(schedules)
        .where(sql`(${schedules.tenantId}, ${schedules.job}) in (select value->>0, value->>1 from json_each(${jobPairs}))`),
      db.select().from(connections).where(sql`(${connections.tenantId}, ${connections.provider}) in ${needed}`),
      db
        .select()
        .from(secrets)
        .where(
          sql`(${secrets.tenantId}, ${secrets.connectionId}) in (select tenant_id, id from connections where (tenant_id, provider) in ${needed} and +status = 'active')`,
        ),
      db
        .select()
        .from(dataKeys)
        .where(inArray(dataKeys.tenantId, sql`(select value from json_each(${keyed}))`)),
    ]),
  ]);

  const lent = await holdLent(ctx, tenantRows);
  return claimed.map((run) => {
    const providers = (jobs.get(run.job)?.needs ?? []).map(({ provider }) => provider);
    const waitedFor = incidentRows.filter(({ provider }) => providers.includes(provider));
    return {
      run,
      tenant: tenantRows.find(({ id }) => id === run.tenantId),
      schedule: scheduleRows.find(({ tenantId, job }) => tenantId === run.tenantId && job === run.job),
      held: [
        ...connectionRows
          .filter((connection) => connection.tenantId === run.tenantId && providers.includes(connection.provider))
          .map((connection) => ({
            connection,
            secrets: secretRows.filter(({ tenantId, connectionId }) => tenantId === run.tenantId && connectionId === connection.id),
            dataKeys: keyRows.filter(({ tenantId }) => tenantId === run.tenantId),
          })),
        ...(lent.get(run.tenantId) ?? []).filter(({ connection }) => providers.includes(connection.provider)),
      ],
      down: waitedFor.map(({ provider }) => provider),
      off: waitedFor.filter(({ kind }) => kind === "switched_off").map(({ provider }) => provider),
    };
  });
}
