import type { Grant } from "#test/sandbox/oauth/ledger.ts";
import type { Call, SandboxState } from "#test/sandbox/providers/provider.ts";
import { json } from "#test/sandbox/reply.ts";
import { personOf } from "./identity.ts";

export function googleError(
  code: number,
  status: string,
  message: string,
  details?: unknown[],
  headers?: Record<string, string>,
): Response {
  return json({ error: { code, message, status, ...(details && { details }) } }, code, headers);
}

export function answerGoogle(_state: SandboxState, call: Call, grant: Grant): Response {
  if (call.route.path === "/openidconnect/v1/userinfo" || call.route.path === "/www/oauth2/v3/userinfo")
    return json(personOf(grant.account));
  return googleError(404, "NOT_FOUND", "Not found.");
}
