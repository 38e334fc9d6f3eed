import * as z from "zod";
import { answerShown, findShown } from "#server/domain/connecting/answer-shown.ts";
import { chooseResources } from "#server/domain/connecting/choose-resources.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { keepKey } from "#server/domain/connecting/keep-key.ts";
import { preferConnection } from "#server/domain/connecting/prefer-connection.ts";
import { refreshResources } from "#server/domain/connecting/refresh-resources.ts";
import { AnswerShown, ShownRef } from "#server/domain/connecting/schemas.ts";
import { removeWebhookSecret, setWebhookSecret } from "#server/domain/connecting/set-webhook-secret.ts";
import { listResourcesOf } from "#server/domain/connections/list-resources-of.ts";
import {
  ChooseResources,
  ChosenResource,
  ConnectedKey,
  ConnectionRef,
  ConnectKey,
  ListResources,
  OwedRef,
  RefreshedResources,
  RemoveWebhookSecret,
  ResourcePage,
  SetWebhookSecret,
  WebhookSecretSet,
} from "#server/domain/connections/schemas.ts";
import { probeConnection } from "#server/domain/health/probe-connection.ts";
import { listFurtherPermissions } from "#server/domain/integrations/list-further-permissions.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { listNotices } from "#server/domain/integrations/list-notices.ts";
import { listUnusedScopes } from "#server/domain/integrations/unused-scopes.ts";
import { settleOwed } from "#server/domain/tokens/settle-owed.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";
import { Disconnected, Done, Integrations, Probe, UnusedScopes, whenDone } from "#server/trpc/replies.ts";
import { wordedEnd, wordedFarewell, wordedIntegrations, wordedProbe } from "#server/trpc/say-connections.ts";

/** No answer here holds a token, sealed or not; a webhook secret that we made is told once, to who asked for it. Connecting itself is a navigation: /api/auth/oauth/:provider/authorize. */
export const connections = router({
  /** Every provider, with this client's accounts there. */
  list: memberOrStaff("portal:read")
    .meta({ openapi: { method: "GET", path: "/connections/{tenant}", summary: "Every provider, with a client's accounts there" } })
    .output(Integrations)
    .query(async ({ ctx }) => wordedIntegrations(ctx, await listIntegrations(ctx))),
  /** What each page of a client says of its accounts. */
  notices: memberOrStaff("portal:read").query(({ ctx }) => listNotices(ctx)),
  /** Connects an account by a key, or replaces the key of one. */
  connectKey: memberOrStaff("connections:write")
    .meta({
      openapi: {
        method: "POST",
        path: "/connections/{tenant}/keys",
        summary: "Connect an account by its key, which is checked at the provider before it is kept",
        description: "The key is never answered. Which fields a provider asks for is in its `keyForm` (connections.list).",
        status: 201,
      },
    })
    .input(ConnectKey)
    .output(ConnectedKey)
    .mutation(({ ctx, input }) => connectKey(ctx, input)),
  /** The account that a consent of this browser brought, and that waits for a yes before it is kept. */
  shown: memberOrStaff("connections:write")
    .input(ShownRef)
    .query(({ ctx, input }) => findShown(ctx, input)),
  answerShown: memberOrStaff("connections:write")
    .input(AnswerShown)
    .mutation(async ({ ctx, input }) => wordedEnd(ctx, await answerShown(ctx, input))),
  disconnect: memberOrStaff("connections:write")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/connections/{tenant}/{connectionId}",
        summary: "Disconnect an account: give access back, destroy its tokens, keep its history",
      },
    })
    .input(ConnectionRef)
    .output(Disconnected)
    .mutation(async ({ ctx, input }) => wordedFarewell(ctx, await disconnect(ctx, input))),
  /** Keeps a key that a sign-in of its account would replace. */
  keepKey: memberOrStaff("settings:write")
    .meta({
      openapi: {
        method: "POST",
        path: "/connections/{tenant}/{connectionId}/keep",
        summary: "Keep a key that would end since a sign-in of the same account replaced it",
      },
    })
    .input(ConnectionRef)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(keepKey(ctx, input))),
  /** Access that we could not give back: a person says that they removed it at the provider. */
  settleOwed: memberOrStaff("connections:write")
    .meta({
      openapi: {
        method: "POST",
        path: "/connections/{tenant}/owed/{owedId}/removed",
        summary: "Say that access which the provider never confirmed to have ended was removed there by hand",
      },
    })
    .input(OwedRef)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(settleOwed(ctx, input))),
  /** Tries the connection now. */
  probe: memberOrStaff("connections:write")
    .meta({ openapi: { method: "POST", path: "/connections/{tenant}/{connectionId}/probe", summary: "Try a connection now" } })
    .input(ConnectionRef)
    .output(Probe)
    .mutation(async ({ ctx, input }) => wordedProbe(ctx, await probeConnection(ctx, input))),
  /** What can be chosen under an account, as the provider last listed it. */
  resources: memberOrStaff("portal:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/connections/{tenant}/{connectionId}/resources",
        summary: "The things under a connected account that can be chosen: properties, sites, ad accounts, pages",
      },
    })
    .input(ListResources)
    .output(ResourcePage)
    .query(({ ctx, input }) => listResourcesOf(ctx, input)),
  choose: memberOrStaff("connections:write")
    .meta({
      openapi: {
        method: "PUT",
        path: "/connections/{tenant}/{connectionId}/chosen",
        summary: "Choose what jobs may read under a connected account",
      },
    })
    .input(ChooseResources)
    .output(z.array(ChosenResource))
    .mutation(({ ctx, input }) => chooseResources(ctx, input)),
  relist: memberOrStaff("connections:write")
    .meta({
      openapi: {
        method: "POST",
        path: "/connections/{tenant}/{connectionId}/resources",
        summary: "Ask the provider again what can be chosen under a connected account",
      },
    })
    .input(ConnectionRef)
    .output(RefreshedResources)
    .mutation(({ ctx, input }) => refreshResources(ctx, input)),
  prefer: memberOrStaff("connections:write")
    .meta({
      openapi: {
        method: "POST",
        path: "/connections/{tenant}/{connectionId}/prefer",
        summary: "Say which of several accounts at one provider jobs read",
      },
    })
    .input(ConnectionRef)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(preferConnection(ctx, input))),
  /** Keeps what an account's own events are signed with, and says where the provider is to send them. */
  setWebhookSecret: memberOrStaff("connections:write")
    .meta({
      openapi: {
        method: "PUT",
        path: "/connections/{tenant}/{connectionId}/webhook-secret",
        summary: "Keep the secret that an account's own events are signed with; the one before it opens for three days more",
      },
    })
    .input(SetWebhookSecret)
    .output(WebhookSecretSet)
    .mutation(({ ctx, input }) => setWebhookSecret(ctx, input)),
  removeWebhookSecret: memberOrStaff("connections:write")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/connections/{tenant}/{connectionId}/webhook-secret",
        summary: "End the webhook secret before the one in use at once, or both",
      },
    })
    .input(RemoveWebhookSecret)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(removeWebhookSecret(ctx, input))),
  /** Permissions beyond the sets that may be asked for by name. */
  permissions: memberOrStaff("portal:read")
    .input(z.object({ provider: z.string().max(40) }))
    .query(({ input }) => listFurtherPermissions(input)),
  /** What was granted and nothing has used for long. */
  unused: memberOrStaff("portal:read")
    .meta({
      openapi: { method: "GET", path: "/clients/{tenant}/unused-scopes", summary: "What was granted and nothing has used for long" },
    })
    .output(UnusedScopes)
    .query(({ ctx }) => listUnusedScopes(ctx)),
});
