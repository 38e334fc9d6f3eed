import type { z } from "zod";
import type { Resource } from "./resource.ts";

/** Where a call goes, and what it says besides being authorised. */
export interface Destination {
  /** Below the provider's API base, with a leading slash; query included. A full URL is accepted if it lies below that base (paging links). */
  path: string;
  /** For providers with several hosts (Google: `analyticsdata`). */
  service?: string;
  /** The chosen thing that the call is about, where reaching it takes more than its id (a Google Ads account under a manager). */
  resource?: Resource;
  headers?: Record<string, string>;
}

interface Get {
  method?: "GET";
  body?: undefined;
  reads?: undefined;
  /**
   * Whether one redirect is followed, to the API's own hosts or to one of the provider's `redirectHosts` (a recording that lies behind
   * a signed link). What authorises us is carried to no other host.
   */
  follows?: boolean;
}

/** A POST that changes nothing, which whoever writes it answers for: a GraphQL query, a report, a search. */
interface ReadingPost {
  method: "POST";
  reads: true;
  /** Sent as JSON. */
  body?: unknown;
  follows?: undefined;
}

/** A call that reads: it may be repeated after a 5xx or a timeout. What changes something is a `Write`, and takes a `Writer`. */
export type AccountRequest = Destination & (Get | ReadingPost);

/**
 * An account at a provider, as what reads sees it: already authorised, rate-limited and retried. There is no way from here to
 * the token, and none to a change. Every failure is a `ProviderError`, whose kind tells the runner what to do.
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
  /** The same with the reply's headers, where those say what the body does not: how many pages a list has, what is left of a limit. */
  reply<S extends z.ZodType>(request: AccountRequest, schema: S): Promise<{ headers: Headers; body: z.output<S> }>;
  /** The reply as it came, up to 16 MB: what is no JSON (CSV), or JSON whose numbers are above 2^53 and would lose their last digits. */
  text(request: AccountRequest): Promise<{ headers: Headers; text: string }>;
  /**
   * A reply that is too large to be held (an export's file), as `read` takes it in; answers what `read` answers. It breaks off with
   * `unavailable` beyond 256 MB, after 10 s without a byte, and when the run's time is up. It is closed once `read` has ended, and
   * never asked for again by itself once `read` has begun. A provider that fails with status 200 is not found out here.
   */
  stream<T>(request: AccountRequest, read: (body: ReadableStream<Uint8Array<ArrayBuffer>>, headers: Headers) => Promise<T>): Promise<T>;
}
