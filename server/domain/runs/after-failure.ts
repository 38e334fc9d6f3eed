import { DomainError, ProviderError } from "#server/errors.ts";
import { maxAttempts } from "./engine.ts";
import type { RunErrorKind } from "./schemas.ts";

const second = 1000;
const baseMs = 10 * second;
const capMs = 15 * 60 * second;
/** A provider may ask for a day; a run that waits longer than this is better tried again. */
const retryAfterCapMs = 3600 * second;

/** Why a step of a run failed. `message` is plain words that the tenant may read. */
export class RunError extends Error {
  override name = "RunError";
  readonly kind: RunErrorKind;

  constructor(kind: RunErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

export interface RunFailure {
  kind: RunErrorKind;
  message: string;
  retryAfterS: number | undefined;
}

/** What went wrong, in plain words. Nothing of an error that is not ours to show goes out. */
export function failureOf(error: unknown): RunFailure {
  if (error instanceof RunError) return { kind: error.kind, message: error.message, retryAfterS: undefined };
  if (error instanceof ProviderError) return { kind: error.kind, message: error.message, retryAfterS: error.retryAfterS };
  if (error instanceof DomainError && error.kind === "unavailable") {
    return { kind: "unavailable", message: error.message, retryAfterS: error.retryAfterS };
  }
  return { kind: "defect", message: "Something went wrong on our side.", retryAfterS: undefined };
}

export type Verdict = { status: "failed" } | { status: "dead" } | { status: "queued"; availableAt: number };

/**
 * What becomes of a run whose `attempt`-th try failed. What a person must mend is not tried again; a provider's Retry-After
 * wins over our own backoff (and is never shortened by jitter); the rest backs off exponentially with full jitter.
 */
export function afterFailure(
  failure: RunFailure,
  { attempt, now, random }: { attempt: number; now: number; random: () => number },
): Verdict {
  switch (failure.kind) {
    case "revoked":
    case "missing_scopes":
    case "not_connected":
    case "choice_needed":
    case "suspended":
    case "rejected":
    case "misconfigured":
      return { status: "failed" };
    case "rate_limited":
    case "unavailable":
    case "deadline":
    case "lost":
    case "defect": {
      if (attempt >= maxAttempts) return { status: "dead" };
      const backoffMs = Math.max(second, random() * Math.min(capMs, baseMs * 2 ** (attempt - 1)));
      if (failure.retryAfterS === undefined) return { status: "queued", availableAt: Math.ceil(now + backoffMs) };
      const askedMs = Math.min(retryAfterCapMs, failure.retryAfterS * second);
      return { status: "queued", availableAt: Math.ceil(now + askedMs + random() * Math.min(10 * second, askedMs / 10)) };
    }
    default: {
      const unknown: never = failure.kind;
      throw new Error(`no verdict on ${String(unknown)}`);
    }
  }
}
