import { sql } from "drizzle-orm";
import { index, integer, numeric, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, tenantId } from "#db/columns.ts";
import type { LogLevel, RunErrorKind, RunStatus, RunTrigger } from "#server/domain/runs/schemas.ts";

/** What runs for whom and when next: one row a tenant and job. */
export const schedules = sqliteTable(
  "schedules",
  {
    tenantId: tenantId(),
    job: text().notNull(),
    everyS: integer().notNull(),
    nextAt: instant().notNull(),
    /** The tenant's wish. */
    enabled: integer({ mode: "boolean" }).notNull().default(true),
    /** Why it cannot run now (`not_connected`, `reconnect_needed`, `missing_scopes`, `suspended`), or null. */
    blocked: text(),
    config: json<Record<string, unknown>>().notNull(),
    /** Where the job goes on: written in the same batch as the rows that it stands for. */
    cursor: json<unknown>(),
    lastRunAt: instant(),
    lastSuccessAt: instant(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.job] }), index("schedules_due").on(t.nextAt).where(sql`enabled = 1 and blocked is null`)],
);

/** The truth about a run; a queue message is only a hint that it may be due. */
export const runs = sqliteTable(
  "runs",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    job: text().notNull(),
    /** The slot's start. Two ticks of one slot make one run. */
    slot: instant().notNull(),
    trigger: text().$type<RunTrigger>().notNull(),
    status: text().$type<RunStatus>().notNull(),
    /** Tries of the present step; a step that commits sets it back to 0. */
    attempt: integer().notNull().default(0),
    step: integer().notNull().default(0),
    availableAt: instant().notNull(),
    /** When a message was last sent for it. */
    sentAt: instant(),
    lease: text(),
    leaseUntil: instant(),
    errorKind: text().$type<RunErrorKind>(),
    errorMessage: text(),
    createdAt: instant().notNull(),
    startedAt: instant(),
    finishedAt: instant(),
    requestedBy: text(),
  },
  (t) => [
    uniqueIndex("runs_slot").on(t.tenantId, t.job, t.slot, t.trigger),
    uniqueIndex("runs_open").on(t.tenantId, t.job).where(sql`status in ('queued', 'running')`),
    index("runs_sweep").on(t.status, t.availableAt).where(sql`status in ('queued', 'running')`),
    index("runs_tenant").on(t.tenantId, t.createdAt),
    index("runs_created").on(t.createdAt),
  ],
);

export const runLogs = sqliteTable(
  "run_logs",
  {
    tenantId: tenantId(),
    runId: text().notNull(),
    seq: integer().notNull(),
    at: instant().notNull(),
    level: text().$type<LogLevel>().notNull(),
    message: text().notNull(),
    fields: json<Record<string, unknown>>(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.runId, t.seq] })],
);

/** One number that a sensor measured, for one day of the tenant's own calendar and one dimension value ("" for the whole). */
export const measurements = sqliteTable(
  "measurements",
  {
    tenantId: tenantId(),
    sensor: text().notNull(),
    metric: text().notNull(),
    day: text().notNull(),
    dimension: text().notNull().default(""),
    /** In the metric's unit; money in minor units. */
    value: numeric({ mode: "number" }).notNull(),
    measuredAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.sensor, t.metric, t.day, t.dimension] }), index("measurements_day").on(t.tenantId, t.day)],
);

/** What a queue gave up on. `message` holds ids only. */
export const deadLetters = sqliteTable(
  "dead_letters",
  {
    id: text().primaryKey(),
    queue: text().notNull(),
    message: json<unknown>().notNull(),
    ofTenant: text(),
    runId: text(),
    reason: text().notNull(),
    at: instant().notNull(),
    replayedAt: instant(),
    replayedBy: text(),
  },
  (t) => [index("dead_letters_at").on(t.at)],
);
