import { useRouteLoaderData } from "@remix-run/react";
import type { loadAdmin } from "./load-admin.ts";

/** What all pages of the admin portal know: who asks, and the jobs in the reader's language. */
export function useAdmin() {
  const data = useRouteLoaderData<typeof loadAdmin>("routes/admin");
  if (!data) throw new Error("useAdmin is for pages below /admin.");
  const { jobs } = data;
  return { ...data, titleOfJob: (id: string) => jobs.find((job) => job.id === id)?.title ?? id };
}
