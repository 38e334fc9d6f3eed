import { sandboxClients } from "#sandbox/endpoints.ts";
import type { AccountChoice, Call, SandboxState } from "#sandbox/providers/provider.ts";
import { html } from "#sandbox/reply.ts";
import { consentPage, refusalPage } from "./consent.ts";
import { issueCode, newGrant } from "./issue.ts";
import type { Grant } from "./ledger.ts";

/** The consent page on GET, the person's decision on POST. Grants are made on Allow and become usable with the code's exchange. */
export function authorize(state: SandboxState, call: Call): Response {
  const { provider, url } = call;
  const query = url.searchParams;
  const redirectUri = query.get("redirect_uri");
  if (query.get(provider.clientNames?.id ?? "client_id") !== sandboxClients[provider.id].clientId) {
    return html(refusalPage(provider, "Unknown client_id: no application is registered under it."), 400);
  }
  const registered = state.redirectOrigins.map((origin) => `${origin}/api/auth/oauth/${provider.id}/callback`);
  if (redirectUri === null || !registered.includes(redirectUri)) {
    return html(refusalPage(provider, "redirect_uri_mismatch: the redirect_uri is not one of those registered for the application."), 400);
  }
  const accounts = provider.accounts(call.route);
  const scopes = provider.scopesAsked?.(query) ?? (query.get("scope") ?? "").split(provider.scopeSeparator).filter(Boolean);
  const asked = provider.authorization(query);
  const problem = asked.problem ?? pkceProblem(call) ?? (scopes.every(provider.knowsScope) ? null : "invalid_scope");
  if (problem) return back(call, redirectUri, { error: problem, error_description: "The authorization request is not valid." });
  if (call.request.method !== "POST") return html(consentPage(provider, { accounts, scopes, redirectUri }));

  const form = new URLSearchParams(call.body);
  if (form.get("decision") !== "allow") {
    return back(call, redirectUri, { error: provider.denial ?? "access_denied", error_description: "The person denied the request." });
  }
  const account = chosenAccount(call, accounts, form);
  if (account === null) return html(refusalPage(provider, "That is no account of this provider."), 400);
  const ticked = new Set(form.getAll("scope"));
  const granular = form.get("granular") === "1";
  const granted = scopes.filter((scope) => !granular || !provider.mayUntick(scope) || ticked.has(scope));
  const grant = newGrant(state.ledger, { provider: provider.id, account, scopes: granted, mode: asked.mode }, call.now);
  provider.onGranted(state, grant, query);
  const request = { redirectUri, challenge: query.get("code_challenge"), offline: asked.offline, nonce: query.get("nonce") };
  const code = issueCode(state.ledger, provider, grant, request, call.now);
  return back(call, redirectUri, { [provider.codeName ?? "code"]: code.value }, grant);
}

function chosenAccount({ provider }: Call, accounts: AccountChoice[], form: URLSearchParams): string | null {
  const other = form.get("other") ?? "";
  if (other !== "" && provider.anotherAccount) return new RegExp(`^(?:${provider.anotherAccount.pattern})$`).test(other) ? other : null;
  const asked = form.get("account") ?? accounts[0]?.id;
  return accounts.find(({ id }) => id === asked)?.id ?? null;
}

function pkceProblem({ provider, url }: Call): string | null {
  if (provider.pkce === "none") return null;
  const challenge = url.searchParams.get("code_challenge");
  if (challenge === null) return provider.pkce === "required" ? "invalid_request" : null;
  return url.searchParams.get("code_challenge_method") === "S256" && /^[\w-]{43}$/.test(challenge) ? null : "invalid_request";
}

function back(call: Call, redirectUri: string, answer: Record<string, string>, grant: Grant | null = null): Response {
  const target = new URL(redirectUri);
  const given = call.url.searchParams.get("state");
  const query = call.provider.callback(call, given === null ? answer : { ...answer, state: given }, grant);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  return new Response(null, { status: 302, headers: { location: target.href, "cache-control": "no-store" } });
}
