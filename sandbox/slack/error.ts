import { json } from "#sandbox/reply.ts";

/** Whatever goes wrong is said with status 200, but for a limit and for failures of Slack's own. */
export const slackError = (error: string, status = 200, headers: Record<string, string> = {}, more: object = {}): Response =>
  json({ ok: false, error, ...more }, status, headers);
