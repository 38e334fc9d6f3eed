import type { Text } from "#db/words/locales.ts";
import { allJobs } from "#server/catalog/jobs.ts";

/** A job of the shelf, as people read of it. */
export interface JobOnShelf {
  id: string;
  title: Text;
  description: Text;
  /** Ids of the providers that it reads. */
  providers: string[];
}

/** All jobs, in the order in which the portal shows them. */
export const listJobs = (): JobOnShelf[] =>
  allJobs.map(({ id, title, description, needs }) => ({
    id,
    title,
    description,
    providers: [...new Set(needs.map(({ provider }) => provider))],
  }));
