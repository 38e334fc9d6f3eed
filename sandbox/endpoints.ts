export const sandboxProviders = ["shopify", "klaviyo", "google", "hubspot", "slack", "linkedin", "meta", "tiktok"] as const;
export type SandboxProviderId = (typeof sandboxProviders)[number];

/** Services that are connected by a key: nobody consents there. */
export const keyServices = ["telnyx", "cj", "bigbuy", "vapi", "twilio", "whatsapp", "apify"] as const;
export type KeyServiceId = (typeof keyServices)[number];

/** The URL templates of one provider, without what it does not have. `{shop}` and `{service}` are left to the caller. */
export interface SandboxEndpoints {
  authorize: string;
  token: string;
  revoke?: string;
  introspect?: string;
  api: string;
}

/** The shop that is loaded from the file; every other name gets a generated one. */
export const realShop = "acme-gifts.myshopify.com";

/** What every code and token that the sandbox issues contains, so that logs can be searched for any of them. */
export const issuedSecretPattern = /sbx[0-9a-f]{40}/;

/** Credentials of the one application that each sandbox provider knows. They open nothing anywhere else. */
export const sandboxClients: Record<SandboxProviderId, { clientId: string; clientSecret: string }> = {
  shopify: { clientId: "sandbox-shopify-client", clientSecret: "sandbox-shopify-secret-3f1c9a" },
  klaviyo: { clientId: "sandbox-klaviyo-client", clientSecret: "sandbox-klaviyo-secret-8b27d0" },
  google: { clientId: "sandbox-google-client.apps.example", clientSecret: "sandbox-google-secret-51e6fb" },
  hubspot: { clientId: "sandbox-hubspot-client", clientSecret: "sandbox-hubspot-secret-c07e42" },
  slack: { clientId: "1234567890.sandbox", clientSecret: "sandbox-slack-secret-94da1b" },
  linkedin: { clientId: "sandbox-linkedin-client", clientSecret: "sandbox-linkedin-secret-2ab6f3" },
  meta: { clientId: "1800000000000001", clientSecret: "sandbox-meta-secret-7d20e5" },
  tiktok: { clientId: "7000000000000000001", clientSecret: "sandbox-tiktok-secret-e83b16" },
};

/** What the sandbox signs webhooks with, where it is not the client's secret; and the word of Meta's handshake. */
export const webhookSecrets = {
  KLAVIYO_WEBHOOK_SECRET: "sandbox-klaviyo-webhook-secret-5f90",
  SLACK_SIGNING_SECRET: "sandbox-slack-signing-secret-71be",
  META_WEBHOOK_VERIFY_TOKEN: "sandbox-meta-verify-word-c3d4",
};

/** The configuration that points every provider at a sandbox, with the credentials that it knows. */
export function sandboxVariables(origin: string): Record<string, string> & { PROVIDER_ENDPOINTS: string } {
  const credentials = sandboxProviders.flatMap((provider) => [
    [`${provider.toUpperCase()}_CLIENT_ID`, sandboxClients[provider].clientId],
    [`${provider.toUpperCase()}_CLIENT_SECRET`, sandboxClients[provider].clientSecret],
  ]);
  const endpoints = { ...sandboxEndpoints(origin), ...keyEndpoints(origin) };
  return {
    PROVIDER_ENDPOINTS: JSON.stringify(endpoints),
    ...webhookSecrets,
    ...Object.fromEntries(credentials),
  };
}

/** The endpoints under one origin, such as `http://127.0.0.1:8799`: the value of PROVIDER_ENDPOINTS. */
export function sandboxEndpoints(origin: string) {
  const root = origin.replace(/\/+$/, "");
  return {
    shopify: {
      authorize: `${root}/shopify/{shop}/admin/oauth/authorize`,
      token: `${root}/shopify/{shop}/admin/oauth/access_token`,
      revoke: `${root}/shopify/{shop}/admin/api_permissions/current.json`,
      api: `${root}/shopify/{shop}`,
    },
    klaviyo: {
      authorize: `${root}/klaviyo/oauth/authorize`,
      token: `${root}/klaviyo/oauth/token`,
      revoke: `${root}/klaviyo/oauth/revoke`,
      api: `${root}/klaviyo`,
    },
    google: {
      authorize: `${root}/google/o/oauth2/v2/auth`,
      token: `${root}/google/token`,
      revoke: `${root}/google/revoke`,
      api: `${root}/google/{service}`,
    },
    hubspot: {
      authorize: `${root}/hubspot/oauth/authorize`,
      token: `${root}/hubspot/oauth/2026-03/token`,
      revoke: `${root}/hubspot/oauth/2026-03/token/revoke`,
      introspect: `${root}/hubspot/oauth/2026-03/token/introspect`,
      api: `${root}/hubspot`,
    },
    slack: {
      authorize: `${root}/slack/oauth/v2/authorize`,
      token: `${root}/slack/api/oauth.v2.access`,
      revoke: `${root}/slack/api/auth.revoke`,
      api: `${root}/slack/api`,
    },
    linkedin: {
      authorize: `${root}/linkedin/oauth/v2/authorization`,
      token: `${root}/linkedin/oauth/v2/accessToken`,
      api: `${root}/linkedin`,
    },
    meta: {
      authorize: `${root}/meta/v26.0/dialog/oauth`,
      token: `${root}/meta/v26.0/oauth/access_token`,
      revoke: `${root}/meta/v26.0/me/permissions`,
      api: `${root}/meta/v26.0`,
    },
    tiktok: {
      authorize: `${root}/tiktok/portal/auth`,
      token: `${root}/tiktok/open_api/v1.3/oauth2/access_token/`,
      revoke: `${root}/tiktok/open_api/v1.3/oauth2/revoke_token/`,
      api: `${root}/tiktok/open_api/v1.3`,
    },
  } satisfies Record<SandboxProviderId, SandboxEndpoints>;
}

/** The API bases of the services that are connected by a key, for PROVIDER_ENDPOINTS too. */
function keyEndpoints(origin: string): Record<KeyServiceId, { api: string }> {
  const root = origin.replace(/\/+$/, "");
  return Object.fromEntries(keyServices.map((id) => [id, { api: `${root}/${id}` }])) as Record<KeyServiceId, { api: string }>;
}
