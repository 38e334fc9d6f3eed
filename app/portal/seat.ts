import type { Seat } from "#app/components/automations/automation-state.ts";
import { useTenant } from "./use-tenant.ts";

/** Where a client's people sit on the pages of automations, and what they may do there. */
export function useClientSeat(): Seat {
  const { base, may } = useTenant();
  return {
    base,
    integrations: `${base}/integrations`,
    sets: may("settings:write"),
    stops: may("actions:decide"),
    starts: may("runs:start"),
    staff: false,
  };
}

/** The same for the agency's admins, on their own pages of a client. A run is the client's to start. */
export const staffSeat = (tenant: string): Seat => ({
  base: `/admin/clients/${tenant}`,
  integrations: null,
  sets: true,
  stops: true,
  starts: false,
  staff: true,
});
