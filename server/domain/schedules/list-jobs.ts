import type { Text } from "#db/words/locales.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";

/** A job of the shelf, as people read of it. */
export interface Job {
  id: string;
  title: Text;
  description: Text;
  /** Ids of the providers that it reads. */
  providers: string[];
}

/** All jobs, in the order in which the portal shows them. */
export const listJobs = (): Job[] =>
  sensors.map(({ id, title, description, needs }) => ({
    id,
    title,
    description,
    providers: [...new Set(needs.map(({ provider }) => provider))],
  }));
