import { findLive, revokeGrant } from "#sandbox/oauth/ledger.ts";
import { json } from "#sandbox/reply.ts";
import { answerSlack } from "#sandbox/slack/answer.ts";
import { slackError } from "#sandbox/slack/error.ts";
import type { SandboxProvider, TokenFailure } from "./provider.ts";

const scopeNames =
  /^(chat:write(\.public)?|channels:(read|history)|groups:(read|history)|im:write|users:read(\.email)?|incoming-webhook|commands|team:read|reactions:write|files:write)$/;

interface Workspace {
  name: string;
  /** Whether the app's tokens rotate there. At Slack the app has one setting; here each stands for an app of its own. */
  rotates: boolean;
}

/** The workspaces that the consent page offers, the last one a whole organisation. Any other one rotates. */
const workspaces: Record<string, Workspace> = {
  T0ACMEGIFTS: { name: "Acme Gifts", rotates: true },
  T0BETASHOP: { name: "Beta", rotates: true },
  T0GAMMASHOP: { name: "Gamma", rotates: true },
  T0LASTING: { name: "Delta (tokens without an end)", rotates: false },
  E0HOLDING: { name: "Epsilon Holding (organisation)", rotates: true },
};
const workspaceOf = (id: string): Workspace => workspaces[id] ?? { name: id, rotates: true };
const isOrganisation = (id: string): boolean => id.startsWith("E");

const tokenWords: Record<TokenFailure["about"], string> = {
  client: "bad_client_secret",
  code: "invalid_code",
  used_code: "code_already_used",
  redirect_uri: "bad_redirect_uri",
  verifier: "invalid_code",
  refresh_token: "invalid_refresh_token",
  grant_type: "invalid_grant_type",
};

/** ../shared/providers.md, Slack / 1 OAuth: whatever goes wrong is said with status 200. */
export const slack: SandboxProvider = {
  id: "slack",
  title: "Slack",
  clientAuth: ["basic", "body"],
  pkce: "none",
  scopeSeparator: ",",
  mayUntick: () => false,
  renewalEndsAccess: false,
  rotation: "strict",
  prefixes: { code: "1234.", access: "xoxb-", refresh: "xoxe-1-" },
  refreshLife: null,
  accessLife: ({ mode }) => (mode === "lasting" ? null : 43_200),
  knowsScope: (scope) => scopeNames.test(scope),
  grantTypeOfBareCode: "authorization_code",
  redirectUriAtToken: true,
  route(path) {
    if (path === "/oauth/v2/authorize") return { kind: "authorize", account: null, path };
    if (path === "/api/oauth.v2.access") return { kind: "token", account: null, path };
    if (path === "/api/auth.revoke") return { kind: "revoke", account: null, path };
    return /^\/api\/[a-z]+(\.[a-zA-Z]+)+$/.test(path) ? { kind: "api", account: null, path } : null;
  },
  accounts: () => Object.entries(workspaces).map(([id, { name }]) => ({ id, label: `${name} (${id})` })),
  anotherAccount: { label: "Another workspace or organisation (its id)", pattern: "[TE][A-Z0-9]{8,12}" },
  authorization: () => ({ offline: true, mode: "expiring", problem: null }),
  onGranted(state, grant) {
    if (!workspaceOf(grant.account).rotates) state.ledger.saveGrant(Object.assign(grant, { mode: "lasting" }));
  },
  onRedeemed: () => undefined,
  refreshable: (_state, grant) => grant.mode === "expiring",
  callback: (_call, answer) => answer,
  tokenReply: (call, { grant, pair }) => ({
    ok: true,
    access_token: pair.access.value,
    token_type: "bot",
    scope: grant.scopes.join(","),
    bot_user_id: "U0BOT",
    app_id: "A0SANDBOX",
    team: isOrganisation(grant.account) ? null : { id: grant.account, name: workspaceOf(grant.account).name },
    enterprise: isOrganisation(grant.account) ? { id: grant.account, name: workspaceOf(grant.account).name } : null,
    is_enterprise_install: isOrganisation(grant.account),
    authed_user: { id: "U1" },
    ...(pair.refresh && {
      expires_in: Math.round(((pair.access.expiresAt ?? call.now) - call.now) / 1000),
      refresh_token: pair.refresh.value,
    }),
  }),
  tokenError: ({ about }) => slackError(tokenWords[about]),
  revoke(state, call) {
    const token = slack.bearer(call.request);
    const held = findLive(state.ledger, "access", token, call.now);
    if (held?.grant.provider !== "slack") return slack.unauthorized(call, state.ledger.issued.get(token ?? ""));
    revokeGrant(state.ledger, held.grant);
    return json({ ok: true, revoked: true });
  },
  bearer: (request) => /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null,
  unauthorized(call, dead) {
    if (slack.bearer(call.request) === null) return slackError("not_authed");
    if (dead === undefined) return slackError("invalid_auth");
    return slackError(dead.state === "live" ? "token_expired" : "token_revoked");
  },
  rateLimited: (retryAfter) => slackError("ratelimited", 429, { "retry-after": String(retryAfter) }),
  serverError: (status) => slackError("internal_error", status),
  errorInSuccess: () => slackError("internal_error"),
  changes: ({ route }) => route.path.startsWith("/api/chat."),
  api(state, call, grant) {
    const { account } = grant;
    if (call.route.path !== "/api/auth.test") return answerSlack(state, call, grant);
    const organisation = isOrganisation(account);
    return json({
      ok: true,
      url: `https://${account.toLowerCase()}.slack.example/`,
      team: workspaceOf(account).name,
      user: "atrium",
      team_id: account,
      user_id: "U0BOT",
      bot_id: "B0BOT",
      ...(organisation && { enterprise_id: account }),
      is_enterprise_install: organisation,
    });
  },
};
