import type { z } from "zod";
import type { Resource } from "./resource.ts";

export interface AccountRequest {
  method?: "GET" | "POST" | "DELETE";
  /** Below the provider's API base, with a leading slash; query included. A full URL is accepted if it lies below that base (paging links). */
  path: string;
  /** For providers with several hosts (Google: `analyticsdata`). */
  service?: string;
  /** The chosen thing that the request is about, where reaching it takes more than its id (a Google Ads account under a manager). */
  resource?: Resource;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** A POST that changes nothing (a GraphQL query, a report): it may be repeated after a 5xx or a timeout, as a GET may. */
  reads?: boolean;
}

/**
 * An account at a provider, as sensors see it: already authorised, rate-limited and retried. There is no way from here to
 * the token. Every failure is a `ProviderError`, whose kind tells the runner what to do.
 */
export interface Account {
  readonly provider: string;
  readonly connectionId: string;
  readonly externalId: string;
  readonly name: string;
  readonly currency: string | undefined;
  readonly timezone: string | undefined;
  /** What was typed when it was connected by a key, without the secrets: a number, an account's SID. */
  readonly fields: Readonly<Record<string, string>>;
  /** What its provider granted; undefined where nobody counts it, as with a key. */
  readonly scopes: readonly string[] | undefined;
  /** What the client chose of the things under this login. */
  readonly resources: readonly Resource[];
  /** The reply's JSON, checked against the schema; a reply of another shape is `unavailable`. */
  json<S extends z.ZodType>(request: AccountRequest, schema: S): Promise<z.output<S>>;
}
