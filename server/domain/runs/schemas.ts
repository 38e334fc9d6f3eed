import { z } from "zod";
import { Pasted } from "#server/domain/tenants/schemas.ts";

/** `failed`: will not be tried again by itself (the reason needs a person). `dead`: tried as often as allowed. */
export const RunStatus = z.enum(["queued", "running", "succeeded", "failed", "dead"]);
export type RunStatus = z.infer<typeof RunStatus>;
export const RunTrigger = z.enum(["schedule", "manual", "replay"]);
export type RunTrigger = z.infer<typeof RunTrigger>;
export const LogLevel = z.enum(["debug", "info", "warn", "error"]);
export type LogLevel = z.infer<typeof LogLevel>;

/** Why a run did not go well; the queue decides by it. */
export const RunErrorKind = z.enum([
  "revoked",
  "rate_limited",
  "unavailable",
  "rejected",
  "missing_scopes",
  "misconfigured",
  "not_connected",
  "choice_needed",
  "suspended",
  "not_in_plan",
  "deadline",
  "lost",
  "defect",
]);
export type RunErrorKind = z.infer<typeof RunErrorKind>;

/**
 * Why a schedule cannot run now. `choice_gone`: what was chosen is no longer there at the provider. `not_in_plan`: the
 * client's plan does not have the job. `retired`: the job is no
 * longer on the shelf.
 */
export const ScheduleBlock = z.enum([
  "suspended",
  "not_connected",
  "reconnect_needed",
  "missing_scopes",
  "choice_needed",
  "choice_gone",
  "not_in_plan",
  "retired",
]);
export type ScheduleBlock = z.infer<typeof ScheduleBlock>;

/** Values of a job's config, by the names that the job's own schema has. */
export const JobConfig = z.record(z.string().max(60), z.union([z.string().max(500), z.number(), z.boolean()]));
export type JobConfig = z.infer<typeof JobConfig>;

/** A run as it goes out. Instants are milliseconds since 1970. */
export const Run = z.object({
  id: z.string(),
  tenantId: z.string(),
  job: z.string(),
  trigger: RunTrigger,
  status: RunStatus,
  attempt: z.number().describe("Tries of the present step."),
  step: z.number().describe("Steps that are done and written."),
  slot: z.number(),
  availableAt: z.number().describe("A queued run begins, or is tried again, not before this."),
  errorKind: RunErrorKind.nullable(),
  errorMessage: z.string().nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  requestedBy: z.string().nullable(),
  params: JobConfig.nullable().describe("What it was started with in place of the client's own settings."),
});
export type Run = z.infer<typeof Run>;

export const RunLogLine = z.object({
  seq: z.number(),
  at: z.number(),
  level: LogLevel,
  message: z.string(),
  fields: z.record(z.string(), z.unknown()).nullable(),
});
export type RunLogLine = z.infer<typeof RunLogLine>;
export const RunWithLogs = Run.extend({
  logs: z.array(RunLogLine),
  defect: z
    .string()
    .nullable()
    .describe("What last went wrong on our side, with its stack (JSON): for the agency's admins, null to anybody else."),
});
export type RunWithLogs = z.infer<typeof RunWithLogs>;

export const RunId = z.string().max(60);
export const JobId = z.string().min(1).max(60);

export const ListRuns = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
  job: JobId.optional(),
  status: RunStatus.optional(),
});
export type ListRuns = z.infer<typeof ListRuns>;
export const ListAllRuns = ListRuns.extend({
  tenantId: Pasted.max(60).optional(),
  since: z.number().int().nonnegative().optional().describe("Milliseconds since 1970: only runs that were made from then on."),
});
export type ListAllRuns = z.infer<typeof ListAllRuns>;

export const StartRun = z.object({
  job: JobId,
  params: JobConfig.optional().describe("For this run alone, in place of the client's own settings; named as the job's own schema has it."),
});
export type StartRun = z.infer<typeof StartRun>;

export const Schedule = z.object({
  job: z.string(),
  everyS: z.number(),
  nextAt: z.number(),
  enabled: z.boolean(),
  blocked: ScheduleBlock.nullable(),
  lastRunAt: z.number().nullable(),
  lastSuccessAt: z.number().nullable(),
});
export type Schedule = z.infer<typeof Schedule>;

export const ConfigureJob = z.object({
  job: JobId,
  config: JobConfig.describe("As the job's own schema has it."),
});
export type ConfigureJob = z.infer<typeof ConfigureJob>;

export const ListDeadLetters = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
  open: z.boolean().default(false).describe("Only those that were not replayed."),
  tenantId: Pasted.max(60).optional(),
});
export type ListDeadLetters = z.infer<typeof ListDeadLetters>;
