import { sql } from "drizzle-orm";
import { index, integer, numeric, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json, known, tenantId } from "#db/columns.ts";
import type { JobConfig, RunParams } from "#db/words/runs.ts";
import { logLevels, runErrorKinds, runStatuses, runTriggers, scheduleBlocks } from "#db/words/runs.ts";

/** What runs for whom and when next: one row a tenant and job, made by domain/schedules/schedule-statements.ts. */
export const schedules = sqliteTable(
  "schedules",
  {
    tenantId: tenantId(),
    job: text().notNull(),
    everyS: integer().notNull(),
    nextAt: instant().notNull(),
    /** The tenant's wish. */
    enabled: integer({ mode: "boolean" }).notNull().default(true),
    /** Why it cannot run now, or null. */
    blocked: text({ enum: scheduleBlocks }),
    config: json<Record<string, unknown>>().notNull(),
    /** Where the job goes on: written in the same batch as the rows that it stands for. */
    cursor: json<unknown>(),
    /** Which accounts and which of their things its figures come from: of others it begins anew. Null before it could first run. */
    source: text(),
    /** The calendar (IANA) of the days of its figures, as its last step had it; null before its first. */
    timezone: text(),
    lastRunAt: instant(),
    lastSuccessAt: instant(),
    /**
     * What the latest step of the latest run came to, written with it: how the job stands is read here, and from no page of runs.
     * A run that goes on has "running" or "queued", with an error kind where it tries again. Null: nothing is known since the job
     * may run (again).
     */
    lastStatus: text({ enum: runStatuses }),
    lastErrorKind: text({ enum: runErrorKinds }),
    lastErrorMessage: text(),
    lastRunId: text(),
    /** When a run of it last ended, well or not. */
    lastFinishedAt: instant(),
    /** HH:MM, once a day by the clock of `zone` (IANA), the client's; null for a job that runs every `everyS` seconds. */
    dailyAt: text(),
    zone: text(),
    /** Of `lastErrorMessage`, as `errorParams` of a run. */
    lastErrorParams: json<RunParams>(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.job] }),
    index("schedules_due").on(t.nextAt).where(sql`enabled = 1 and blocked is null`),
    known(t.blocked),
    known(t.lastStatus),
  ],
);

/** The truth about a run; a queue message is only a hint that it may be due. */
export const runs = sqliteTable(
  "runs",
  {
    id: text().primaryKey(),
    tenantId: tenantId(),
    job: text().notNull(),
    /** The instant that the run was due. Two ticks of one slot make one run. */
    slot: instant().notNull(),
    trigger: text({ enum: runTriggers }).notNull(),
    status: text({ enum: runStatuses }).notNull(),
    /** Tries of the present step; a step that commits sets it back to 0. */
    attempt: integer().notNull().default(0),
    step: integer().notNull().default(0),
    /**
     * From when on a worker may take it: a queued run's start or next try, a running run's end of lease. What lies well
     * behind this instant has lost its message or its worker, so that one index range is all that the sweep reads.
     */
    availableAt: instant().notNull(),
    /** Who runs it. Every write of a run is joined to its lease, so that a worker which lost it writes nothing. */
    lease: text(),
    errorKind: text({ enum: runErrorKinds }),
    errorMessage: text(),
    createdAt: instant().notNull(),
    startedAt: instant(),
    finishedAt: instant(),
    requestedBy: text(),
    /** What it was started with in place of the client's own settings; null for a run that has those. */
    params: json<JobConfig>(),
    /** What last went wrong on our own side, redacted, with its stack (JSON): for the agency's admins alone. */
    defect: text(),
    /** The request by which somebody started it. */
    requestId: text(),
    /** With these `errorMessage` is a code of ours and this what its sentence names; without, it is the provider's own words. */
    errorParams: json<RunParams>(),
    /** Calls to providers so far, those that failed too. */
    calls: integer().notNull().default(0),
  },
  (t) => [
    uniqueIndex("runs_slot").on(t.tenantId, t.job, t.slot, t.trigger),
    uniqueIndex("runs_open").on(t.tenantId, t.job).where(sql`status in ('queued', 'running')`),
    index("runs_sweep").on(t.status, t.availableAt).where(sql`status in ('queued', 'running')`),
    // Ids sort by time, so that lists are paged by them alone.
    index("runs_tenant").on(t.tenantId, t.id),
    // Of failures alone, which are few: those of all tenants, and those of one.
    index("runs_unwell").on(t.status, t.id).where(sql`status in ('failed', 'dead')`),
    index("runs_unwell_tenant").on(t.tenantId, t.status, t.id).where(sql`status in ('failed', 'dead')`),
    // What lists of one job, of what went well, or of one job's failures are read from: of one tenant, and of all. Each costs one
    // row written a run, when it ends, and none while it is open; the status in it saves an index for each list (see list-runs.ts).
    index("runs_ended").on(t.tenantId, t.job, t.status, t.id).where(sql`status in ('succeeded', 'failed', 'dead', 'cancelled')`),
    index("runs_ended_job").on(t.job, t.status, t.id).where(sql`status in ('succeeded', 'failed', 'dead', 'cancelled')`),
    index("runs_request").on(t.requestId).where(sql`request_id is not null`),
    known(t.trigger),
    known(t.status),
  ],
);

export const runLogs = sqliteTable(
  "run_logs",
  {
    tenantId: tenantId(),
    runId: text().notNull(),
    seq: integer().notNull(),
    at: instant().notNull(),
    level: text({ enum: logLevels }).notNull(),
    message: text().notNull(),
    fields: json<Record<string, unknown>>(),
    /** With these `message` is a code of ours and this what its sentence names; without, it is text. */
    params: json<RunParams>(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.runId, t.seq] }), known(t.level)],
);

/** That the cron came: one row a place. What did not go well are the chores that failed. */
export const ticks = sqliteTable("ticks", {
  id: text().primaryKey(),
  at: instant().notNull(),
  tookMs: integer().notNull(),
  failed: json<string[]>().notNull(),
});

/**
 * One number that a sensor measured, for one day of its account's own calendar and one dimension value ("" for the whole). Two
 * currencies of one day are two rows.
 */
export const measurements = sqliteTable(
  "measurements",
  {
    tenantId: tenantId(),
    job: text().notNull(),
    metric: text().notNull(),
    day: text().notNull(),
    dimension: text().notNull().default(""),
    /** Of money, and of what money is divided by (ISO 4217); "" for everything else. */
    currency: text().notNull().default(""),
    /** In the metric's unit; money in minor units of `currency`. */
    value: numeric({ mode: "number" }).notNull(),
    measuredAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.job, t.metric, t.day, t.dimension, t.currency] }),
    index("measurements_day").on(t.tenantId, t.day),
  ],
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
  (t) => [
    // One open letter a run: the queue may deliver the same death twice.
    uniqueIndex("dead_letters_open").on(t.runId).where(sql`replayed_at is null`),
    index("dead_letters_open_tenant").on(t.ofTenant).where(sql`replayed_at is null`),
    // The open ones in their order, without those that were replayed.
    index("dead_letters_waiting").on(t.id).where(sql`replayed_at is null`),
    index("dead_letters_at").on(t.at),
  ],
);
