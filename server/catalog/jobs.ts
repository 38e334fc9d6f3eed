import { notFound } from "#server/errors.ts";
import type { Automation } from "./automation.ts";
import { automations } from "./automations/registry.ts";
import type { Job } from "./job.ts";
import type { Sensor } from "./sensor.ts";
import { sensors } from "./sensors/registry.ts";

/** Every job that runs for clients, in the order in which the portal shows them. */
export const allJobs: readonly Job[] = [...sensors, ...automations];

/** Those that measure something, whatever else they do: what tiles and charts are drawn of. */
export const measuringJobs: readonly Sensor[] = allJobs.filter((job): job is Sensor => (job.metrics ?? []).length > 0);

/** The job of this id, or `not_found`. */
export function findJob(id: string): Job {
  const job = allJobs.find((each) => each.id === id);
  if (!job) throw notFound("job");
  return job;
}

/** The automation of this id, or `not_found`. */
export function findAutomation(id: string): Automation {
  const automation = automations.find((each) => each.id === id);
  if (!automation) throw notFound("automation");
  return automation;
}
