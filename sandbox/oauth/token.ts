import { sha256 } from "@oslojs/crypto/sha2";
import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import { bodyFields } from "#sandbox/body.ts";
import { sandboxClients } from "#sandbox/endpoints.ts";
import type { Call, SandboxState, TokenFailure } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { issueTokens } from "./issue.ts";
import { findLive, type Issued, revokeGrant } from "./ledger.ts";

function refuse(call: Call, failure: TokenFailure): Response {
  const { error, description, status } = failure;
  return call.provider.tokenError?.(failure) ?? json({ error, error_description: description }, status, { "cache-control": "no-store" });
}

const refuseGrant = (call: Call, about: TokenFailure["about"], description: string): Response =>
  refuse(call, { error: "invalid_grant", about, description, status: 400 });

/** Whether the request proves to be our application, in one of the ways that the provider takes; null when it does. */
export function clientProblem(call: Call, form: URLSearchParams): Response | null {
  const known = sandboxClients[call.provider.id];
  const header = call.request.headers.get("authorization") ?? "";
  const { clientAuth: ways, clientNames: names = { id: "client_id", secret: "client_secret" } } = call.provider;
  if (ways.includes("basic") && header.startsWith("Basic ")) {
    if (header.slice(6).trim() === btoa(`${known.clientId}:${known.clientSecret}`)) return null;
  } else if (ways.includes("body") && form.get(names.id) === known.clientId && form.get(names.secret) === known.clientSecret) {
    return null;
  }
  return refuse(call, { error: "invalid_client", about: "client", description: "Client authentication failed.", status: 401 });
}

/** The token endpoint. Everything after the body was read is synchronous, so that no two requests interleave. */
export function exchange(state: SandboxState, call: Call): Response {
  const form = bodyFields(call);
  const refused = clientProblem(call, form);
  if (refused) return refused;
  const extra = call.provider.extraGrant?.(state, call, form);
  if (extra) return extra;
  const type = grantTypeOf(call, form);
  if (type === "authorization_code") return redeem(state, call, form);
  if (type === "refresh_token") return refresh(state, call, form);
  const description = "The grant type is not supported.";
  return refuse(call, { error: "unsupported_grant_type", about: "grant_type", description, status: 400 });
}

/** What a request to the token endpoint asks for; null where it does not say. */
export const grantTypeOf = ({ provider }: Call, form: URLSearchParams): string | null =>
  form.get("grant_type") ?? (form.has(provider.codeName ?? "code") ? provider.grantTypeOfBareCode : null);

function redeem(state: SandboxState, call: Call, form: URLSearchParams): Response {
  const { ledger } = state;
  const { provider, now } = call;
  const code = ledger.issued.get(form.get(provider.codeName ?? "code") ?? "");
  const grant = code?.kind === "code" ? ledger.grants.get(code.grantId) : undefined;
  if (!code?.request || !grant || grant.provider !== provider.id || (call.route.account ?? grant.account) !== grant.account) {
    return refuseGrant(call, "code", "The authorization code is not known.");
  }
  if (code.state !== "live") {
    revokeGrant(ledger, grant); // a second use means that the code leaked: what it issued ends too (RFC 6749, 4.1.2)
    return refuseGrant(call, "used_code", "The authorization code was used already.");
  }
  if (code.expiresAt !== null && code.expiresAt <= now) return refuseGrant(call, "code", "The authorization code is expired.");
  const wrong = verifierProblem(code.request.challenge, form.get("code_verifier"));
  if (wrong) return refuseGrant(call, "verifier", wrong);
  if (provider.redirectUriAtToken && form.get("redirect_uri") !== code.request.redirectUri) {
    return refuseGrant(call, "redirect_uri", "redirect_uri is not the one of the authorization request.");
  }
  ledger.saveIssued(Object.assign(code, { state: "used" }));
  provider.onRedeemed(state, grant, form);
  const pair = issueTokens(ledger, provider, { grant, refresh: provider.refreshable(state, grant, code.request), now });
  return tokenReply(call, { grant, pair, request: code.request });
}

function verifierProblem(challenge: string | null, verifier: string | null): string | null {
  if (challenge === null) return null;
  if (verifier === null || !/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) return "code_verifier is missing or malformed.";
  const actual = encodeBase64urlNoPadding(sha256(new TextEncoder().encode(verifier)));
  return actual === challenge ? null : "code_verifier does not match the challenge.";
}

function refresh(state: SandboxState, call: Call, form: URLSearchParams): Response {
  const { ledger } = state;
  const { provider, now } = call;
  const value = form.get("refresh_token");
  const held = value === null ? undefined : ledger.issued.get(value);
  const grant = held?.kind === "refresh" ? ledger.grants.get(held.grantId) : undefined;
  if (!held || !grant || grant.provider !== provider.id || (call.route.account ?? grant.account) !== grant.account) {
    return refuseGrant(call, "refresh_token", "The refresh token is not known.");
  }
  const live = findLive(ledger, "refresh", held.value, now);
  if (live && provider.rotation === "no") {
    state.countRefresh(grant.id, "rotated");
    return tokenReply(call, { grant, pair: issueTokens(ledger, provider, { grant, refresh: false, now }), request: null, sent: live.item });
  }
  if (live || (provider.rotation === "retryable" && mayRetry(state, held, now))) {
    endReplacementsOf(state, held);
    for (const item of provider.renewalEndsAccess ? ledger.issuedOf(grant.id) : []) {
      if (item.kind === "access" && item.state === "live") ledger.saveIssued(Object.assign(item, { state: "dead" }));
    }
    ledger.saveIssued(Object.assign(held, { state: "used" }));
    state.countRefresh(grant.id, "rotated");
    return tokenReply(call, {
      grant,
      pair: issueTokens(ledger, provider, { grant, refresh: true, replaces: held.value, now }),
      request: null,
    });
  }
  state.countRefresh(grant.id, "refused");
  // An end by time is no theft; a token that was rotated away and comes back is.
  if (!grant.revoked && held.state !== "live") revokeGrant(ledger, grant);
  return refuseGrant(call, "refresh_token", "Token has been expired or revoked.");
}

/** Shopify: the previous token may be repeated while its replacement was never used, within 30 days, and not beyond its own end. */
function mayRetry(state: SandboxState, held: Issued, now: number): boolean {
  if (held.state !== "used" || (held.expiresAt !== null && held.expiresAt <= now)) return false;
  const replacements = replacementsOf(state, held);
  const first = Math.min(...replacements.map(({ createdAt }) => createdAt));
  if (now - first > 30 * 86_400_000) return false;
  return replacements.every(({ state: was }) => was !== "used") && !state.ledger.grants.get(held.grantId)?.revoked;
}

function replacementsOf(state: SandboxState, held: Issued): Issued[] {
  return state.ledger.issuedOf(held.grantId).filter((item) => item.kind === "refresh" && item.replaces === held.value);
}

function endReplacementsOf(state: SandboxState, held: Issued): void {
  for (const item of replacementsOf(state, held)) {
    if (item.state === "live") state.ledger.saveIssued(Object.assign(item, { state: "dead" }));
  }
}

function tokenReply(call: Call, input: Parameters<Call["provider"]["tokenReply"]>[1]): Response {
  return json(call.provider.tokenReply(call, input), 200, { "cache-control": "no-store", pragma: "no-cache" });
}
