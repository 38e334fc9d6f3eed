import { hmac } from "@oslojs/crypto/hmac";
import { SHA256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { sandboxClients } from "#sandbox/endpoints.ts";
import { answerMeta, declinedMark } from "#sandbox/meta/answer.ts";
import { metaError } from "#sandbox/meta/error.ts";
import { metaAgency, personName } from "#sandbox/meta/holdings.ts";
import { permissionsReference } from "#sandbox/meta/permissions.ts";
import { issueTokens } from "#sandbox/oauth/issue.ts";
import { findLive, type Issued, revokeGrant } from "#sandbox/oauth/ledger.ts";
import { json } from "#sandbox/reply.ts";
import type { Call, SandboxProvider, TokenFailure } from "./provider.ts";

/** v24.0's Marketing API ended on 2026-10-06. */
const versioned = /^\/v(?:25|26)\.0(\/.*)$/;
const longLifeS = 5_183_944;
const people = ["10210000000000101", "10210000000000102", "10210000000000103", metaAgency];

const refusals: Record<TokenFailure["about"], { code: number; subcode?: number; message: string }> = {
  client: { code: 1, message: "Error validating client secret." },
  code: { code: 100, subcode: 36007, message: "Invalid verification code format." },
  used_code: { code: 100, subcode: 36009, message: "This authorization code has been used." },
  redirect_uri: {
    code: 100,
    subcode: 36008,
    message:
      "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
  },
  verifier: { code: 100, message: "Invalid code_verifier." },
  refresh_token: { code: 100, message: "There are no refresh tokens here." },
  grant_type: { code: 100, message: "Invalid grant_type." },
};

/** ../shared/providers.md, Meta / 1 OAuth. A person's permissions add up over all consents, and every token has them all. */
export const meta: SandboxProvider = {
  id: "meta",
  title: "Meta",
  clientAuth: ["body"],
  tokenFields: ["fb_exchange_token"],
  pkce: "none",
  scopeSeparator: /[, ]+/,
  mayUntick: (scope) => scope !== "public_profile",
  renewalEndsAccess: false,
  rotation: "no",
  prefixes: { code: "AQ", access: "EAA", refresh: "" },
  refreshLife: null,
  // What a code gives; the long life is asked for with it.
  accessLife: () => 5400,
  knowsScope: (scope) => permissionsReference.includes(scope),
  grantTypeOfBareCode: "authorization_code",
  redirectUriAtToken: true,
  route(path, method) {
    const [, rest] = versioned.exec(path) ?? [];
    if (rest === undefined) return null;
    if (rest === "/dialog/oauth") return { kind: "authorize", account: null, path };
    if (rest === "/oauth/access_token") return { kind: "token", account: null, path };
    if (rest === "/me/permissions" && method === "DELETE") return { kind: "revoke", account: null, path };
    return { kind: "api", account: null, path };
  },
  accounts: () => people.map((id) => ({ id, label: `${personName(id)} (${id})` })),
  anotherAccount: { label: "Another person (a numeric id)", pattern: "\\d{8,20}" },
  authorization: (query) => ({
    offline: false,
    mode: "online",
    problem: query.get("response_type") === "code" ? null : "unsupported_response_type",
  }),
  onGranted(state, grant, query) {
    const before = state.ledger.grantsOf("meta", grant.account).filter((older) => older !== grant && !older.revoked);
    const granted = new Set([
      ...grant.scopes,
      ...before.flatMap(({ scopes }) => scopes.filter((scope) => !scope.startsWith(declinedMark))),
    ]);
    const asked = (query.get("scope") ?? "").split(/[, ]+/).filter(Boolean);
    const declined = asked.filter((scope) => !granted.has(scope)).map((scope) => declinedMark + scope);
    state.ledger.saveGrant(Object.assign(grant, { scopes: [...granted, ...declined] }));
  },
  onRedeemed: () => undefined,
  refreshable: () => false,
  callback: (_call, answer) => answer,
  tokenReply: (call, { pair }) => ({
    access_token: pair.access.value,
    token_type: "bearer",
    expires_in: Math.round(((pair.access.expiresAt ?? call.now) - call.now) / 1000),
  }),
  tokenError: ({ about }) => metaError(refusals[about]),
  /** A token that lives gives one that lives long; the old one stays what it is. */
  extraGrant(state, call, form) {
    if (form.get("grant_type") !== "fb_exchange_token") return null;
    const token = form.get("fb_exchange_token") ?? "";
    const held = findLive(state.ledger, "access", token, call.now);
    const known = state.ledger.issued.get(token);
    if (held?.grant.provider !== "meta") {
      if (known) state.countRefresh(known.grantId, "refused");
      return deadToken(call, known);
    }
    state.countRefresh(held.grant.id, "rotated");
    const pair = issueTokens(state.ledger, meta, { grant: held.grant, refresh: false, expiresIn: longLifeS, now: call.now });
    return json(meta.tokenReply(call, { grant: held.grant, pair, request: null }));
  },
  revoke(state, call) {
    const token = meta.bearer(call.request);
    const held = findLive(state.ledger, "access", token, call.now);
    if (held?.grant.provider !== "meta") return meta.unauthorized(call, token === null ? undefined : state.ledger.issued.get(token));
    if (!isProven(call)) return unproven();
    for (const grant of state.ledger.grantsOf("meta", held.grant.account)) revokeGrant(state.ledger, grant);
    return json({ success: true });
  },
  bearer: (request) =>
    /^(?:Bearer|OAuth) (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ??
    new URL(request.url).searchParams.get("access_token"),
  unauthorized: deadToken,
  // No Retry-After: the wait is in a header of usage.
  rateLimited: (retryAfter) =>
    metaError({ code: 17, message: "(#17) User request limit reached" }, 400, {
      "x-ad-account-usage": JSON.stringify({
        acc_id_util_pct: 100,
        reset_time_duration: retryAfter,
        ads_api_access_tier: "standard_access",
      }),
    }),
  serverError: (status) => metaError({ code: 2, message: "Service temporarily unavailable", transient: true }, status),
  errorInSuccess: () => metaError({ code: 1, message: "An unknown error has occurred.", transient: true }, 200),
  api: (_state, call, grant) => (isProven(call) ? answerMeta(call, grant) : unproven()),
};

function deadToken(call: Call, dead?: Issued): Response {
  if (dead?.expiresAt != null && dead.expiresAt <= call.now) {
    return metaError({ code: 190, subcode: 463, message: "Error validating access token: Session has expired." }, 400);
  }
  if (dead)
    return metaError({ code: 190, subcode: 458, message: "Error validating access token: The user has not authorized application." }, 400);
  return metaError({ code: 190, message: "Invalid OAuth access token - Cannot parse access token" }, 401);
}

/** The app insists on the proof, with every call. */
function isProven(call: Call): boolean {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const proof = encodeHexLowerCase(hmac(SHA256, bytes(sandboxClients.meta.clientSecret), bytes(meta.bearer(call.request) ?? "")));
  return call.url.searchParams.get("appsecret_proof") === proof;
}

const unproven = () => metaError({ code: 100, message: "Invalid appsecret_proof provided in the API argument" });
