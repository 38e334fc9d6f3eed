import { sql } from "drizzle-orm";
import { schedules } from "#db/schema/index.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { foldRows } from "#server/domain/runs/fold.ts";
import type { WriteRows } from "./writing.ts";

/** Where the job goes on, and how it stands. */
export const writeSchedules: WriteRows = ({ db, outcomes, lease, now }) =>
  foldRows(
    outcomes
      .filter(({ found, next }) => found || next.errorKind)
      .map(({ run, tenantId, job, found, next }) => [
        run,
        tenantId,
        job,
        found ? 1 : 0,
        JSON.stringify(found?.cursor ?? null),
        next.status,
        next.errorKind,
        next.errorMessage,
        next.finishedAt,
        found?.timezone ?? null,
        next.errorParams,
      ]),
  ).map((json) =>
    db
      .update(schedules)
      .set({
        cursor: sql`case o.value->>3 when 1 then nullif(o.value->>4, 'null') else ${schedules.cursor} end`,
        timezone: sql`coalesce(o.value->>9, ${schedules.timezone})`,
        lastRunAt: now,
        lastSuccessAt: sql`case o.value->>5 when 'succeeded' then ${now} else ${schedules.lastSuccessAt} end`,
        lastStatus: sql`o.value->>5`,
        lastErrorKind: sql`o.value->>6`,
        lastErrorMessage: sql`o.value->>7`,
        lastErrorParams: sql`o.value->>10`,
        lastRunId: sql`o.value->>0`,
        lastFinishedAt: sql`coalesce(o.value->>8, ${schedules.lastFinishedAt})`,
      })
      .from(sql`json_each(${json}) o`)
      .where(
        sql`${schedules.tenantId} = o.value->>1 and ${schedules.job} = o.value->>2 and exists (
            select 1 from runs r where r.id = o.value->>0 and r.lease = ${lease} and r.status = 'running'
              and r.tenant_id = ${schedules.tenantId} and r.job = ${schedules.job})`,
      ),
  );

/**
 * Automations that read what a job stores are due when it has stored all of it for the first time: before, there was nothing to propose
 * from. Before the schedules, by which it is told whether it is the first time.
 */
export const wakeFed: WriteRows = ({ db, outcomes, lease, now }) =>
  foldRows(
    outcomes.flatMap(({ run, tenantId, job, next }) =>
      next.status === "succeeded"
        ? automations.flatMap(({ id, acts }) => (acts.feeds.includes(job) ? [[run, tenantId, id, job]] : []))
        : [],
    ),
  ).map((json) =>
    db
      .update(schedules)
      .set({ nextAt: now })
      .from(sql`json_each(${json}) o`)
      .where(
        sql`${schedules.tenantId} = o.value->>1 and ${schedules.job} = o.value->>2 and +${schedules.nextAt} > ${now} and exists (
            select 1 from runs r join ${schedules} f on f.tenant_id = r.tenant_id and f.job = r.job and f.last_success_at is null
            where r.id = o.value->>0 and r.lease = ${lease} and r.status = 'running' and r.tenant_id = ${schedules.tenantId} and r.job = o.value->>3)`,
      ),
  );

/** Jobs that have something to do because of what was found are due. */
export const wakeNamed: WriteRows = ({ db, outcomes, lease, now }) =>
  foldRows(outcomes.flatMap(({ run, tenantId, found }) => (found?.wake ?? []).map((woken) => [run, tenantId, woken]))).map((json) =>
    db
      .update(schedules)
      .set({ nextAt: now })
      .from(sql`json_each(${json}) o`)
      .where(
        sql`${schedules.tenantId} = o.value->>1 and ${schedules.job} = o.value->>2 and +${schedules.nextAt} > ${now} and exists (
            select 1 from runs r where r.id = o.value->>0 and r.lease = ${lease} and r.status = 'running' and r.tenant_id = ${schedules.tenantId})`,
      ),
  );
