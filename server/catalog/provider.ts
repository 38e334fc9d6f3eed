import type { z } from "zod";
import type { Account } from "./account.ts";
import type { Text } from "./text.ts";

/** A group of permissions that is asked for together and unlocks something that a client can name. */
export interface ScopeSet {
  id: string;
  title: Text;
  scopes: readonly string[];
  /** Asked for unless the person leaves it out. */
  default: boolean;
}

/** Tokens as a provider answered them; lifetimes in seconds from now. */
export interface Grant {
  accessToken: string;
  refreshToken: string | undefined;
  expiresInS: number | undefined;
  refreshExpiresInS: number | undefined;
  /** Undefined where the reply does not say. */
  scopes: readonly string[] | undefined;
}

/** Who was connected. `externalId` must stay the same for ever for the same account. */
export interface Identity {
  externalId: string;
  name: string;
  scopes?: readonly string[];
  details: {
    currency?: string;
    timezone?: string;
    email?: string;
    shop?: string;
    resources?: { kind: string; id: string; name: string }[];
  };
}

/** URL templates. `{shop}` is the tenant's shop, `{service}` one of the provider's hosts. */
export interface Endpoints {
  authorize: string;
  token: string;
  revoke?: string;
  api: string;
}

/** Facts of an API reply that tell how it failed; null when it did not. */
export interface Failure {
  kind: "revoked" | "missing_scopes" | "rate_limited" | "unavailable" | "rejected";
  message: string;
  retryAfterS?: number;
  scopes?: string[];
}

/** One OAuth provider: a description over the core in domain/oauth. Facts are from the provider's own pages. */
export interface OAuthProvider {
  id: string;
  name: string;
  /** One character and a colour for its tile: the portal shows no trademarks. */
  mark: { letter: string; color: string };
  description: Text;
  /** The names of its client id and secret in the configuration. */
  credentials: { clientId: string; clientSecret: string };
  endpoints: Endpoints;
  /** Hosts that a request may go to, besides those of PROVIDER_ENDPOINTS. */
  hosts: readonly RegExp[];
  /** What the person must say before leaving (a shop domain), parsed and normalised; null where nothing. */
  shop: z.ZodType<string> | null;
  scopeSets: readonly ScopeSet[];
  scopeSeparator: " " | ",";
  /** Whether `granted` contains `scope`, where a provider leaves implied ones out. Default: is it in the list. */
  grants?(granted: readonly string[], scope: string): boolean;
  pkce: boolean;
  clientAuthentication: "basic" | "body" | "json";
  /** Further parameters of the authorize URL and of the two token requests. */
  authorizeParameters: Readonly<Record<string, string>>;
  tokenParameters: Readonly<Record<string, string>>;
  /** Seconds, where the reply leaves expires_in out; null where a token without it never ends. */
  defaultExpiresInS: number | null;
  /** `rotates`: each refresh gives a new refresh token. `retryable`: the previous one still answers after a lost reply. */
  refresh: { rotates: boolean; retryable: boolean };
  /** Checks of the callback beyond state and PKCE; throws `ProviderError` when it was not the provider who sent it. */
  verifyCallback?(input: { parameters: URLSearchParams; clientSecret: string; shop: string | null; now: number }): Promise<void>;
  readGrant(reply: unknown): Grant;
  /** Headers that authorise an API request. */
  authorization(accessToken: string): Record<string, string>;
  /** Tells how an API reply failed. `body` is the parsed JSON, or null where it is none. */
  failureOf(response: { status: number; headers: Headers; body: unknown }): Failure | null;
  identify(account: Account, shop: string | null): Promise<Identity>;
  /** A cheap authenticated call; throws `ProviderError`. */
  probe(account: Account): Promise<void>;
  /** How to give access back; null where the provider has no way. */
  revoke(input: { accessToken: string; refreshToken: string | undefined; clientId: string; clientSecret: string }): {
    method: "POST" | "DELETE";
    headers: Record<string, string>;
    body?: string;
  } | null;
}
