import { answerKlaviyo } from "#sandbox/klaviyo/answer.ts";
import { klaviyoError } from "#sandbox/klaviyo/error.ts";
import { accountName } from "#sandbox/klaviyo/figures.ts";
import { revokeGrant } from "#sandbox/oauth/ledger.ts";
import { clientProblem } from "#sandbox/oauth/token.ts";
import { json } from "#sandbox/reply.ts";
import type { SandboxProvider } from "./provider.ts";

const scopePattern =
  /^(accounts|campaigns|catalogs|conversations|coupon-codes|coupons|custom-objects|events|flows|forms|images|lists|metrics|profiles|push-tokens|reviews|segments|subscriptions|tags|templates|tracking-settings|web-feeds|webhooks):(read|write)$|^data-privacy:write$/;

/** What is posted to ask something is no write. */
const writes = /^\/api\/(events|lists|coupons|.*-jobs|lists\/\w+\/relationships\/profiles)$/;

/** The accounts that the consent page offers: six-character public keys. */
const accounts = ["AcmeG1", "BetaB2", "GammC3"];

/** ../shared/providers.md, Klaviyo / 1 OAuth. */
export const klaviyo: SandboxProvider = {
  id: "klaviyo",
  title: "Klaviyo",
  clientAuth: ["basic"],
  pkce: "required",
  scopeSeparator: " ",
  mayUntick: () => false,
  renewalEndsAccess: false,
  rotation: "strict",
  prefixes: { code: "", access: "", refresh: "" },
  refreshLife: 7_776_000,
  accessLife: () => 3600,
  knowsScope: (scope) => scopePattern.test(scope),
  grantTypeOfBareCode: null,
  redirectUriAtToken: true,
  route(path) {
    if (path === "/oauth/authorize") return { kind: "authorize", account: null, path };
    if (path === "/oauth/token") return { kind: "token", account: null, path };
    if (path === "/oauth/revoke") return { kind: "revoke", account: null, path };
    return path.startsWith("/api/") ? { kind: "api", account: null, path } : null;
  },
  accounts: () => accounts.map((id) => ({ id, label: `${accountName(id)} (${id})` })),
  anotherAccount: { label: "Another account (its six-character key)", pattern: "[A-Za-z0-9]{6}" },
  authorization: (query) => ({
    offline: true,
    mode: "expiring",
    problem: query.get("response_type") === "code" ? null : "unsupported_response_type",
  }),
  onGranted: () => undefined,
  onRedeemed: () => undefined,
  refreshable: () => true,
  callback: (_call, answer) => answer,
  tokenReply: (call, { grant, pair }) => ({
    access_token: pair.access.value,
    refresh_token: pair.refresh?.value,
    expires_in: Math.round(((pair.access.expiresAt ?? call.now) - call.now) / 1000),
    token_type: "bearer",
    scope: grant.scopes.join(" "),
  }),
  revoke(state, call, form) {
    const refused = clientProblem(call, form);
    if (refused) return refused;
    const held = state.ledger.issued.get(form.get("token") ?? "");
    const grant = held && state.ledger.grants.get(held.grantId);
    if (grant?.provider === "klaviyo") revokeGrant(state.ledger, grant);
    return json({}); // RFC 7009: an unknown token is no error
  },
  // A private key has a scheme of its own; neither is taken under the other's.
  bearer: (request) => /^(?:Bearer (?!pk_)|Klaviyo-API-Key (?=pk_))(.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null,
  unauthorized: () =>
    klaviyoError(
      401,
      "not_authenticated",
      "Authentication credentials were not provided.",
      "Missing or invalid authorization scheme or token.",
    ),
  rateLimited: (retryAfter) =>
    klaviyoError(429, "throttled", "Request was throttled.", `Request was throttled. Expected available in ${retryAfter} second(s).`, {
      "retry-after": String(retryAfter),
    }),
  serverError: (status) => klaviyoError(status, "internal_error", "A server error occurred.", "An unexpected error occurred."),
  lostPlace: () => klaviyoError(400, "invalid", "Invalid input.", "Invalid cursor provided.", undefined, { parameter: "page[cursor]" }),
  errorInSuccess: () =>
    json({
      errors: [{ id: crypto.randomUUID(), status: 500, code: "internal_error", title: "A server error occurred.", detail: "Try again." }],
    }),
  changes: ({ route, request }) => request.method === "DELETE" || (request.method === "POST" && writes.test(route.path)),
  api: (state, call, grant) => answerKlaviyo(state, call, grant),
};
