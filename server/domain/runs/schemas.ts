import * as z from "zod";
import type { RunParams } from "#db/words/runs.ts";
import { logLevels, runErrorKinds, runStatuses, runTriggers } from "#db/words/runs.ts";
import { JobConfig, JobId } from "#server/domain/schedules/schemas.ts";
import { Pasted, Text } from "#server/domain/tenancy/schemas.ts";

export const RunStatus = z.enum(runStatuses);
export const RunTrigger = z.enum(runTriggers);
export const LogLevel = z.enum(logLevels);

export const RunErrorKind = z.enum(runErrorKinds);

const Params = z.record(z.string(), z.union([z.string(), z.number(), Text])) satisfies z.ZodType<RunParams>;

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
  errorMessage: z.string().nullable().describe("What went wrong, in words: ours for `errorCode`, else the provider's own."),
  errorCode: z.string().nullable().describe("The code of what went wrong, where that is for us to say."),
  errorParams: Params.nullable().describe("What the sentence of `errorCode` names."),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  requestedBy: z.string().nullable(),
  params: JobConfig.nullable().describe("What it was started with in place of the client's own settings."),
  calls: z.number().describe("Calls to providers so far, those that failed too."),
});
export type Run = z.infer<typeof Run>;
/** A run as its row has it: with `errorParams` its `errorMessage` is a code. */
export type StoredRun = Omit<Run, "errorCode">;

export const RunLogLine = z.object({
  seq: z.number(),
  at: z.number(),
  level: LogLevel,
  message: z.string(),
  code: z.string().nullable().describe("The code of the line, where it is a sentence of ours."),
  params: Params.nullable().describe("What the sentence of `code` names."),
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
export type StoredRunWithLogs = StoredRun & Pick<RunWithLogs, "defect"> & { logs: Omit<RunLogLine, "code">[] };

export const RunId = z.string().max(60);
const ProviderId = z.string().max(40);
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
  provider: ProviderId.optional().describe("Of jobs that read this provider."),
  cause: RunErrorKind.optional().describe("How they failed: of failures, and of what is tried again."),
  minCalls: z.number().int().min(1).optional().describe("That made so many calls to providers at least."),
});
export type ListAllRuns = z.infer<typeof ListAllRuns>;

export const StartRun = z.object({
  job: JobId,
  params: JobConfig.optional().describe("For this run alone, in place of the client's own settings; named as the job's own schema has it."),
});
export type StartRun = z.infer<typeof StartRun>;

const Until = z.string().max(60).optional().describe("None that came after this one: `until` of what was counted.");

/** Which open runs are meant; without any field all of them. */
export const WhichRuns = z.object({
  tenantId: Pasted.max(60).optional().describe("Of this client alone."),
  job: JobId.optional().describe("Of this job alone."),
  provider: ProviderId.optional().describe("Of jobs that read this provider alone."),
  status: z.enum(["queued", "running"]).optional().describe("Of those that wait, or of those that run."),
  until: Until,
});
export type WhichRuns = z.infer<typeof WhichRuns>;
/** What a deed on many would reach, before it is done. */
export const Matching = z.object({
  found: z.number().describe("How many are meant, counted to 500."),
  more: z.boolean().describe("Whether so many were counted that there may be more."),
  until: z.string().nullable().describe("The newest that was counted: what is done then is done to no later one."),
  groups: z
    .array(z.object({ tenantId: z.string().nullable(), tenantName: z.string().nullable(), job: z.string().nullable(), count: z.number() }))
    .describe("The same by client and job, the most first."),
});
export type Matching = z.infer<typeof Matching>;
export const CancelledRuns = z.object({
  found: z.number().describe("Open runs that are meant, counted to 500."),
  cancelled: z.number().describe("Cancelled now: 50 at most."),
  left: z.number().describe("Still open; one that ended meanwhile is none of them."),
});
export type CancelledRuns = z.infer<typeof CancelledRuns>;

export const ListDeadLetters = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
  open: z.boolean().default(false).describe("Only those that were not replayed."),
  tenantId: Pasted.max(60).optional(),
});
export type ListDeadLetters = z.infer<typeof ListDeadLetters>;

export const WhichLetters = z.object({
  job: z.string().max(80).optional().describe("Of this job alone."),
  cause: z.string().max(40).optional().describe("Of this cause alone: how the run failed, else why the queue gave the message up."),
  tenantId: Pasted.max(60).optional().describe("Of this client alone."),
  until: Until,
});
export const ReplayLetters = WhichLetters.extend({
  dryRun: z.boolean().default(false).describe("Only says what would be replayed."),
});
export type ReplayLetters = z.infer<typeof ReplayLetters>;
export const ReplayedLetters = z.object({
  found: z.number().describe("Open letters that are meant, counted to 500."),
  clients: z.array(z.string()).describe("Whose they are."),
  replayed: z.number().describe("Sent again now: 50 at most."),
  refused: z.number().describe("Not sent: a run of the same job is open, or somebody was faster."),
  left: z.number().describe("Still there."),
});
export type ReplayedLetters = z.infer<typeof ReplayedLetters>;
