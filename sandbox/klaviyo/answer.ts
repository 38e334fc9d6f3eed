import type { Grant } from "#sandbox/oauth/ledger.ts";
import { currentPlace } from "#sandbox/places.ts";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { klaviyoError } from "./error.ts";
import { findOperation, type Operation } from "./operations.ts";

/** One API call: its revision, its limits and its scope are checked before it is answered. */
export function answerKlaviyo(state: SandboxState, call: Call, grant: Grant): Response {
  const found = findOperation(call.request.method, call.route.path);
  if (!found) return klaviyoError(404, "not_found", "Not found.", "The path could not be found.");
  const { operation, id } = found;
  if (!/^20\d\d-\d\d-\d\d(\.\w+)?$/.test(call.request.headers.get("revision") ?? "")) {
    return klaviyoError(400, "invalid", "Invalid input.", "A valid revision header is required.", undefined, { parameter: "revision" });
  }
  // Revisions live for two years (../shared/writes-and-voice.md, 0.1).
  if (/^20(1\d|2[0-4])-/.test(call.request.headers.get("revision") ?? "")) {
    return klaviyoError(410, "gone", "Gone.", "This revision is retired.", undefined, { parameter: "revision" });
  }
  const counted = takeTurn(state, call, grant, operation);
  if (counted.retryAfter !== null) return call.provider.rateLimited(counted.retryAfter);
  const missing = operation.scopes.filter(
    (scope) => !grant.scopes.includes(scope) && !grant.scopes.includes(scope.replace(":read", ":write")),
  );
  const response =
    missing.length > 0
      ? klaviyoError(
          403,
          "permission_denied",
          "You do not have permission to perform this action.",
          `Missing scopes: ${missing.join(", ")}.`,
        )
      : operation.answer({ state, account: grant.account, place: currentPlace(state.places, "klaviyo", grant.account), call, id });
  for (const [name, value] of Object.entries(counted.headers)) response.headers.set(name, value);
  return response;
}

/** Fixed windows per installed account and operation: one second, one minute, and a day where there is a daily limit. */
function takeTurn(
  state: SandboxState,
  call: Call,
  grant: Grant,
  operation: Operation,
): { retryAfter: number | null; headers: Record<string, string> } {
  const limits = operation.limits(call.url.searchParams);
  const windows = [
    { name: "burst", size: 1000, limit: limits.burst },
    { name: "steady", size: 60_000, limit: limits.steady },
    ...(limits.daily === undefined ? [] : [{ name: "daily", size: 86_400_000, limit: limits.daily }]),
  ].map((window) => ({ ...window, ...openWindow(state, `${grant.account} ${operation.name} ${window.name}`, window.size, call.now) }));
  const full = state.limits.on ? windows.filter(({ count, limit }) => count.used >= limit) : [];
  if (full.length > 0) return { retryAfter: Math.max(1, ...full.map(({ endsAt }) => Math.ceil((endsAt - call.now) / 1000))), headers: {} };
  for (const { count } of windows) count.used += 1;
  const steady = windows[1];
  if (!steady) return { retryAfter: null, headers: {} };
  return {
    retryAfter: null,
    headers: {
      "ratelimit-limit": String(steady.limit),
      "ratelimit-remaining": String(Math.max(0, steady.limit - steady.count.used)),
      "ratelimit-reset": String(Math.ceil((steady.endsAt - call.now) / 1000)),
    },
  };
}

function openWindow(state: SandboxState, key: string, size: number, now: number) {
  const startedAt = Math.floor(now / size) * size;
  let count = state.limits.windows.get(key);
  if (!count || count.startedAt !== startedAt) {
    count = { startedAt, used: 0 };
    state.limits.windows.set(key, count);
  }
  return { count, endsAt: startedAt + size };
}
