import { allJobs } from "#server/catalog/jobs.ts";

/** The jobs that a job and a provider mean together: those that read the provider; undefined where neither says anything. */
export function jobsMeant({ job, provider }: { job?: string | undefined; provider?: string | undefined }): string[] | undefined {
  if (provider === undefined) return job === undefined ? undefined : [job];
  const readers = allJobs.filter(({ needs }) => needs.some((need) => need.provider === provider)).map(({ id }) => id);
  return job === undefined ? readers : readers.filter((id) => id === job);
}

/** Ids of the providers that a job reads; without one, of those that any does. */
export const providersRead = (job?: string): string[] => [
  ...new Set(allJobs.filter(({ id }) => job === undefined || id === job).flatMap(({ needs }) => needs.map(({ provider }) => provider))),
];
