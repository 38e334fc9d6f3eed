import { createContext, useContext } from "react";
import type { Received } from "#app/sent.ts";
import type { Permission } from "./enter-tenant.ts";
import type { loadTenant } from "./load-tenant.ts";

type Portal = Received<Awaited<ReturnType<typeof loadTenant>>["portal"]>;

/** Filled by the layout of /t/:tenant. */
export const TenantContext = createContext<ReturnType<typeof tenantOf> | null>(null);

/** What the layout loaded, with what its pages ask of it. */
export function tenantOf(portal: Portal) {
  const { tenant, jobs, providers } = portal;
  return {
    ...portal,
    base: `/t/${tenant.id}`,
    may: (permission: Permission) => tenant.may.includes(permission),
    /** A job's name; its id where it is no longer on the shelf. */
    jobTitle: (id: string) => jobs.find((job) => job.id === id)?.title ?? id,
    /** The names of the providers that a job reads. */
    providersOf: (id: string) =>
      jobs.find((job) => job.id === id)?.providers.map((needed) => providers.find((each) => each.id === needed)?.name ?? needed) ?? [],
  };
}

/** The workspace around this page, what the reader may do in it, and what all its pages name: jobs and providers. */
export function useTenant() {
  const tenant = useContext(TenantContext);
  if (!tenant) throw new Error("useTenant is for pages below /t/:tenant.");
  return tenant;
}
