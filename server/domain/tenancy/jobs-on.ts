import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { isOn, type OnFor } from "./plans.ts";

/** The jobs that a client has on: what is off waits for nothing, and nothing is wanted for it. */
export const jobsOn = (tenant: OnFor): Job[] => allJobs.filter((job) => isOn(tenant, job));
