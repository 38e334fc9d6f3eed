import { readJson } from "#sandbox/body.ts";
import { sandboxClients } from "#sandbox/endpoints.ts";
import { issueTokens } from "#sandbox/oauth/issue.ts";
import { findLive, revokeGrant } from "#sandbox/oauth/ledger.ts";
import { json } from "#sandbox/reply.ts";
import { answerGraphql } from "#sandbox/shopify/answer.ts";
import { callbackHmac } from "#sandbox/shopify/hmac.ts";
import type { Route, SandboxProvider, SandboxState } from "./provider.ts";

const shopPath = /^\/([a-z0-9][a-z0-9-]*\.myshopify\.com)(\/admin\/.*)$/;
const graphqlPath = /^\/admin\/api\/(\d{4}-\d\d|unstable)\/graphql\.json$/;
const offlineType = "urn:shopify:params:oauth:token-type:offline-access-token";
const scopePattern =
  /^(read|write)_(products|orders|all_orders|draft_orders|customers|inventory|locations|fulfillments|discounts|price_rules|reports|marketing_events|checkouts|shipping|analytics|pixels|customer_events|merchant_managed_fulfillment_orders)$/;

/** ../shared/providers.md, Shopify / 1 OAuth and / 3 Callback. */
export const shopify: SandboxProvider = {
  id: "shopify",
  title: "Shopify",
  clientAuth: ["body"],
  pkce: "none",
  scopeSeparator: ",",
  mayUntick: () => false,
  renewalEndsAccess: true,
  rotation: "retryable",
  prefixes: { code: "", access: "shpat_", refresh: "shprt_" },
  refreshLife: 7_776_000,
  accessLife: ({ mode }) => (mode === "expiring" ? 3600 : mode === "online" ? 86_399 : null),
  knowsScope: (scope) => scopePattern.test(scope),
  grantTypeOfBareCode: "authorization_code",
  redirectUriAtToken: false,
  route(path, method) {
    const found = shopPath.exec(path);
    if (!found?.[1] || !found[2]) return null;
    return { kind: kindOf(found[2], method), account: found[1], path: found[2] };
  },
  accounts: (route) => (route.account === null ? [] : [{ id: route.account, label: route.account }]),
  anotherAccount: null,
  authorization(query) {
    const perUser = query.getAll("grant_options[]").includes("per-user");
    return { offline: !perUser, mode: perUser ? "online" : "lasting", problem: null };
  },
  onGranted: () => undefined,
  onRedeemed(state, grant, form) {
    if (grant.mode === "online") return;
    state.ledger.saveGrant(Object.assign(grant, { mode: form.get("expiring") === "1" ? "expiring" : "lasting" }));
    // One live offline token per application and shop: a new one ends the earlier ones.
    for (const older of state.ledger.grantsOf("shopify", grant.account)) {
      if (older !== grant && older.mode !== "online" && hasTokens(state, older.id)) revokeGrant(state.ledger, older);
    }
  },
  refreshable: (_state, grant) => grant.mode === "expiring",
  callback(call, answer) {
    const shop = call.route.account ?? "";
    const host = btoa(`admin.shopify.com/store/${shop.replace(".myshopify.com", "")}`).replace(/=+$/, "");
    const query = { ...answer, shop, host, timestamp: String(Math.floor(call.now / 1000)) };
    return { ...query, hmac: callbackHmac(query, sandboxClients.shopify.clientSecret) };
  },
  tokenReply(call, { grant, pair }) {
    const lasting = { access_token: pair.access.value, scope: grant.scopes.join(",") };
    if (grant.mode === "lasting") return lasting;
    const expiring = { ...lasting, expires_in: secondsLeft(pair.access.expiresAt, call.now) };
    if (grant.mode === "online") return { ...expiring, associated_user_scope: lasting.scope, associated_user: ownerOf(grant.account) };
    return {
      ...expiring,
      refresh_token: pair.refresh?.value,
      refresh_token_expires_in: secondsLeft(pair.refresh?.expiresAt ?? null, call.now),
    };
  },
  /** A lasting offline token becomes an expiring one; there is no way back. */
  extraGrant(state, call, form) {
    if (form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:token-exchange") return null;
    const held = findLive(state.ledger, "access", form.get("subject_token"), call.now);
    const wellFormed = form.get("subject_token_type") === offlineType && form.get("requested_token_type") === offlineType;
    if (!wellFormed || form.get("expiring") !== "1") return json({ error: "invalid_request" }, 400);
    if (held?.grant.mode !== "lasting" || held.grant.account !== call.route.account) return json({ error: "invalid_subject_token" }, 400);
    state.ledger.saveGrant(Object.assign(held.grant, { mode: "expiring" }));
    state.ledger.saveIssued(Object.assign(held.item, { state: "dead" }));
    const pair = issueTokens(state.ledger, shopify, { grant: held.grant, refresh: true, now: call.now });
    return json(shopify.tokenReply(call, { grant: held.grant, pair, request: null }));
  },
  revoke(state, call) {
    const held = findLive(state.ledger, "access", shopify.bearer(call.request), call.now);
    if (!held || held.grant.account !== call.route.account) return shopify.unauthorized(call);
    revokeGrant(state.ledger, held.grant);
    return json({});
  },
  bearer: (request) => request.headers.get("x-shopify-access-token"),
  unauthorized: () => json({ errors: "[API] Invalid API key or access token (unrecognized login or wrong password)" }, 401),
  rateLimited: (retryAfter) =>
    json({ errors: "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service." }, 429, {
      "retry-after": retryAfter.toFixed(1),
    }),
  serverError: (status) => json({ errors: "Internal Server Error" }, status),
  lostPlace: () => json({ errors: [{ message: "Invalid cursor for current pagination sort.", extensions: { code: "BAD_REQUEST" } }] }),
  errorInSuccess: () =>
    json({
      errors: [{ message: "Internal error. Looks like something went wrong on our end.", extensions: { code: "INTERNAL_SERVER_ERROR" } }],
    }),
  changes: ({ body }) => /^\s*mutation\b/.test(String((readJson(body) as { query?: unknown } | undefined)?.query)),
  api(state, call, grant) {
    if (!graphqlPath.test(call.route.path)) return json({ errors: "Not Found" }, 404);
    if (grant.account !== call.route.account) return shopify.unauthorized(call);
    return answerGraphql(state, call, grant);
  },
};

function kindOf(path: string, method: string): Route["kind"] {
  if (path === "/admin/oauth/authorize") return "authorize";
  if (path === "/admin/oauth/access_token") return "token";
  return path === "/admin/api_permissions/current.json" && method === "DELETE" ? "revoke" : "api";
}

function hasTokens(state: SandboxState, grantId: string): boolean {
  return state.ledger.issuedOf(grantId).some(({ kind }) => kind !== "code");
}

function secondsLeft(expiresAt: number | null, now: number): number | undefined {
  return expiresAt === null ? undefined : Math.round((expiresAt - now) / 1000);
}

function ownerOf(shop: string): Record<string, unknown> {
  return {
    id: 1,
    first_name: "Shop",
    last_name: "Owner",
    email: `owner@${shop}`,
    email_verified: true,
    account_owner: true,
    locale: "en",
    collaborator: false,
  };
}
