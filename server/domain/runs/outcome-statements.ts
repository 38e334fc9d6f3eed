import { type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Db } from "#db/client.ts";
import { connections, measurements, orders, refunds, runLogs, runs, schedules } from "#db/schema/index.ts";
import type { IncidentKind } from "#db/words/incidents.ts";
import type { RunErrorKind, RunStatus } from "#db/words/runs.ts";
import type { Measurement, Step } from "#server/catalog/sensor.ts";
import { customerOfOrder } from "#server/domain/commerce/customer-of-order.ts";
import { deleteOrders, notDeleted } from "#server/domain/commerce/delete-orders.ts";
import { newerOrder } from "#server/domain/commerce/newer-order.ts";
import { probeFailingEveryMs } from "#server/domain/tokens/probe-times.ts";
import { fold, foldRows, type Group } from "./fold.ts";
import type { LogLine } from "./run-log.ts";

/** What a step of a run came to, and what becomes of the run. */
export interface Outcome {
  run: string;
  tenantId: string;
  job: string;
  /** What the step found; null where it failed. */
  found: Step<unknown> | null;
  /** The connections that the step read from, the first one being where orders come from. */
  connectionIds: readonly string[];
  /** Of these, the ones whose provider answered: a job that reads only what is stored proves nothing of them. */
  answeredIds: readonly string[];
  /** The connection whose provider failed, and how. */
  failing: { connectionId: string; kind: IncidentKind } | null;
  logs: readonly LogLine[];
  next: {
    status: RunStatus;
    attempt: number;
    step: number;
    availableAt: number;
    sentAt: number | null;
    errorKind: RunErrorKind | null;
    errorMessage: string | null;
    finishedAt: number | null;
  };
  /** What went wrong on our own side, as JSON that may be written: for the agency's admins alone. */
  defect: string | null;
}

/**
 * One D1 batch for the outcomes of many runs. Each effect is joined to its run still being held under the lease, so that a
 * worker which lost it writes nothing; the tenant and the job come from the run's row and not from whoever ran it. The
 * runs themselves are last, and answer which of them were held.
 */
