import type { Grant } from "#test/sandbox/oauth/ledger.ts";
import type { Call, SandboxState } from "#test/sandbox/providers/provider.ts";
import { json } from "#test/sandbox/reply.ts";
import { accountName } from "./figures.ts";

export function klaviyoError(status: number, code: string, title: string, detail: string, headers?: Record<string, string>): Response {
  return json({ errors: [{ id: crypto.randomUUID(), status, code, title, detail, source: { pointer: "/data/" } }] }, status, headers);
}

export function answerKlaviyo(_state: SandboxState, call: Call, grant: Grant): Response {
  if (call.route.path === "/api/accounts")
    return json({
      data: [
        { type: "account", id: grant.account, attributes: { contact_information: { organization_name: accountName(grant.account) } } },
      ],
    });
  return klaviyoError(404, "not_found", "Not found.", "The path could not be found.");
}
