import { z } from "zod";
import { disconnect } from "#server/domain/connections/disconnect.ts";
import { listIntegrations } from "#server/domain/connections/list-integrations.ts";
import { listRefreshDue } from "#server/domain/connections/list-refresh-due.ts";
import { probeConnection } from "#server/domain/connections/probe-connection.ts";
import { ConnectionRef } from "#server/domain/connections/schemas.ts";
import { memberOrStaff, router, staff } from "#server/trpc/init.ts";

/** No answer here holds a token, sealed or not. Connecting itself is a navigation: /api/auth/oauth/:provider/authorize. */
export const connections = router({
  /** Every provider, with this client's accounts there. */
  list: memberOrStaff("portal:read").query(({ ctx }) => listIntegrations(ctx)),
  disconnect: memberOrStaff("connections:write")
    .input(ConnectionRef)
    .mutation(({ ctx, input }) => disconnect(ctx, input)),
  /** Tries the connection now. */
  probe: memberOrStaff("connections:write")
    .input(ConnectionRef)
    .mutation(({ ctx, input }) => probeConnection(ctx, input)),
  /** What would be renewed now, in all tenants or in one. */
  refreshDryRun: staff
    .input(z.object({ tenantId: z.string().max(60).optional() }).default({}))
    .query(({ ctx, input }) => listRefreshDue(ctx, input)),
});