export function outcomeStatements(db: Db, { outcomes, lease, now }: { outcomes: readonly Outcome[]; lease: string; now: number }) {
  const groups = (rowsOf: (outcome: Outcome) => readonly (readonly unknown[])[]): string[] =>
    fold(outcomes.map((outcome): Group => ({ run: outcome.run, rows: rowsOf(outcome) })));
  /** `r` is the held run, `j` the row. */
  const held = (json: string, more: SQL = sql``): SQL =>
    sql`from json_each(${json}) g cross join runs r on r.id = g.value->>0 and r.lease = ${lease} and r.status = 'running' cross join json_each(g.value, '$[1]') j ${more} where true`;

  const owner = { tenantId: sql`r.tenant_id`, connectionId: sql`j.value->>0` };
  const orderCustomer = customerOfOrder({
    ...owner,
    customerId: sql`j.value->>2`,
    updatedAt: sql`j.value->>7`,
  });

  const effects: BatchItem<"sqlite">[] = [
    ...groups(({ found }) => byMetricAndDay(found?.measurements ?? [])).flatMap((json) => {
      const key = sql`r.tenant_id, r.job, j.value->>0, j.value->>1`;
      const parts = held(json, sql`cross join json_each(j.value, '$[2]') p`);
      return [
        db.delete(measurements).where(
          sql`(tenant_id, sensor, metric, day) in (select ${key} ${held(json)})
            and (tenant_id, sensor, metric, day, dimension, currency) not in (select ${key}, p.value->>0, p.value->>1 ${parts})`,
        ),
        db
          .insert(measurements)
          .select(sql`select ${key}, p.value->>0, p.value->>1, p.value->>2, ${now} ${parts}`)
          .onConflictDoUpdate({
            target: [
              measurements.tenantId,
              measurements.sensor,
              measurements.metric,
              measurements.day,
              measurements.dimension,
              measurements.currency,
            ],
            set: { value: sql`excluded.value`, measuredAt: sql`excluded.measured_at` },
          }),
      ];
    }),
    ...groups(({ found, connectionIds }) =>
      (found?.orders ?? []).map((o) => [
        connectionIds[0],
        o.externalId,
        o.customerId,
        o.placedAt,
        o.day,
        o.grossMinor,
        o.currency,
        o.updatedAt,
        o.cancelledAt,
      ]),
    ).map((json) =>
      db
        .insert(orders)
        .select(
          sql`select r.tenant_id, j.value->>0, j.value->>1, ${orderCustomer}, j.value->>3, j.value->>4, j.value->>5, j.value->>6, j.value->>7, j.value->>8 ${held(json)} and ${notDeleted({ ...owner, externalId: sql`j.value->>1` })}`,
        )
        .onConflictDoUpdate(newerOrder),
    ),
    // What a shop no longer says of an order was never given back, or is no more: an edit that was undone, a cancellation.
    ...groups(({ found, connectionIds }) => {
      const kept = new Map<string, string[]>();
      for (const { orderExternalId, externalId } of found?.refunds ?? [])
        kept.set(orderExternalId, [...(kept.get(orderExternalId) ?? []), externalId]);
      return (found?.orders ?? []).map((o) => [connectionIds[0], o.externalId, o.updatedAt, kept.get(o.externalId) ?? []]);
    }).map((json) => {
      const order = sql`r.tenant_id, j.value->>0, j.value->>1`;
      return db.delete(refunds).where(
        sql`(tenant_id, connection_id, order_external_id) in (select ${order} ${held(
          json,
          sql`cross join ${orders} o
              on o.tenant_id = r.tenant_id and o.connection_id = j.value->>0 and o.external_id = j.value->>1 and o.updated_at = j.value->>2`,
        )})
          and (tenant_id, connection_id, order_external_id, external_id) not in
            (select ${order}, k.value ${held(json, sql`cross join json_each(j.value, '$[3]') k`)})`,
      );
    }),
    ...groups(({ found, connectionIds }) =>
      (found?.refunds ?? []).map((r) => [
        connectionIds[0],
        r.externalId,
        r.orderExternalId,
        r.refundedAt,
        r.day,
        r.amountMinor,
        r.currency,
      ]),
    ).map((json) =>
      db
        .insert(refunds)
        .select(
          sql`select r.tenant_id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4, j.value->>5, j.value->>6 ${held(json)} and ${notDeleted({ ...owner, externalId: sql`j.value->>2` })}`,
        )
        .onConflictDoUpdate({
          target: [refunds.tenantId, refunds.connectionId, refunds.externalId],
          set: {
            orderExternalId: sql`excluded.order_external_id`,
            refundedAt: sql`excluded.refunded_at`,
            day: sql`case ${refunds.refundedAt} when excluded.refunded_at then ${refunds.day} else excluded.day end`,
            amountMinor: sql`excluded.amount_minor`,
            currency: sql`excluded.currency`,
          },
        }),
    ),
    ...groups(({ found, connectionIds }) =>
      found?.listed ? [[connectionIds[0], found.listed.from, found.listed.to, found.listed.changedBefore, found.listed.externalIds]] : [],
    ).flatMap((json) =>
      deleteOrders(db, {
        now,
        which: sql`select o.tenant_id, o.connection_id, o.external_id ${held(json, sql`cross join ${orders} o on o.tenant_id = r.tenant_id and o.connection_id = j.value->>0`)}
          and o.placed_at >= j.value->>1 and o.placed_at < j.value->>2 and o.updated_at < j.value->>3
          and o.external_id not in (select value from json_each(j.value, '$[4]'))`,
      }),
    ),
    ...groups(({ logs }) => logs.map((line) => [line.seq, line.at, line.level, line.message, line.fields])).map((json) =>
      db
        .insert(runLogs)
        .select(sql`select r.tenant_id, r.id, j.value->>0, j.value->>1, j.value->>2, j.value->>3, j.value->>4 ${held(json)}`)
        .onConflictDoNothing(),
    ),
    ...foldRows(
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
          lastRunId: sql`o.value->>0`,
          lastFinishedAt: sql`coalesce(o.value->>8, ${schedules.lastFinishedAt})`,
        })
        .from(sql`json_each(${json}) o`)
        .where(
          sql`${schedules.tenantId} = o.value->>1 and ${schedules.job} = o.value->>2 and exists (
            select 1 from runs r where r.id = o.value->>0 and r.lease = ${lease} and r.status = 'running'
              and r.tenant_id = ${schedules.tenantId} and r.job = ${schedules.job})`,
        ),
    ),
    ...foldRows(outcomes.flatMap(({ run, tenantId, found }) => (found?.wake ?? []).map((woken) => [run, tenantId, woken]))).map((json) =>
      db
        .update(schedules)
        .set({ nextAt: now })
        .from(sql`json_each(${json}) o`)
        .where(
          sql`${schedules.tenantId} = o.value->>1 and ${schedules.job} = o.value->>2 and +${schedules.nextAt} > ${now} and exists (
            select 1 from runs r where r.id = o.value->>0 and r.lease = ${lease} and r.status = 'running' and r.tenant_id = ${schedules.tenantId})`,
        ),
    ),
    ...groups(({ answeredIds }) => answeredIds.map((id) => [id])).map((json) =>
      db
        .update(connections)
        .set({ lastSuccessAt: now, failedAt: null, failureKind: null, failingSince: null })
        .where(sql`${connections.id} in (select j.value->>0 ${held(json)})`),
    ),
    ...groups(({ failing }) => (failing ? [[failing.connectionId, failing.kind]] : [])).map((json) =>
      db
        .update(connections)
        .set({
          failedAt: now,
          failureKind: sql`f.kind`,
          failingSince: sql`coalesce(${connections.failingSince}, ${now})`,
          // Probed soon, so that the portal says soon that it is back.
          probeAt: sql`min(coalesce(${connections.probeAt}, f.probe_at), f.probe_at)`,
        })
        .from(sql`(select j.value->>0 as id, j.value->>1 as kind, ${now + probeFailingEveryMs} as probe_at ${held(json)}) f`)
        .where(sql`${connections.id} = f.id`),
    ),
  ];

  const rows = outcomes.map(({ run, next, defect }) => [
    run,
    next.status,
    next.attempt,
    next.step,
    next.availableAt,
    next.sentAt,
    next.errorKind,
    next.errorMessage,
    next.finishedAt,
    defect,
  ]);
  const conclusion = db
    .update(runs)
    .set({
      status: sql`o.value->>1`,
      attempt: sql`o.value->>2`,
      step: sql`o.value->>3`,
      availableAt: sql`o.value->>4`,
      sentAt: sql`coalesce(o.value->>5, ${runs.sentAt})`,
      lease: sql`case o.value->>1 when 'running' then ${runs.lease} end`,
      errorKind: sql`o.value->>6`,
      errorMessage: sql`o.value->>7`,
      finishedAt: sql`o.value->>8`,
      defect: sql`coalesce(o.value->>9, ${runs.defect})`,
    })
    .from(sql`json_each(${JSON.stringify(rows)}) o`)
    .where(sql`${runs.id} = o.value->>0 and ${runs.lease} = ${lease} and ${runs.status} = 'running'`)
    .returning({ id: runs.id });
  return { effects, conclusion };
}

/** Dimension, currency and value. */
type Part = readonly [string, string, number];

/** Metric, day and its parts: what is written of a metric's day stands together, since it takes the place of what was there. */
function byMetricAndDay(measured: readonly Measurement[]): (readonly [string, string, Part[]])[] {
  const days = new Map<string, readonly [string, string, Part[]]>();
  for (const { metric, day, dimension = "", currency = "", value } of measured) {
    const key = `${metric} ${day}`;
    const known = days.get(key) ?? ([metric, day, []] as const);
    days.set(key, known);
    if (value !== null) known[2].push([dimension, currency, value]);
  }
  return [...days.values()];
}
