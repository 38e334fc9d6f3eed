import * as z from "zod";
import type * as words from "#db/words/runs.ts";
import { scheduleBlocks } from "#db/words/runs.ts";
import type { ErrorCode, ParamsOf } from "#server/errors.ts";

export const JobId = z.string().min(1).max(60);

export const ScheduleBlock = z.enum(scheduleBlocks);

const maxConfig = 10_000;
export const JobConfig = z.record(z.string().max(60), z.unknown()).refine((config) => JSON.stringify(config).length <= maxConfig, {
  error: "too_long" satisfies ErrorCode,
  params: { most: maxConfig } satisfies ParamsOf<"too_long">,
}) satisfies z.ZodType<words.JobConfig>;

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
