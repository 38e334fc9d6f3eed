import type { ParamsFor } from "#db/words/locales.ts";
import { type RunErrorCode, type RunErrorKind, type RunSaying, runErrorCodes } from "#db/words/runs.ts";
import { UnknownCurrency } from "#server/catalog/money.ts";
import { DomainError, lineOf, ProviderError } from "#server/errors.ts";
import { maxAttempts } from "./engine.ts";
import type { Said } from "./said.ts";

const second = 1000;
const minute = 60 * second;
const baseMs = 10 * second;
const capMs = 15 * minute;
/** A provider may ask for a day; a run that waits longer than this is better tried again. */
const retryAfterCapMs = 3600 * second;

type ParamsOf<C extends RunErrorCode> = (typeof runErrorCodes)[C] extends readonly [RunErrorKind, ...infer Names extends string[]]
  ? ParamsFor<Names, string | number>
  : never;

/** Why a step of a run failed, where that is for us to say. Its message is for logs, not for people. */
export class RunError<C extends RunErrorCode = RunErrorCode> extends Error {
  override name = "RunError";
  readonly kind: RunErrorKind;
  readonly said: RunSaying;

  constructor(code: C, ...[params = {}]: ParamsOf<C>) {
    super(lineOf({ code, params }));
    this.kind = runErrorCodes[code][0];
    this.said = { code: `run.${code}`, params };
  }
}

export interface RunFailure {
  kind: RunErrorKind;
  said: Said;
  retryAfterS: number | undefined;
  /** The provider whose call failed, where it was one. */
  provider?: string;
  /** That the provider retired the version of its API that we speak: nothing that is said of the account. */
  isRetired?: true;
  /** That nothing was asked of the provider: too little of the account's budget was left, or its service is left alone. */
  unsent?: true;
}

/** What went wrong. Nothing of an error that is not ours to show goes out. */
export function failureOf(error: unknown): RunFailure {
  if (error instanceof ProviderError) {
    const { kind, message, said = { theirs: message }, retryAfterS, provider, retired, unsent } = error;
    return { kind, said, retryAfterS, provider, ...(retired !== undefined && { isRetired: true }), ...(unsent && { unsent }) };
  }
  if (error instanceof DomainError && error.kind === "unavailable") {
    const { kind, code, params, retryAfterS } = error;
    return { kind, said: { code, params }, retryAfterS };
  }
  const { kind, said } = asRunError(error);
  return { kind, said, retryAfterS: undefined };
}

function asRunError(error: unknown): RunError {
  if (error instanceof RunError) return error;
  if (error instanceof UnknownCurrency) return new RunError("currency_unknown", { currency: error.currency.slice(0, 20) });
  return new RunError("defect");
}

/** So long a run waits before it looks again whether a provider is back that is down for all. */
export const downMs = (random: () => number): number => 5 * minute + random() * 10 * minute;

/** `waiting`: queued as well, but this was no try. */
export type RunVerdict = { status: "failed" } | { status: "dead" } | { status: "queued" | "waiting"; availableAt: number };

/**
 * What becomes of a run whose `attempt`-th try failed. What a person must mend is not tried again; a provider's Retry-After
 * wins over our own backoff (and is never shortened by jitter); the rest backs off exponentially, half of it by jitter. While
 * the provider has an open incident the run waits for it, however long that is; so it does where nothing was sent. A step that had made calls (`sent`)
 * before its account's budget was spent makes them anew: it waits until there is enough for all of them, and that is a try, or one that needs
 * more than there ever is would never end.
 */
export function afterFailure(
  failure: Pick<RunFailure, "kind" | "retryAfterS" | "unsent">,
  {
    attempt,
    now,
    random,
    incident = false,
    sent = 0,
  }: { attempt: number; now: number; random: () => number; incident?: boolean; sent?: number },
): RunVerdict {
  const again = failure.unsent && failure.kind === "rate_limited" ? sent : 0;
  const askedMs = Math.min(retryAfterCapMs, (failure.retryAfterS ?? 0) * second * (again + 1));
  if (incident) return { status: "waiting", availableAt: Math.ceil(now + Math.max(askedMs, downMs(random))) };
  if (failure.unsent && again === 0)
    return { status: "waiting", availableAt: Math.ceil(now + Math.max(baseMs, askedMs) * (1 + random() / 4)) };
  switch (failure.kind) {
    case "revoked":
    case "missing_scopes":
    case "not_connected":
    case "choice_needed":
    case "suspended":
    case "not_in_plan":
    case "rejected":
    case "misconfigured":
      return { status: "failed" };
    case "rate_limited":
    case "unavailable":
    case "deadline":
    case "lost":
    case "defect": {
      if (attempt >= maxAttempts) return { status: "dead" };
      // Six tries take 155 s at least, also where a provider says "in a second": until then its incident has been noticed.
      const mostMs = Math.min(capMs, baseMs * 2 ** (attempt - 1));
      if (failure.retryAfterS === undefined) return { status: "queued", availableAt: Math.ceil(now + (mostMs / 2) * (1 + random())) };
      const jitteredMs = askedMs + random() * Math.min(10 * second, askedMs / 10);
      return { status: "queued", availableAt: Math.ceil(now + Math.max(mostMs / 2, jitteredMs)) };
    }
    default: {
      const unknown: never = failure.kind;
      throw new Error(`no verdict on ${String(unknown)}`);
    }
  }
}
