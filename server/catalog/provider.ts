import type { z } from "zod";
import type { Text } from "#db/words/locales.ts";
import type { RunSaying } from "#db/words/runs.ts";
import type { Limit, Said } from "#server/rate-budget.ts";
import type { Account } from "./account.ts";
import type { Resource } from "./resource.ts";

/** A group of permissions that is asked for together and unlocks something that a client can name. */
export interface ScopeSet {
  id: string;
  title: Text;
  scopes: readonly string[];
  /** Asked for unless the person leaves it out. */
  default: boolean;
  /** Only what acts needs it: nobody is offered it before something that acts is on. */
  acts?: true;
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
  /** What the API or the introspection says was granted: it counts where the token reply does not say. */
  scopes?: readonly string[];
  details: {
    currency?: string;
    timezone?: string;
    /** A language tag, as in `en-GB`. */
    locale?: string;
    contact?: string;
    email?: string;
    shop?: string;
    /** That the provider calls it a test account. */
    testAccount?: boolean;
  };
}

/** Facts of an API reply that tell how it failed; null when it did not. */
export interface Failure {
  kind: "revoked" | "missing_scopes" | "rate_limited" | "unavailable" | "rejected" | "misconfigured";
  /** For the log and for staff: the provider's own words, cut short. */
  message: string;
  retryAfterS?: number;
  /** That it is one record that is kept from us for a moment, and no limit of the account's. */
  ofRecord?: true;
  /** That the limit is a day's: it ends at the account's midnight, which the wire knows. Without its timezone `retryAfterS` holds. */
  untilMidnight?: true;
  scopes?: string[];
  /** The version of its API that we speak, where the provider says that it has ended: ours to mend, whoever's account it is. */
  retired?: string;
  /** What people are told instead of the message, where it is not for the provider to say: the wire adds it. */
  said?: RunSaying;
}

/** A provider's answer as it came. `body` is the parsed JSON, or null where it is none. */
export interface Reply {
  status: number;
  headers: Headers;
  body: unknown;
}

/** How often an account may be called, as its provider counts it. */
export interface Rates {
  /** The limits that a call counts against. The path is below the API's base, without a query. */
  of(call: { method: string; path: string }): readonly Limit[];
  /** Units that a call takes before a reply told what they take; 1. */
  cost?: number;
  /** What a reply tells of the limits that its call counted against, and what it took; nothing where it tells nothing. */
  said?(reply: Reply, limits: readonly Limit[]): { said: readonly Said[]; cost?: number };
}

/** What is wrong with a callback: not signed by the provider, signed too long ago, or for another shop than was asked for. */
export type CallbackFault = "forged" | "stale" | "other_shop";

/** With what one request is authorised: what was opened for this run, and nothing that a sensor could reach. */
export interface Credentials {
  /** Opened secrets by field: `access_token` of OAuth, the fields of a key form. */
  secrets: Readonly<Record<string, string>>;
  /** The fields of a key form that are no secrets. */
  fields: Readonly<Record<string, string>>;
  /** Which of the provider's hosts is called, where it has several. */
  service: string | undefined;
  /** The chosen thing that the request is about, as the sensor named it. */
  resource: Resource | undefined;
  /** A variable of our own configuration, such as our client's secret. Throws `misconfigured` where it is not set. */
  variable(name: string): string;
}

export interface Authorization {
  headers: Record<string, string>;
  query?: Record<string, string>;
}

/**
 * A way from a secret in hand to new tokens, at the token endpoint. The first one of a provider's list whose secret is there,
 * and that is for such a token, is taken.
 */
export interface RenewalWay {
  with: "refresh_token" | "access_token";
  /** `ending`: of a token that has an end. `lasting`: of one that has none, which the provider wants exchanged for one that has. */
  of: "ending" | "lasting";
  /** The request's fields besides our client's own. */
  fields(secret: string): Record<string, string>;
  /** Whether each renewal gives another secret of this kind in place of the one that was sent. */
  rotates: boolean;
  /** Whether what was just sent still answers after a lost reply. */
  retryable: boolean;
}

/** One request to the token endpoint with these fields besides our client's own. Throws `ProviderError`. */
export type TokenRequest = (fields: Readonly<Record<string, string>>) => Promise<Grant>;

/** URL templates. `{shop}` is the tenant's shop, `{service}` one of the provider's hosts. */
export interface OAuthEndpoints {
  authorize: string;
  token: string;
  revoke?: string;
  /** What a token is of (RFC 7662), where only that tells who was connected. */
  introspect?: string;
  /** What the provider calls itself in `iss` (RFC 9207), where it is not the origin of `authorize` or a path above it. */
  issuer?: string;
}

