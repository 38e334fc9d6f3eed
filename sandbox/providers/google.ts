import { answerGoogle } from "#sandbox/google/answer.ts";
import { googleError } from "#sandbox/google/error.ts";
import { idToken } from "#sandbox/google/identity.ts";
import { findLive, revokeGrant } from "#sandbox/oauth/ledger.ts";
import { json } from "#sandbox/reply.ts";
import type { SandboxProvider } from "./provider.ts";

const prefix = "https://www.googleapis.com/auth/";
const identityScopes = ["openid", "email", "profile"];
const scopeNames =
  /^(analytics|analytics\.readonly|analytics\.edit|webmasters|webmasters\.readonly|calendar|calendar\.(readonly|events|freebusy|events\.freebusy|events\.readonly|calendarlist\.readonly)|gmail\.(send|readonly|modify|compose|metadata)|adwords|userinfo\.(email|profile))$/;
const services = /^\/(analyticsdata|analyticsadmin|openidconnect|googleads|www)(\/.*)$/;

/** The people that the consent page offers. */
const people = ["owner@acme-gifts.example", "owner@beta.example", "owner@gamma.example"];

/** ../shared/providers.md, Google / 1 OAuth. Revoking ends everything that the person granted to our application. */
export const google: SandboxProvider = {
  id: "google",
  title: "Google",
  clientAuth: ["body", "basic"],
  pkce: "supported",
  scopeSeparator: " ",
  mayUntick: (scope) => !identityScopes.includes(scope),
  renewalEndsAccess: false,
  rotation: "no",
  prefixes: { code: "4/0", access: "ya29.", refresh: "1//0" },
  refreshLife: null,
  accessLife: () => 3599,
  knowsScope: (scope) => identityScopes.includes(scope) || (scope.startsWith(prefix) && scopeNames.test(scope.slice(prefix.length))),
  grantTypeOfBareCode: null,
  redirectUriAtToken: true,
  route(path) {
    if (path === "/o/oauth2/v2/auth") return { kind: "authorize", account: null, path };
    if (path === "/token") return { kind: "token", account: null, path };
    if (path === "/revoke") return { kind: "revoke", account: null, path };
    return services.test(path) ? { kind: "api", account: null, path } : null;
  },
  accounts: () => people.map((id) => ({ id, label: id })),
  anotherAccount: { label: "Another person (e-mail address)", pattern: "[^\\s@]+@[^\\s@]+" },
  authorization: (query) => ({
    offline: query.get("access_type") === "offline",
    mode: "expiring",
    problem: query.get("response_type") === "code" ? null : "unsupported_response_type",
  }),
  onGranted(state, grant, query) {
    const scopes = new Set(grant.scopes);
    if (query.get("include_granted_scopes") === "true") {
      for (const older of state.ledger.grantsOf("google", grant.account)) {
        if (!older.revoked && older !== grant) for (const scope of older.scopes) scopes.add(scope);
      }
    }
    // A person who was asked before is given no refresh token again, unless the consent was asked for anew.
    const repeated = state.ledger
      .grantsOf("google", grant.account)
      .some((older) => older !== grant && !older.revoked && state.ledger.issuedOf(older.id).some(({ kind }) => kind === "refresh"));
    const mode = repeated && query.get("prompt") !== "consent" ? "online" : "expiring";
    state.ledger.saveGrant(Object.assign(grant, { scopes: [...scopes], mode }));
  },
  onRedeemed(state, grant) {
    const live = state.ledger
      .grantsOf("google", grant.account)
      .filter((each) => !each.revoked && state.ledger.issuedOf(each.id).some(({ kind, state: is }) => kind === "refresh" && is === "live"));
    // A person's hundred-and-first refresh token silently ends the oldest.
    for (const oldest of live.slice(0, Math.max(0, live.length - 99))) revokeGrant(state.ledger, oldest);
  },
  refreshable: (_state, grant, request) => request.offline && grant.mode === "expiring",
  callback: (_call, answer, grant) => (grant ? { ...answer, scope: grant.scopes.join(" "), authuser: "0", prompt: "consent" } : answer),
  tokenReply: (call, { grant, pair, request }) => ({
    access_token: pair.access.value,
    expires_in: Math.round(((pair.access.expiresAt ?? call.now) - call.now) / 1000),
    ...(pair.refresh && { refresh_token: pair.refresh.value }),
    scope: grant.scopes.join(" "),
    token_type: "Bearer",
    ...(grant.scopes.includes("openid") && { id_token: idToken(grant.account, request?.nonce ?? null, call.now) }),
  }),
  revoke(state, call, form) {
    const token = form.get("token") ?? call.url.searchParams.get("token");
    const held = findLive(state.ledger, "access", token, call.now) ?? findLive(state.ledger, "refresh", token, call.now);
    if (held?.grant.provider !== "google") return json({ error: "invalid_token", error_description: "Token expired or revoked" }, 400);
    for (const grant of state.ledger.grantsOf("google", held.grant.account)) revokeGrant(state.ledger, grant);
    return json({});
  },
  bearer: (request) => /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null,
  unauthorized: () =>
    googleError(
      401,
      "UNAUTHENTICATED",
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
    ),
  rateLimited: (retryAfter) =>
    googleError(429, "RESOURCE_EXHAUSTED", "Exhausted property tokens per hour.", undefined, { "retry-after": String(retryAfter) }),
  serverError: (status) => googleError(status, status === 503 ? "UNAVAILABLE" : "INTERNAL", "Internal error encountered."),
  lostPlace: () => googleError(400, "INVALID_ARGUMENT", "Request contains an invalid argument: page_token."),
  errorInSuccess: () => json({ error: { code: 500, message: "Internal error encountered.", status: "INTERNAL" } }),
  api: (state, call, grant) => answerGoogle(state, call, grant),
};
