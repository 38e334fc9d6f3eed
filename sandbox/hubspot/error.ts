import { json } from "#sandbox/reply.ts";

/** HubSpot's usual error (../shared/providers.md, HubSpot / 5 Reads). */
export function hubspotError(status: number, category: string, message: string, more: Record<string, unknown> = {}): Response {
  return json({ status: "error", message, correlationId: crypto.randomUUID(), category, ...more }, status);
}
