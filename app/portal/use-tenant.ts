import { useRouteLoaderData } from "@remix-run/react";
import type { Permission } from "./enter-tenant.ts";
import type { loadTenant } from "./load-tenant.ts";

/** The workspace around this page, what the reader may do in it, and what all its pages name: jobs and providers. */
export function useTenant() {
  const data = useRouteLoaderData<typeof loadTenant>("routes/t.$tenant");
  if (!data) throw new Error("useTenant is for pages below /t/:tenant.");
  const { tenant, jobs, providers } = data;
  return {
    ...data,
    base: `/t/${tenant.id}`,
    may: (permission: Permission) => tenant.may.includes(permission),
    /** A job's name; its id where it is no longer on the shelf. */
    jobTitle: (id: string) => jobs.find((job) => job.id === id)?.title ?? id,
    /** The names of the providers that a job reads. */
    providersOf: (id: string) =>
      jobs.find((job) => job.id === id)?.providers.map((needed) => providers.find((each) => each.id === needed)?.name ?? needed) ?? [],
  };
}
