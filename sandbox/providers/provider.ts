import type { Effects } from "#sandbox/effects.ts";
import type { SandboxProviderId } from "#sandbox/endpoints.ts";
import type { AuthorizationRequest, Grant, Issued, Ledger, TokenPair } from "#sandbox/oauth/ledger.ts";
import type { Places } from "#sandbox/places.ts";
import type { ShopShelf } from "#sandbox/shop/shelf.ts";
import type { Subscriptions } from "#sandbox/shopify/subscriptions.ts";
import type { Written } from "#sandbox/written.ts";

/** Where a request goes; `account` is set where the path names it (Shopify's shop). */
export interface Route {
  kind: "authorize" | "token" | "introspect" | "revoke" | "api";
  account: string | null;
  /** The path behind the provider's own root, as its API names it. */
  path: string;
}

/** One request, its body read once. `now` is epoch milliseconds. */
export interface Call {
  provider: SandboxProvider;
  route: Route;
  request: Request;
  url: URL;
  body: string;
  now: number;
}

/** What every provider works with. `limits` is false while a test has switched rate limits off. */
export interface SandboxState {
  ledger: Ledger;
  shops: ShopShelf;
  places: Places;
  subscriptions: Subscriptions;
  written: Written;
  effects: Effects;
  limits: { on: boolean; windows: Map<string, { startedAt: number; used: number }> };
  redirectOrigins: string[];
  countRefresh(grantId: string, outcome: "rotated" | "refused"): void;
}

/** What the token endpoint refuses, in the words of RFC 6749 (5.2). */
export interface TokenFailure {
  error: "invalid_client" | "invalid_grant" | "unsupported_grant_type";
  /** Which of the secrets an invalid_grant is about. */
  about: "client" | "code" | "used_code" | "redirect_uri" | "verifier" | "refresh_token" | "grant_type";
  description: string;
  status: number;
}

/** An account that a person may choose on the consent page. */
export interface AccountChoice {
  id: string;
  label: string;
}

/** One provider: one file that fills this in; the OAuth core does the rest. Lives are seconds; null means no end. */
export interface SandboxProvider {
  id: SandboxProviderId;
  title: string;
  /** `body` is a form or JSON, whichever comes, or the query of a GET. */
  clientAuth: readonly ("basic" | "body")[];
  /** What it calls our client's id and secret, where that is not client_id and client_secret. */
  clientNames?: { id: string; secret: string };
  /** What it calls the code, on the way back and at the token endpoint, where that is not `code`. */
  codeName?: string;
  /** Fields of the token endpoint that carry a token, besides refresh_token and token, so that a fault finds its account. */
  tokenFields?: readonly string[];
  pkce: "required" | "supported" | "none";
  scopeSeparator: " " | "," | RegExp;
  /** What is asked for, where it is not the `scope` of the authorize URL. */
  scopesAsked?(query: URLSearchParams): string[];
  /** The `error` of a person who denies, where it is not access_denied. */
  denial?: string;
  /** Granular consent: whether the person may untick this scope. */
  mayUntick(scope: string): boolean;
  /** Whether a renewal ends the access token that it renews, or lets it live out its time. */
  renewalEndsAccess: boolean;
  /**
   * no: the refresh token stays; strict: reuse ends the family; retryable: reuse is allowed until the replacement is used. A grant
   * without a refresh token (see `refreshable`) rotates nothing.
   */
  rotation: "no" | "strict" | "retryable";
  prefixes: Record<Exclude<Issued["kind"], "key">, string>;
  refreshLife: number | null;
  accessLife(grant: Grant): number | null;
  knowsScope(scope: string): boolean;
  /** The route of a path that begins behind `/{provider}`; null when the provider has nothing there. */
  route(path: string, method: string): Route | null;
  accounts(route: Route): AccountChoice[];
  /** What an account that is not on the page may be called; null where the address fixes the account. */
  anotherAccount: { label: string; pattern: string } | null;
  /** Reads from the authorization query what the code must remember. */
  authorization(query: URLSearchParams): { offline: boolean; mode: Grant["mode"]; problem: string | null };
  /** What a code without a grant_type is taken for; null where the provider insists on one. */
  grantTypeOfBareCode: "authorization_code" | null;
  /** Whether the exchange of a code must repeat the redirect_uri. */
  redirectUriAtToken: boolean;
  /** Called when the person allowed: may merge earlier scopes in. */
  onGranted(state: SandboxState, grant: Grant, query: URLSearchParams): void;
  /** Called when the code was redeemed: may end older grants. */
  onRedeemed(state: SandboxState, grant: Grant, form: URLSearchParams): void;
  /** Whether the exchange answers a refresh token too. */
  refreshable(state: SandboxState, grant: Grant, request: AuthorizationRequest): boolean;
  /** The query of the way back, signed where the provider signs it; `grant` is null when the answer is an error. */
  callback(call: Call, answer: Record<string, string>, grant: Grant | null): Record<string, string>;
  /** `sent` is the refresh token of a renewal that stays good. */
  tokenReply(
    call: Call,
    input: { grant: Grant; pair: TokenPair; request: AuthorizationRequest | null; sent?: Issued },
  ): Record<string, unknown>;
  /** How the token endpoint says what went wrong, in place of RFC 6749 (5.2). */
  tokenError?(failure: TokenFailure): Response;
  /** Grant types beyond authorization_code and refresh_token. */
  extraGrant?(state: SandboxState, call: Call, form: URLSearchParams): Response | null;
  /** What a token is of, where it has such an address. */
  introspect?(state: SandboxState, call: Call, form: URLSearchParams): Response;
  revoke(state: SandboxState, call: Call, form: URLSearchParams): Response;
  /** The access token that an API request carries. */
  bearer(request: Request): string | null;
  /** `dead` is the token that was sent, where it was ever issued. */
  unauthorized(call: Call, dead?: Issued): Response;
  rateLimited(retryAfter: number): Response;
  serverError(status: number): Response;
  /** How it refuses a cursor that it no longer knows, where that is not a plain 400. */
  lostPlace?(): Response;
  /** A failure that the provider dresses as a success. */
  errorInSuccess(): Response;
  /** Whether a call of its API changes something; without it none does. */
  changes?(call: Call): boolean;
  api(state: SandboxState, call: Call, grant: Grant): Response | Promise<Response>;
}
