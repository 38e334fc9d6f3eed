import type { Destination } from "#server/catalog/account.ts";
import { addDays, dayOf, instantOf, isTimezone } from "#server/catalog/days.ts";
import type { Failure, Provider, Reply } from "#server/catalog/provider.ts";
import type { Ctx } from "#server/ctx.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import type { EndedCall, Held, RatedCall } from "#server/rate-leases.ts";
import { alarmOfRetired } from "./alarm-of-retired.ts";
import { type ApiAccess, authorize } from "./api-access.ts";
import { namesOf } from "./failed-call.ts";
import { pause } from "./pause.ts";
import { type ProviderRequest, sendRequest, type WholeReply } from "./send-request.ts";

/** All waiting within one call together: what would take longer is the queue's to wait for. */
const waitBudgetMs = 10_000;
const maxTries = 4;
/** No reply in time: a second try, no more, or a run's 30 s are gone. */
const maxSilentTries = 2;

/** One call of an API: what is sent, and how its failures are told and dealt with. */
export interface Call {
  destination: Destination;
  request: Omit<ProviderRequest, "signal">;
  /** How a reply that came failed; null where it did not. */
  failureOf(reply: Reply): Failure | null;
  /** Whether what failed like this may be sent again. */
  mayRepeat(failure: Failure): boolean;
}

/** How a call ended, after all of its tries. */
export interface Tried {
  /** The last reply; its status is 0 where none came. */
  reply: WholeReply;
  failure: Failure | null;
  /** Whether a try before the last one failed without a word on whether it was acted on. */
  doubtful: boolean;
  /** Tells who hears of failures that the last try failed after all. */
  tell(kind: Failure["kind"]): void;
}

type Attempt = { reply: WholeReply; failure: Failure | null; silent: boolean };

/**
 * Calls an API, and again where that may be while it is short: a rate limit is waited for, a hiccup passes. Who hears of failures hears
 * of each try. Throws a `ProviderError` only where nothing was sent: `rejected` for a foreign address, `misconfigured`.
 */
export async function tryCall(ctx: Ctx, access: ApiAccess, call: Call): Promise<Tried> {
  const { provider, signal } = access;
  const { url, path, headers } = authorize(ctx, access, call.destination);
  const request = { ...call.request, headers: { ...call.request.headers, ...headers }, ...(signal && { signal }) };
  const rated = ratedOf(access, { ...call, path });
  let waited = 0;
  let doubtful = false;
  let before: Tried | null = null;
  for (let tries = 1; ; tries++) {
    const askedAt = ctx.now();
    const held = rated && (await ctx.rates.begin(rated, waitBudgetMs - waited, signal));
    waited += ctx.now() - askedAt;
    if (held) {
      if (before) return before;
      throw heldBack(provider, held);
    }
    const startedAt = ctx.now();
    const { reply, failure, silent } = await attempt(ctx, access, { url, request, failureOf: call.failureOf, doubtful });
    // What our own time ended, or another host said, says nothing of the account's service.
    if (rated && !signal?.aborted && !reply.elsewhere) await ctx.rates.end(rated, endedOf(access, rated, { reply, failure }));
    const tell = (kind: Failure["kind"], again = false) =>
      access.onFailed?.({ ...namesOf(ctx, { provider, url, method: request.method, reply }), kind, ms: ctx.now() - startedAt, again });
    if (!failure) return { reply, failure, doubtful, tell };
    const wait = waitMs(failure, tries);
    const again =
      call.mayRepeat(failure) && tries < (silent ? maxSilentTries : maxTries) && waited + wait <= waitBudgetMs && !signal?.aborted;
    tell(failure.kind, again);
    if (again) await pause(wait);
    // What is sent after the time is up would come to nothing, and nobody could say whether it left us.
    if (!again || signal?.aborted) {
      if (failure.retired !== undefined) await alarmOfRetired(ctx, { provider: provider.id, version: failure.retired });
      return { reply, failure, doubtful, tell };
    }
    doubtful ||= failure.kind === "unavailable";
    before = { reply, failure, doubtful: doubtful || failure.kind === "unavailable", tell };
    waited += wait;
  }
}

