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
  /** Null where the provider says that it never ends, undefined where the reply does not say. */
  expiresInS: number | null | undefined;
  refreshExpiresInS: number | undefined;
  /** Undefined where the reply does not say. */
  scopes: readonly string[] | undefined;
}

/** Who was connected. `externalId` must stay the same for ever for the same account. */
export interface Identity {
  externalId: string;
  name: string;
  /** What the API says was granted, for providers whose token reply does not. */
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
  /** For the log and for staff: the provider's own words, cut short. */
  message: string;
  retryAfterS?: number;
  scopes?: string[];
}

/** What is wrong with a callback: not signed by the provider, signed too long ago, or for another shop than was asked for. */
export type CallbackFault = "forged" | "stale" | "other_shop";

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
  /** Hosts that a request may go to, besides those of PROVIDER_ENDPOINTS. Anchored, lower case. */
  hosts: readonly RegExp[];
  /** Fills `{service}` where a request names none. */
  service?: string;
  /** What the person must say before leaving (a shop domain), parsed and normalised; null where nothing. */
  shop: z.ZodType<string> | null;
  /** Asked for with every set: what it takes to learn who was connected. */
  identityScopes: readonly string[];
  scopeSets: readonly ScopeSet[];
  scopeSeparator: " " | ",";
  /** Whether `granted` contains `scope`, where a provider leaves implied ones out. Default: is it in the list. */
  grants?(granted: readonly string[], scope: string): boolean;
  pkce: boolean;
  clientAuthentication: "basic" | "body" | "json";
  /** Further parameters of the authorize URL. */
  authorizeParameters: Readonly<Record<string, string>>;
  /** The fields of the two token requests besides the client's own, where they are not OAuth's usual ones. */
  exchangeFields?(usual: Readonly<Record<string, string>>): Record<string, string>;
  refreshFields?(usual: Readonly<Record<string, string>>): Record<string, string>;
  /** Seconds, where the reply leaves expires_in out. */
  defaultExpiresInS: number;
  /** `rotates`: each refresh gives a new refresh token. `retryable`: the one just used still answers after a lost reply. */
  refresh: { rotates: boolean; retryable: boolean };
  /** Checks of the callback beyond state and PKCE: null when it was the provider who sent it, for this shop. */
  callbackFault?(input: {
    parameters: URLSearchParams;
    clientSecret: string;
    shop: string | null;
    /** Milliseconds since 1970. */
    now: number;
  }): CallbackFault | null;
  /** Throws a `ZodError` for what is no grant. */
  readGrant(reply: unknown): Grant;
  /** Headers that authorise an API request. */
  authorization(accessToken: string): Record<string, string>;
  /** Tells how an API reply failed. `body` is the parsed JSON, or null where it is none. */
  failureOf(response: { status: number; headers: Headers; body: unknown }): Failure | null;
  /** Asks the API who was connected. `granted` are the scopes of the token. Throws `ProviderError`. */
  identify(account: Account, granted: readonly string[]): Promise<Identity>;
  /** A cheap authenticated call; throws `ProviderError`. */
  probe(account: Account): Promise<void>;
  /**
   * How to give access back. `ends: "grant"`: it ends all that this account ever granted us, so it must not be done while
   * another connection lives on the same grant. Null where the provider has no way.
   */
  revocation: {
    ends: "token" | "grant";
    request(input: { accessToken: string; refreshToken: string | undefined; clientId: string; clientSecret: string }): {
      method: "POST" | "DELETE";
      headers: Record<string, string>;
      body?: string;
    };
  } | null;
}

/** Whether all of `scopes` were granted, as this provider counts it. */
export const grantsAll = (provider: OAuthProvider, granted: readonly string[], scopes: readonly string[]): boolean =>
  scopes.every((scope) => (provider.grants ? provider.grants(granted, scope) : granted.includes(scope)));