/** How accounts are connected by OAuth: a description over the core in domain/connecting (consents) and domain/tokens (renewals). */
export interface OAuth {
  /** The names of its client id and secret in the configuration. */
  credentials: { clientId: string; clientSecret: string };
  /** What the provider calls our client's id and secret, where it is not client_id and client_secret. */
  clientNames?: { id: string; secret: string };
  endpoints: OAuthEndpoints;
  /** What the person must say before leaving (a shop domain), parsed and normalised; null where nothing. */
  shop: z.ZodType<string> | null;
  /** Whose account it is, where a client can be made from it: a merchant's shop, or a company of another kind. */
  opensClient?: "shop" | "company";
  /** Asked for with every set: what it takes to learn who was connected. */
  identityScopes: readonly string[];
  scopeSets: readonly ScopeSet[];
  /** Further permissions that may be asked for by name. */
  permissions?: readonly string[];
  /** Whether what was granted before stays when a consent asks for other scopes only. */
  incremental: boolean;
  /** Whether the reply to such a consent names what it added alone, and not all that is granted. */
  repliesPartly?: boolean;
  /** The parameters of the authorize URL that carry the scopes; default: `scope`, joined by spaces. */
  scopeParameters?(scopes: readonly string[]): Record<string, string>;
  /** Whether `granted` contains `scope`, where a provider leaves implied ones out. Default: is it in the list. */
  grants?(granted: readonly string[], scope: string): boolean;
  pkce: boolean;
  clientAuthentication: "basic" | "body" | "json";
  /** Further parameters of the authorize URL. */
  authorizeParameters: Readonly<Record<string, string>>;
  /**
   * In their place where somebody connects accounts of several people, one after the other: the provider then asks which account it
   * shall be, and not only for consent with the one that is signed in there.
   */
  accountChoiceParameters?: Readonly<Record<string, string>>;
  /** The callback's parameter with the code, where it is not `code`. */
  codeParameter?: string;
  /** From the code to tokens, where one request with OAuth's usual fields is not it. */
  exchange?(request: TokenRequest, usual: Readonly<Record<string, string>>): Promise<Grant>;
  /** Seconds, where the reply leaves expires_in out; null where tokens of this provider have no end unless it says so. */
  defaultExpiresInS: number | null;
  /** None where only a person can renew. */
  renewals: readonly RenewalWay[];
  /** Checks of the callback beyond state and PKCE: null when it was the provider who sent it, for this shop. */
  callbackFault?(input: {
    parameters: URLSearchParams;
    clientSecret: string;
    shop: string | null;
    /** Milliseconds since 1970. */
    now: number;
  }): CallbackFault | null;
  /** How the token endpoint failed, where it is not as RFC 6749 (5.2) says it; undefined leaves it to that. */
  tokenFailureOf?(reply: Reply): Failure | undefined;
  /** Throws a `ZodError` for what is no grant. */
  readGrant(reply: unknown): Grant;
  authorization(credentials: Credentials): Authorization;
  /** Asks the API who was connected; `introspect` asks what the token is of. Throws `ProviderError`. */
  identify(account: Account, introspect: () => Promise<unknown>): Promise<Identity>;
  /**
   * How to give access back. `ends: "grant"`: it ends all that this account ever granted us, so it must not be done while
   * another connection lives on the same grant. Null where the provider has no way.
   */
  revocation: {
    ends: "token" | "grant";
    request(input: { accessToken: string; refreshToken: string | undefined; clientId: string; clientSecret: string }): {
      method: "POST" | "DELETE";
      headers: Record<string, string>;
      /** Added to the endpoint's address. */
      query?: Record<string, string>;
      body?: string;
    };
  } | null;
  /** Where a person takes our access away by hand, in the menus of the provider's own pages. Written from memory: menus move, and none was looked up. */
  removal?: Text;
  /** What ends although it is renewed, in seconds: see domain/tokens/cliffs.ts. */
  lives?: {
    /** Of the refresh token from the first consent on; renewing does not restart it. */
    consentS?: number;
    /** Of a refresh token that is not used. */
    unusedS?: number;
  };
}

/** One field of the form that connects by a key. */
export interface KeyField {
  /** Its name in the vault, or in the connection's `fields` where it is no secret. */
  name: string;
  label: Text;
  hint?: Text;
  secret: boolean;
  /** Trims and checks; its messages are never shown, its pattern is. */
  schema: z.ZodType<string>;
  /** What a browser lets through (the source of a pattern), where people paste more than the schema's pattern with something around it. */
  pasted?: string;
  /** The form may leave it empty. */
  optional?: boolean;
  placeholder?: string;
}

