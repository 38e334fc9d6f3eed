import { readJson } from "#sandbox/body.ts";
import { issueTokens } from "#sandbox/oauth/issue.ts";
import { findLive, type Grant } from "#sandbox/oauth/ledger.ts";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import { answerCj, envelope } from "#sandbox/suppliers/cj.ts";
import { takeTurn } from "./answer.ts";
import { digitsOf, type KeyCall, type KeyService } from "./service.ts";

const dayS = 86_400;
const tokenFacts = { accessLife: () => 15 * dayS, refreshLife: 180 * dayS, prefixes: { code: "", access: "", refresh: "" } };

/** As they write instants: Chinese time, without milliseconds. */
const chinese = (at: number) => `${new Date(at + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;

/** ../shared/providers.md, 15, and the page of error codes of developers.cjdropshipping.com. */
export const cj: KeyService = {
  id: "cj",
  prefix: (account) => `CJ${digitsOf(`cj ${account}`, 7)}@api@`,
  opens: "access",
  perSecond: 10,
  bearer: (request) => request.headers.get("cj-access-token"),
  form: (_account, key) => ({ fields: { api_key: key } }),
  tokens(state, call) {
    if (call.request.method !== "POST") return null;
    if (call.path === "/authentication/getAccessToken") return obtain(state, call);
    return call.path === "/authentication/refreshAccessToken" ? refresh(state, call) : null;
  },
  unauthorized: () => envelope(1600001, "Invalid API key or access token."),
  rateLimited: () => envelope(1600200, "Too Many Requests"),
  serverError: (status) => envelope(1600000, "System busy, please contact CJ IT", null, status),
  errorInSuccess: () => envelope(1600000, "System busy, please contact CJ IT"),
  notFound: () => envelope(1600101, "Interface not found"),
  api(call, account, _token, state) {
    const { path, request } = call;
    if (request.method !== "GET" || path !== "/setting/get") return answerCj(state, call, account);
    const data = {
      openId: Number(digitsOf(`cj ${account}`, 7)),
      openName: account,
      openEmail: "owner@example.com",
      root: "GENERAL",
      isSandbox: false,
    };
    return envelope(200, "Success", data);
  },
};

function obtain(state: SandboxState, call: KeyCall): Response {
  const { apiKey } = fieldsOf(call);
  const held = findLive(state.ledger, "key", apiKey ?? null, call.now);
  if (held?.grant.provider !== "cj") return envelope(1600005, "APIkey is wrong, please check and try again");
  if (!takeTurn(state, `cj obtain ${held.grant.account}`, { now: call.now, sizeMs: 300_000, max: 1 })) return cj.rateLimited(300);
  return tokens(state, call, held.grant, null);
}

function refresh(state: SandboxState, call: KeyCall): Response {
  const { refreshToken } = fieldsOf(call);
  const held = findLive(state.ledger, "refresh", refreshToken ?? null, call.now);
  if (held?.grant.provider !== "cj") {
    const family = state.ledger.issued.get(refreshToken ?? "")?.grantId;
    if (family) state.countRefresh(family, "refused");
    return envelope(1600003, "Invalid Refresh token");
  }
  state.countRefresh(held.grant.id, "rotated");
  return tokens(state, call, held.grant, held.item.value);
}

/** A new access token; the refresh token stays until it ends. */
function tokens({ ledger }: SandboxState, { now }: KeyCall, grant: Grant, refreshToken: string | null): Response {
  const { access, refresh: fresh } = issueTokens(ledger, tokenFacts, { grant, refresh: refreshToken === null, now });
  const kept = fresh ?? ledger.issued.get(refreshToken ?? "");
  return envelope(200, "Success", {
    openId: Number(digitsOf(`cj ${grant.account}`, 7)),
    accessToken: access.value,
    accessTokenExpiryDate: chinese(access.expiresAt ?? now),
    refreshToken: kept?.value,
    refreshTokenExpiryDate: chinese(kept?.expiresAt ?? now),
    createDate: chinese(now),
  });
}

function fieldsOf({ body }: KeyCall): { apiKey?: string; refreshToken?: string } {
  const parsed = readJson(body);
  return typeof parsed === "object" && parsed !== null ? parsed : {};
}
