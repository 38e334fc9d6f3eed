import { json } from "#sandbox/reply.ts";

/** A JSON:API error as Klaviyo writes it. */
export function klaviyoError(
  status: number,
  code: string,
  title: string,
  detail: string,
  headers?: Record<string, string>,
  source: object = { pointer: "/data/" },
): Response {
  return json({ errors: [{ id: crypto.randomUUID(), status, code, title, detail, source }] }, status, headers);
}
