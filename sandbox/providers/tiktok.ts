import { findLive, revokeGrant } from "#sandbox/oauth/ledger.ts";
import { clientProblem } from "#sandbox/oauth/token.ts";
import { advertisersOf, answerTiktok, envelope, tiktokAgency, userName } from "#sandbox/tiktok/answer.ts";
import type { SandboxProvider } from "./provider.ts";

const base = "/open_api/v1.3";
/** What the application is registered for: nothing in the authorize URL changes it. */
const registered = ["1", "2", "3", "4", "5", "6", "8", "9", "12000000", "15000000"];
const users = ["7100000000000000101", "7100000000000000102", "7100000000000000103", tiktokAgency];

/** ../shared/providers.md, TikTok / 1 OAuth: not quite OAuth, and every refusal comes with status 200. */
export const tiktok: SandboxProvider = {
  id: "tiktok",
  title: "TikTok for Business",
  clientAuth: ["body"],
  clientNames: { id: "app_id", secret: "secret" },
  codeName: "auth_code",
  tokenFields: ["access_token"],
  pkce: "none",
  scopeSeparator: ",",
  scopesAsked: () => registered,
  mayUntick: () => true,
  renewalEndsAccess: false,
  rotation: "no",
  prefixes: { code: "", access: "", refresh: "" },
  refreshLife: null,
  accessLife: () => null,
  knowsScope: () => true,
  grantTypeOfBareCode: "authorization_code",
  redirectUriAtToken: false,
  route(path) {
    if (path === "/portal/auth") return { kind: "authorize", account: null, path };
    if (path === `${base}/oauth2/access_token/`) return { kind: "token", account: null, path };
    if (path === `${base}/oauth2/revoke_token/`) return { kind: "revoke", account: null, path };
    return path.startsWith(`${base}/`) && path.endsWith("/") ? { kind: "api", account: null, path } : null;
  },
  accounts: () => users.map((id) => ({ id, label: `${userName(id)} (${id})` })),
  anotherAccount: { label: "Another user (a numeric id)", pattern: "\\d{8,20}" },
  authorization: () => ({ offline: false, mode: "lasting", problem: null }),
  onGranted: () => undefined,
  onRedeemed: () => undefined,
  refreshable: () => false,
  // The code comes under both names.
  callback: (_call, answer) => (answer.auth_code === undefined ? answer : { ...answer, code: answer.auth_code }),
  tokenReply: (_call, { grant, pair }) => ({
    code: 0,
    message: "OK",
    request_id: crypto.randomUUID().replaceAll("-", ""),
    data: {
      access_token: pair.access.value,
      advertiser_ids: advertisersOf(grant.account).map(({ advertiser_id }) => advertiser_id),
      scope: grant.scopes.map(Number),
    },
  }),
  tokenError({ about, description }) {
    if (about === "client") return envelope(40113, "app_id and secret do not match.");
    return about === "grant_type" ? envelope(40002, "auth_code: Missing data for required field.") : envelope(40110, description);
  },
  revoke(state, call, form) {
    const refused = clientProblem(call, form);
    if (refused) return refused;
    const held = findLive(state.ledger, "access", form.get("access_token"), call.now);
    if (held?.grant.provider !== "tiktok" || tiktok.bearer(call.request) !== held.item.value)
      return envelope(40105, "Access token is incorrect or has been revoked.");
    revokeGrant(state.ledger, held.grant);
    return envelope(0, "OK");
  },
  bearer: (request) => request.headers.get("access-token"),
  unauthorized: (_call, dead) =>
    dead ? envelope(40105, "Access token is incorrect or has been revoked.") : envelope(40104, "Access token is null."),
  rateLimited: () => envelope(40100, "Too many requests. Please retry in some time."),
  serverError: (status) => envelope(50000, "System error", {}, status),
  errorInSuccess: () => envelope(50002, "Service error"),
  api: (_state, call, grant) => answerTiktok(call, grant),
};
