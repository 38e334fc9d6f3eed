import { json } from "#sandbox/reply.ts";

/** An error of the Graph API; its status says little, and may be 200. */
export function metaError(
  { code, subcode, message, transient }: { code: number; subcode?: number; message: string; transient?: boolean },
  status = 400,
  headers: Record<string, string> = {},
): Response {
  const error = {
    message,
    type: code === 190 || code === 1 || code === 102 ? "OAuthException" : "GraphMethodException",
    code,
    ...(subcode !== undefined && { error_subcode: subcode }),
    ...(transient !== undefined && { is_transient: transient }),
    fbtrace_id: `A${crypto.randomUUID().slice(0, 8)}`,
  };
  return json({ error }, status, headers);
}
