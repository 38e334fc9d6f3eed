import { useRouteLoaderData } from "@remix-run/react";
import type { loadAdmin } from "./load-admin.ts";

/** What all pages of the admin portal know: who asks, and the jobs in the reader's language. */
export function useAdmin() {
  const data = useRouteLoaderData<typeof loadAdmin>("routes/admin");
  if (!data) throw new Error("useAdmin is for pages below /admin.");
  const { jobs, waiting } = data;
  const jobOf = (id: string) => jobs.find((job) => job.id === id);
  return {
    ...data,
    titleOfJob: (id: string) => jobOf(id)?.title ?? id,
    /** The open incident of a provider that the job reads. */
    incidentOf: (id: string) => waiting.openIncidents.find(({ provider }) => jobOf(id)?.providers.includes(provider)),
  };
}
