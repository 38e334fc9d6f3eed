import { type Ctx, enterTenant, requireStaff } from "#server/ctx.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { DomainError, ifFound } from "#server/errors.ts";
import { resumeActing, stopActing } from "./stop-acting.ts";

/** Of how many clients it was done, and which of their people's own stops it left. */
export interface Stopped {
  done: number;
  /** Names of clients that their own people stopped: only those let them go on. */
  kept: string[];
}

/**
 * Stops all actions of these clients, or lets them go on (`stops` false), each as `stopActing` and `resumeActing` do, with a line in each
 * client's own audit log. An id of no client is passed over. For staff.
 */
export async function stopMany(ctx: Ctx, { tenants, stops }: { tenants: readonly string[]; stops: boolean }): Promise<Stopped> {
  requireStaff(ctx);
  const stopped: Stopped = { done: 0, kept: [] };
  for (const id of new Set(tenants)) {
    const tenant = await ifFound(findTenant(ctx, id));
    if (!tenant) continue;
    try {
      await (stops ? stopActing : resumeActing)(enterTenant(ctx, tenant, "staff"));
      stopped.done++;
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "client_stopped") throw error;
      stopped.kept.push(tenant.name);
    }
  }
  return stopped;
}
