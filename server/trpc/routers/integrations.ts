import * as z from "zod";
import { clientSources } from "#server/domain/connections/client-sources.ts";
import { OwnStatus, ownStatus } from "#server/domain/integrations/own-status.ts";
import { ProviderStatus, ProviderStatusQuery, providerStatus } from "#server/domain/integrations/provider-status.ts";
import { Refreshed, refreshClient } from "#server/domain/tokens/refresh-client.ts";
import { personal, router, staff } from "#server/trpc/init.ts";

/**
 * A provider over all of a person's clients, and over all there are for the agency's admins. Taking a client in begins with a navigation:
 * /api/integrations/:provider/oauth/start.
 */
export const integrations = router({
  /** From whose accounts a client can be made. */
  sources: staff.query(({ ctx }) => clientSources(ctx)),

  /** The person's own clients at a provider. */
  own: personal
    .meta({
      openapi: { method: "GET", path: "/integrations/{provider}/status", summary: "The accounts of one's own clients at a provider" },
    })
    .input(z.object({ provider: z.string().max(40) }))
    .output(OwnStatus)
    .query(({ ctx, input }) => ownStatus(ctx, input)),

  status: staff
    .meta({
      openapi: { method: "GET", path: "/integrations/{provider}/oauth/status", summary: "Which clients are connected at a provider" },
    })
    .input(ProviderStatusQuery)
    .output(ProviderStatus)
    .query(({ ctx, input }) => providerStatus(ctx, input)),

  refresh: staff
    .meta({
      openapi: {
        method: "POST",
        path: "/integrations/{provider}/oauth/refresh/{clientId}",
        summary: "Renew the tokens of a client's accounts at a provider now",
      },
    })
    .input(z.object({ provider: z.string().max(40), clientId: z.string().max(60) }))
    .output(z.array(Refreshed))
    .mutation(({ ctx, input }) => refreshClient(ctx, input)),
});
