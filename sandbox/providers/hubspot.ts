import { answerHubspot } from "#sandbox/hubspot/answer.ts";
import { hubspotError } from "#sandbox/hubspot/error.ts";
import { findLive, revokeGrant } from "#sandbox/oauth/ledger.ts";
import { clientProblem } from "#sandbox/oauth/token.ts";
import { json } from "#sandbox/reply.ts";
import type { SandboxProvider, TokenFailure } from "./provider.ts";

const scopeNames =
  /^(oauth|crm\.objects\.(contacts|companies|deals|line_items|orders|products|owners)\.(read|write)|crm\.schemas\.(contacts|companies|deals)\.(read|write)|crm\.lists\.(read|write)|tickets|sales-email-read|automation|content|forms|analytics\.read|transactional-email|conversations\.(read|write))$/;

interface Portal {
  domain: string;
  timeZone: string;
  companyCurrency: string;
  /** A portal without the paid products: what they bring is not granted, where it was optional. */
  free?: boolean;
}

/** The portals that the consent page offers; any other number is a portal too. */
const portals: Record<string, Portal> = {
  "8001001": { domain: "acme-gifts.example", timeZone: "Europe/London", companyCurrency: "GBP" },
  "8001002": { domain: "beta.example", timeZone: "US/Eastern", companyCurrency: "USD" },
  "8001003": { domain: "gamma.example", timeZone: "Europe/Paris", companyCurrency: "EUR", free: true },
};
const portalOf = (id: string): Portal =>
  portals[id] ?? { domain: `portal-${id}.example`, timeZone: "Europe/London", companyCurrency: "GBP" };
const paidScopes = ["automation", "content", "analytics.read", "transactional-email"];

const tokenWords: Record<TokenFailure["about"], string> = {
  client: "missing or invalid client id or client secret",
  code: "missing or unknown auth code",
  used_code: "auth code already used",
  redirect_uri: "redirect uri does not match that of the authorization",
  verifier: "missing or invalid code_verifier",
  refresh_token: "missing or invalid refresh token",
  grant_type: "unsupported grant type",
};

/** ../shared/providers.md, HubSpot / 1 OAuth: dated endpoints, credentials in the form, errors as in its API. */
export const hubspot: SandboxProvider = {
  id: "hubspot",
  title: "HubSpot",
  clientAuth: ["body"],
  pkce: "supported",
  scopeSeparator: " ",
  scopesAsked: (query) => ["scope", "optional_scope"].flatMap((name) => (query.get(name) ?? "").split(" ")).filter(Boolean),
  mayUntick: () => false,
  renewalEndsAccess: false,
  rotation: "no",
  prefixes: { code: "eu1-", access: "CJT", refresh: "eu1-rt-" },
  refreshLife: null,
  accessLife: () => 1800,
  knowsScope: (scope) => scopeNames.test(scope),
  grantTypeOfBareCode: null,
  redirectUriAtToken: true,
  route(path, method) {
    if (path === "/oauth/authorize") return { kind: "authorize", account: null, path };
    if (path === "/oauth/2026-03/token") return { kind: "token", account: null, path };
    if (path === "/oauth/2026-03/token/revoke") return { kind: "revoke", account: null, path };
    if (path === "/oauth/2026-03/token/introspect") return { kind: "introspect", account: null, path };
    if (/^\/crm\/v[34]\/(owners|pipelines|properties|objects|associations)\b/.test(path)) return { kind: "api", account: null, path };
    return path === "/account-info/v3/details" && method === "GET" ? { kind: "api", account: null, path } : null;
  },
  accounts: () => Object.entries(portals).map(([id, { domain }]) => ({ id, label: `${domain} (${id})` })),
  anotherAccount: { label: "Another portal (its Hub ID)", pattern: "[1-9][0-9]{3,11}" },
  // The app is configured with `oauth` as what it always asks for.
  authorization: (query) => ({
    offline: true,
    mode: "expiring",
    problem: (query.get("scope") ?? "").split(" ").includes("oauth") ? null : "invalid_scope",
  }),
  onGranted(state, grant, query) {
    const required = (query.get("scope") ?? "").split(" ");
    const scopes = grant.scopes.filter((scope) => !portalOf(grant.account).free || !paidScopes.includes(scope) || required.includes(scope));
    state.ledger.saveGrant(Object.assign(grant, { scopes }));
  },
  onRedeemed: () => undefined,
  refreshable: () => true,
  callback: (_call, answer) => answer,
  tokenReply: (call, { grant, pair, sent }) => ({
    token_type: "bearer",
    access_token: pair.access.value,
    refresh_token: (pair.refresh ?? sent)?.value,
    expires_in: Math.round(((pair.access.expiresAt ?? call.now) - call.now) / 1000),
    hub_id: Number(grant.account),
    user_id: 67,
    scopes: grant.scopes,
    token_use: "access_token",
  }),
  tokenError: ({ about, status }) => hubspotError(status, "VALIDATION_ERROR", tokenWords[about], { errors: [] }),
  introspect(state, call, form) {
    const refused = clientProblem(call, form);
    if (refused) return refused;
    const held = findLive(state.ledger, "access", form.get("token"), call.now);
    if (held?.grant.provider !== "hubspot") return json({ active: false });
    const { account, scopes } = held.grant;
    const { domain } = portalOf(account);
    const about = { hub_id: Number(account), hub_domain: domain, user: `owner@${domain}`, user_id: 67, app_id: 54321 };
    return json({ active: true, ...about, scopes, token_use: "access_token", is_private_distribution: false });
  },
  revoke(state, call, form) {
    const refused = clientProblem(call, form);
    if (refused) return refused;
    const held = state.ledger.issued.get(form.get("token") ?? "");
    const grant = held && state.ledger.grants.get(held.grantId);
    if (grant?.provider === "hubspot") revokeGrant(state.ledger, grant);
    return new Response(null, { status: 204 });
  },
  bearer: (request) => /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null,
  unauthorized: (call, dead) =>
    dead?.expiresAt != null && dead.expiresAt <= call.now
      ? hubspotError(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired.")
      : hubspotError(401, "INVALID_AUTHENTICATION", "Authentication credentials not found."),
  // It sends no Retry-After: the wait is in the policy's name.
  rateLimited(retryAfter) {
    const policyName = retryAfter > 10 ? "DAILY" : retryAfter > 1 ? "TEN_SECONDLY_ROLLING" : "SECONDLY";
    const message = `You have reached your ${policyName.toLowerCase()} limit.`;
    return hubspotError(429, "RATE_LIMITS", message, { errorType: "RATE_LIMIT", policyName });
  },
  serverError: (status) => hubspotError(status, "INTERNAL_ERROR", "There was a problem with the request."),
  errorInSuccess: () => hubspotError(200, "INTERNAL_ERROR", "There was a problem with the request."),
  changes: ({ route, request }) => request.method === "POST" && !/\/(search|batch\/read)$/.test(route.path),
  api(state, call, grant) {
    const { account } = grant;
    if (call.route.path !== "/account-info/v3/details") return answerHubspot(state, call, grant);
    const { timeZone, companyCurrency } = portalOf(account);
    return json({
      portalId: Number(account),
      accountType: "STANDARD",
      timeZone,
      companyCurrency,
      additionalCurrencies: [],
      uiDomain: "app-eu1.hubspot.com",
      utcOffset: "+00:00",
      utcOffsetMilliseconds: 0,
      dataHostingLocation: "eu1",
    });
  },
};
