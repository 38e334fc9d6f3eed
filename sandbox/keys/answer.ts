import type { CallFacts } from "#sandbox/control/faults.ts";
import { findLive } from "#sandbox/oauth/ledger.ts";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import type { KeyCall } from "./service.ts";

/** What a request is about, for faults and counters: a key or token in it tells whose account it is. */
export function carriedBy({ ledger }: SandboxState, { service, request, body, path }: KeyCall): Omit<CallFacts, "provider" | "path"> {
  const bought = service.tokens !== undefined && path.startsWith("/authentication/");
  const known = [...body.matchAll(/[\w@-]*sbx[0-9a-f]{40}/g)].map(([value]) => value);
  const carried = service.bearer(request);
  const tokens = carried === null ? known : [carried, ...known];
  const held = tokens.map((token) => ledger.issued.get(token)).find((item) => item !== undefined);
  return {
    kind: bought ? "token" : "api",
    account: (held && ledger.grants.get(held.grantId)?.account) ?? null,
    grantType: bought ? (path.split("/").at(-1) ?? null) : null,
    tokens,
  };
}

/** Answers one call: tokens for a key, or the API for what opens it. */
export function answerKey(state: SandboxState, call: KeyCall): Response {
  const { service, request, now } = call;
  const bought = service.tokens?.(state, call);
  if (bought) return bought;
  const held = findLive(state.ledger, service.opens, service.bearer(request), now);
  if (held?.grant.provider !== service.id) return service.unauthorized();
  const { account } = held.grant;
  if (!takeTurn(state, `${service.id} ${account}`, { now, sizeMs: 1000, max: service.perSecond })) return service.rateLimited(1);
  return service.api(call, account, held.item.value, state) ?? service.notFound();
}

/** Counts one call in a fixed window; false when it is one too many. */
export function takeTurn(
  { limits }: SandboxState,
  key: string,
  { now, sizeMs, max }: { now: number; sizeMs: number; max: number },
): boolean {
  const known = limits.windows.get(key);
  const window = known && now - known.startedAt < sizeMs ? known : { startedAt: now, used: 0 };
  limits.windows.set(key, window);
  if (limits.on && window.used >= max) return false;
  window.used += 1;
  return true;
}