/** A call as the account's budget counts it; null where nobody knows whose account it is. */
function ratedOf({ provider, rated }: ApiAccess, { path, destination, request }: Call & { path: string }): RatedCall | null {
  if (!rated) return null;
  const service = destination.service ?? provider.service ?? provider.id;
  const limits = provider.rates?.of({ method: request.method, path }) ?? [];
  return { ...rated, service, limits, cost: provider.rates?.cost ?? 1 };
}

/** A limit whose end nobody told is tried again after this. */
const untoldMs = 1_000;

function endedOf({ provider }: ApiAccess, { limits }: RatedCall, { reply, failure }: Pick<Tried, "reply" | "failure">): EndedCall {
  const told = reply.status === 0 ? { said: [] } : (provider.rates?.said?.(reply, limits) ?? { said: [] });
  const limited = failure?.kind === "rate_limited" && !failure.ofRecord;
  const failed = limited ? { forMs: failure.retryAfterS === undefined ? untoldMs : failure.retryAfterS * 1000 } : { forMs: null };
  return { ...told, failed: limited || failure?.kind === "unavailable" ? failed : null };
}

/** What is not sent, since too little of the account's budget is left or its service is down: nothing was asked of the provider. */
const heldBack = (provider: Provider, { retryAfterS, down }: Held): ProviderError =>
  new ProviderError(
    provider.id,
    down ? "unavailable" : "rate_limited",
    down ? "left alone after failures" : "the account's budget is spent",
    {
      said: ofCall(down ? "left_alone" : "budget_spent", { provider: provider.name }),
      retryAfterS,
      unsent: true,
    },
  );

async function attempt(
  ctx: Ctx,
  { provider, timezone }: ApiAccess,
  { url, request, failureOf, doubtful }: { url: URL; request: ProviderRequest; failureOf: Call["failureOf"]; doubtful: boolean },
): Promise<Attempt> {
  try {
    const reply = await sendRequest(ctx, provider, url, request);
    const failure = reply.elsewhere ? failureElsewhere(reply) : failureOf(reply);
    return { reply, failure: failure && parked(failure, { timezone, now: ctx.now() }), silent: false };
  } catch (error) {
    // Of what was not sent nothing is told but that, unless a try before it was.
    if (!(error instanceof ProviderError) || error.kind !== "unavailable" || (error.unsent && !doubtful)) throw error;
    const reply = { status: 0, headers: new Headers(), ...error.answered, body: null, text: "", rest: null, elsewhere: false };
    return { reply, failure: { kind: "unavailable", message: error.message, ...(error.said && { said: error.said }) }, silent: true };
  }
}

/** A day's limit ends with the account's day. */
function parked(failure: Failure, { timezone, now }: { timezone: string | undefined; now: number }): Failure {
  if (!failure.untilMidnight || timezone === undefined || !isTimezone(timezone)) return failure;
  const midnight = instantOf(addDays(dayOf(now, timezone), 1), "00:00", timezone);
  return { ...failure, retryAfterS: Math.ceil((midnight - now) / 1000) };
}

/** A host that keeps files knows nothing of our access: what it refuses says nothing of the account. */
const failureElsewhere = ({ status }: Reply): Failure | null =>
  status < 400
    ? null
    : { kind: "unavailable", message: `where a redirect led: status ${status}`, said: ofCall("failed_elsewhere", { status }) };

function waitMs({ retryAfterS }: Failure, tries: number): number {
  const jitter = 0.75 + Math.random() / 2;
  // Never earlier than told; the jitter keeps many runs from coming back in the same instant.
  return retryAfterS === undefined ? 300 * 2 ** (tries - 1) * jitter : retryAfterS * 1000 + 100 * jitter;
}
