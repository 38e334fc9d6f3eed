/**
 * What can go wrong in a way that a caller should know. `vault_closed`: a root key of ours is missing, so that nothing can be sealed or
 * opened. `field` names the input that is at fault.
 * The message is shown to people: plain words, no secret, no id that the caller did not give.
 */
export type ErrorKind =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "conflict"
  | "rate_limited"
  | "unavailable"
  | "vault_closed"
  | "internal";

export class DomainError extends Error {
  override name = "DomainError";
  readonly kind: ErrorKind;
  readonly field: string | undefined;
  /** Seconds, for `rate_limited` and `unavailable`. */
  readonly retryAfterS: number | undefined;

  constructor(kind: ErrorKind, message: string, more: { field?: string; retryAfterS?: number; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.kind = kind;
    this.field = more.field;
    this.retryAfterS = more.retryAfterS;
  }
}

export const unauthenticated = () => new DomainError("unauthenticated", "Please sign in.");
export const forbidden = (message = "Your role does not allow this.") => new DomainError("forbidden", message);
/** Also for what exists but belongs to somebody else: the answer must not tell them apart. */
export const notFound = (what: string) => new DomainError("not_found", `There is no such ${what}.`);

/** What a `find*` finds, or null where it throws `not_found`: for jobs about what may have been erased since they were sent. */
export async function ifFound<T>(finding: Promise<T>): Promise<T | null> {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof DomainError && error.kind === "not_found") return null;
    throw error;
  }
}

export const invalid = (field: string, message: string) => new DomainError("invalid", message, { field });
export const conflict = (message: string, field?: string) => new DomainError("conflict", message, field === undefined ? {} : { field });
export const rateLimited = (retryAfterS: number) =>
  new DomainError("rate_limited", "Too many tries. Please wait a little.", { retryAfterS });

/** HTTP status of each kind: the one table that maps errors outward. */
export const statusOf: Record<ErrorKind, number> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 400,
  conflict: 409,
  rate_limited: 429,
  unavailable: 503,
  vault_closed: 503,
  internal: 500,
};

/**
 * How a call to a provider failed; the runner decides by `kind` what happens next.
 * - `revoked`: the provider no longer accepts the tokens; the client must reconnect.
 * - `missing_scopes`: the grant lacks a permission (named in `scopes` where known).
 * - `rate_limited`: come back after `retryAfterS`.
 * - `unavailable`: a timeout, a 5xx, a broken reply: nothing is known to be wrong with the grant.
 * - `rejected`: the provider understood and refused; the same request will be refused again.
 * - `misconfigured`: our own client id or secret, or a version of the API that we speak and that ended; never the tenant's fault.
 */
export type ProviderFailureKind = "revoked" | "missing_scopes" | "rate_limited" | "unavailable" | "rejected" | "misconfigured";

export class ProviderError extends Error {
  override name = "ProviderError";
  readonly kind: ProviderFailureKind;
  readonly provider: string;
  readonly retryAfterS: number | undefined;
  readonly scopes: readonly string[];
  /** The version of its API that we speak and that it has retired: nothing is wrong with any account then. */
  readonly retired: string | undefined;
  /** What was answered, where that was no reply to read (a redirect): for who writes the call down. */
  readonly answered: { status: number; headers: Headers } | undefined;

  constructor(
    provider: string,
    kind: ProviderFailureKind,
    message: string,
    more: {
      retryAfterS?: number;
      scopes?: string[];
      retired?: string;
      answered?: { status: number; headers: Headers };
      cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.kind = kind;
    this.provider = provider;
    this.retryAfterS = more.retryAfterS;
    this.scopes = more.scopes ?? [];
    this.retired = more.retired;
    this.answered = more.answered;
  }
}
