import { sha256 } from "@oslojs/crypto/sha2";
import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import { type SandboxProviderId, sandboxClients, sandboxEndpoints } from "./endpoints.ts";

export interface TokenReply {
  status: number;
  body: Record<string, unknown>;
}

/** The PKCE challenge of a verifier (S256). */
export function challengeOf(verifier: string): string {
  return encodeBase64urlNoPadding(sha256(new TextEncoder().encode(verifier)));
}

/** An application that talks to the sandbox as the product does, for the sandbox's own tests. */
export function sandboxClient(origin: string, redirectOrigin = "http://atrium.test") {
  const endpoints = sandboxEndpoints(origin);
  const redirectUri = (provider: SandboxProviderId) => `${redirectOrigin}/api/auth/oauth/${provider}/callback`;
  const fill = (template: string, shop = "") => template.replace("{shop}", shop);

  function authorizeUrl(provider: SandboxProviderId, query: Record<string, string>, shop?: string): URL {
    const url = new URL(fill(endpoints[provider].authorize, shop));
    const standard = {
      client_id: sandboxClients[provider].clientId,
      redirect_uri: redirectUri(provider),
      response_type: "code",
      state: "state-1",
    };
    for (const [name, value] of Object.entries({ ...standard, ...query })) url.searchParams.set(name, value);
    return url;
  }
  /** Decides on the consent page; answers where it leads. */
  async function decide(url: URL, form: Record<string, string> | [string, string][]): Promise<URL> {
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
    const location = answer.headers.get("location");
    if (answer.status !== 302 || location === null) throw new Error(`no redirect: ${answer.status} ${await answer.text()}`);
    return new URL(location);
  }
  async function token(
    provider: SandboxProviderId,
    fields: Record<string, string>,
    options: { shop?: string; secret?: string } = {},
  ): Promise<TokenReply> {
    const { clientId, clientSecret } = sandboxClients[provider];
    const secret = options.secret ?? clientSecret;
    const url = fill(endpoints[provider].token, options.shop);
    const basic = provider === "klaviyo";
    const body = new URLSearchParams(basic ? fields : { ...fields, client_id: clientId, client_secret: secret });
    const headers: Record<string, string> = basic ? { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` } : {};
    const answer = await fetch(url, { method: "POST", body, headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  async function control<T>(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<T> {
    const answer = await fetch(`${origin}/__sandbox${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  async function mint(provider: SandboxProviderId, account: string, scopes: string[], more: Record<string, unknown> = {}) {
    const [minted] = await control<{ access_token: string; refresh_token: string; grant_id: string }[]>("/tokens", [
      { provider, account, scopes, ...more },
    ]);
    if (!minted) throw new Error("nothing minted");
    return minted;
  }
  async function graphql<Data = unknown>(shop: string, accessToken: string, query: string, variables: Record<string, unknown> = {}) {
    const answer = await fetch(`${fill(endpoints.shopify.api, shop)}/admin/api/2026-07/graphql.json`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-shopify-access-token": accessToken },
      body: JSON.stringify({ query, variables }),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as GraphqlBody<Data> };
  }
  return { endpoints, redirectUri, authorizeUrl, decide, token, control, mint, graphql };
}

export interface GraphqlBody<Data> {
  data?: Data;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
  extensions?: { cost: { requestedQueryCost: number; actualQueryCost: number | null; throttleStatus: { currentlyAvailable: number } } };
}
