import { json } from "#sandbox/reply.ts";

/** An error of the newer Google APIs (google.rpc.Status). */
export function googleError(
  code: number,
  status: string,
  message: string,
  details?: unknown[],
  headers?: Record<string, string>,
): Response {
  return json({ error: { code, message, status, ...(details && { details }) } }, code, headers);
}

export function insufficientScope(service: string): Response {
  return googleError(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
      domain: "googleapis.com",
      metadata: { service: `${service}.googleapis.com` },
    },
  ]);
}
