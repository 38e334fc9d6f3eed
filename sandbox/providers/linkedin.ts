import { json } from "#sandbox/reply.ts";
import type { SandboxProvider } from "./provider.ts";

const scopeNames =
  /^(openid|profile|email|[rw]_member_social|[rw]_organization_social|rw?_organization_admin|r_ads|r_ads_reporting|rw_ads)$/;

interface Person {
  name: string;
  email: string;
  /** Whether the app is one that LinkedIn gives refresh tokens. At LinkedIn that is the app's; here each stands for an app of its own. */
  approved: boolean;
}

/** The people that the consent page offers, by their `sub`. Anybody else is approved. */
const people: Record<string, Person> = {
  acmeOwn001: { name: "Owner Acme", email: "owner@acme-gifts.example", approved: true },
  betaOwn002: { name: "Owner Beta", email: "owner@beta.example", approved: true },
  gammOwn003: { name: "Owner Gamma", email: "owner@gamma.example", approved: true },
  deltOwn004: { name: "Owner Delta (no refresh token)", email: "owner@delta.example", approved: false },
};
const personOf = (sub: string): Person => people[sub] ?? { name: sub, email: `${sub.toLowerCase()}@people.example`, approved: true };

/** The versions that answer, newest first. */
const versions = /^20260[1-9]$|^20261[0-2]$/;

const linkedinError = (status: number, serviceErrorCode: number, code: string, message: string, as = status): Response =>
  json({ status, serviceErrorCode, code, message }, as);

const secondsLeft = (expiresAt: number | null | undefined, now: number): number => Math.round(((expiresAt ?? now) - now) / 1000);

/** ../shared/providers.md, LinkedIn / 1 OAuth: a refresh token for approved apps only, whose life begins with the consent. */
export const linkedin: SandboxProvider = {
  id: "linkedin",
  title: "LinkedIn",
  clientAuth: ["body"],
  pkce: "none",
  scopeSeparator: /[ ,]/,
  denial: "user_cancelled_authorize",
  mayUntick: () => false,
  renewalEndsAccess: false,
  rotation: "no",
  prefixes: { code: "AQT", access: "AQX", refresh: "AQW" },
  refreshLife: 31_536_000,
  accessLife: () => 5_183_999,
  knowsScope: (scope) => scopeNames.test(scope),
  grantTypeOfBareCode: null,
  redirectUriAtToken: true,
  route(path) {
    if (path === "/oauth/v2/authorization") return { kind: "authorize", account: null, path };
    if (path === "/oauth/v2/accessToken") return { kind: "token", account: null, path };
    return /^\/(v2|rest)\//.test(path) ? { kind: "api", account: null, path } : null;
  },
  accounts: () => Object.entries(people).map(([id, { name }]) => ({ id, label: name })),
  anotherAccount: { label: "Another person (ten letters and digits)", pattern: "[A-Za-z0-9]{10}" },
  authorization: (query) => ({
    offline: true,
    mode: "expiring",
    problem: query.get("response_type") === "code" ? null : "unsupported_response_type",
  }),
  onGranted(state, grant) {
    if (!personOf(grant.account).approved) state.ledger.saveGrant(Object.assign(grant, { mode: "online" }));
  },
  onRedeemed: () => undefined,
  refreshable: (_state, grant) => grant.mode === "expiring",
  callback: (_call, answer) => answer,
  tokenReply(call, { grant, pair, sent }) {
    const refresh = pair.refresh ?? sent;
    return {
      access_token: pair.access.value,
      expires_in: secondsLeft(pair.access.expiresAt, call.now),
      scope: grant.scopes.join(","),
      token_type: "Bearer",
      ...(refresh && { refresh_token: refresh.value, refresh_token_expires_in: secondsLeft(refresh.expiresAt, call.now) }),
    };
  },
  revoke: () => new Response("Not Found\n", { status: 404 }),
  bearer: (request) => /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null,
  unauthorized(_call, dead) {
    if (dead === undefined) return linkedinError(401, 65600, "INVALID_ACCESS_TOKEN", "Invalid access token");
    return dead.state === "live"
      ? linkedinError(401, 65602, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired")
      : linkedinError(401, 65601, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user");
  },
  // It says no time: the limit is the day's.
  rateLimited: () => linkedinError(429, 101, "TOO_MANY_REQUESTS", "Resource level throttle limit for calls to this resource is reached."),
  serverError: (status) => linkedinError(status, 0, "INTERNAL_SERVER_ERROR", "Internal server error"),
  errorInSuccess: () => linkedinError(500, 0, "INTERNAL_SERVER_ERROR", "Internal server error", 200),
  api(_state, { request, route }, { account }) {
    const version = request.headers.get("linkedin-version");
    if (route.path.startsWith("/rest/") && version === null) return linkedinError(400, 0, "VERSION_MISSING", "A version must be present.");
    if (route.path.startsWith("/rest/") && !versions.test(version ?? "")) {
      return linkedinError(426, 0, "NONEXISTENT_VERSION", `Requested version ${version} is not active`);
    }
    if (route.path !== "/v2/userinfo") return linkedinError(404, 0, "RESOURCE_NOT_FOUND", "No such resource.");
    const { name, email } = personOf(account);
    const [given_name = "", ...family] = name.split(" ");
    const locale = { country: "GB", language: "en" };
    return json({ sub: account, name, given_name, family_name: family.join(" "), locale, email, email_verified: true });
  },
};
