import { notFound } from "#server/errors.ts";
import type { Job } from "./job.ts";
import { sensors } from "./sensors/registry.ts";

/** Every job that runs for clients, in the order in which the portal shows them. */
export const allJobs: readonly Job[] = sensors;

/** The job of this id, or `not_found`. */
export function findJob(id: string): Job {
  const job = allJobs.find((each) => each.id === id);
  if (!job) throw notFound("job");
  return job;
}
