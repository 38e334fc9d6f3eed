import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { Tenant } from "#server/ctx.ts";
import { isOn } from "./plans.ts";

/** The jobs that a client has on: what is off waits for nothing, and nothing is wanted for it. */
export const jobsOn = (tenant: Pick<Tenant, "plan" | "features">): Job[] => allJobs.filter((job) => isOn(tenant, job));