/** The live check found one field of a key form wrong, while the key itself is right. */
export class FieldFault extends Error {
  override name = "FieldFault";
  readonly field: string;
  readonly words: Text;

  constructor(field: string, words: Text) {
    super(words.en);
    this.field = field;
    this.words = words;
  }
}

/** How accounts are connected by a key that the client pastes: checked by a live call before it is kept. */
export interface Key {
  /** Where a person deletes a key. Written from memory, as OAuth's `removal` is. */
  removal?: Text;
  fields: readonly KeyField[];
  authorization(credentials: Credentials): Authorization;
  /** The live check: asks the API whose key it is. Throws `ProviderError`, and `FieldFault` for what does not belong to the key. */
  identify(account: Account): Promise<Identity>;
  /** Where the key only buys tokens, which are kept beside it as `access_token`. Paths are below the API's base, bodies JSON. */
  tokens?: {
    /** The secret field that buys them. */
    key: string;
    /** `everyS`: how many seconds must lie between two of these requests, refused ones included. */
    obtain: { path: string; body(key: string): unknown; everyS: number };
    refresh: { path: string; body(refreshToken: string): unknown };
    /** Throws a `ZodError` for what is no grant. */
    readGrant(reply: unknown, now: number): Grant;
  };
}

/** A kind of thing under one login, of which the client chooses. */
export interface Choice {
  kind: string;
  title: Text;
  /** The heading of the page on which it is chosen: “Choose an Analytics property”. */
  choose: Text;
  /** Whether several may be chosen at once. */
  many: boolean;
  /** Without these nothing can be listed. */
  scopes: readonly string[];
  /**
   * That no job reads it: what is chosen is used by the portal itself, with these permissions. It is never chosen by itself, nor asked
   * for after connecting.
   */
  portal?: { scopes: readonly string[] };
  /** All of them. Throws `ProviderError`. */
  list(account: Account): Promise<Resource[]>;
}

/** A version of the provider's API that we speak, and when the provider ends it (YYYY-MM-DD). */
export interface ApiVersion {
  name: string;
  endsOn: string;
}

/**
 * One provider. Facts are from the provider's own pages, but where a comment names another source or says that there is none. It has
 * one way to be connected at least; where both, OAuth wins.
 */
export interface Provider {
  id: string;
  name: string;
  description: Text;
  /** Base of its API, a URL template as in `OAuthEndpoints`. */
  api: string;
  /** Hosts that a request may go to, besides those of PROVIDER_ENDPOINTS. Anchored, lower case. */
  hosts: readonly RegExp[];
  /** Hosts that its API sends us on to for a file, besides `hosts`. Nothing that authorises us is carried there. Anchored, lower case. */
  redirectHosts?: readonly RegExp[];
  /** Fills `{service}` where a request names none. */
  service?: string;
  oauth?: OAuth;
  key?: Key;
  /** What the client chooses from after connecting. */
  choices?: readonly Choice[];
  /** Versions with an announced end. */
  versions?: readonly ApiVersion[];
  /** Tells how an API reply failed. */
  failureOf(reply: Reply): Failure | null;
  /** How often an account may be called; none: nobody says, or what a job does stays far below it. */
  rates?: Rates;
  /** Whether a 2xx that tells of a failure tells too that a write was done: GraphQL may fail in what it reads back after it acted. */
  acted?(reply: Reply): boolean;
  /** A cheap authenticated call; throws `ProviderError`. */
  probe(account: Account): Promise<void>;
  /** The same call where it also says what can change at the account: it is made in place of `probe`. */
  facts?(account: Account): Promise<AccountFacts>;
}

/** What an account counts in. Both may be changed by its owner at any time. */
export interface AccountFacts {
  currency?: string;
  timezone?: string;
}

export type OAuthProvider = Provider & { oauth: OAuth };
export type KeyProvider = Provider & { key: Key };

/** Whether all of `scopes` were granted, as this provider counts it. A key grants whatever its owner gave it: all of them. */
export function grantsAll(
  provider: Provider | undefined,
  { kind, scopesGranted }: { kind: "oauth" | "key"; scopesGranted: readonly string[] },
  scopes: readonly string[],
): boolean {
  if (kind === "key") return true;
  const grants = provider?.oauth?.grants ?? ((granted: readonly string[], scope: string) => granted.includes(scope));
  return scopes.every((scope) => grants(scopesGranted, scope));
}
