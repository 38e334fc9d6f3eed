import type { Ctx } from "#server/ctx.ts";
import type { Mail } from "./mail.ts";

/**
 * Sends through Resend's HTTP API, one request a mail; the idempotency key makes a retry of the same mail no second one
 * (kept for 24 h, see https://resend.com/docs/dashboard/emails/idempotency-keys). Throws when it was not accepted.
 */
export async function resendTransport(ctx: Ctx, { id, to, subject, text, html }: Mail): Promise<void> {
  const response = await ctx.fetch(ctx.config.RESEND_ENDPOINT, {
    method: "POST",
    headers: {
      authorization: `Bearer ${ctx.config.RESEND_API_KEY}`,
      "content-type": "application/json",
      "idempotency-key": id,
    },
    body: JSON.stringify({ from: ctx.config.MAIL_FROM, to: [to], subject, text, html }),
    redirect: "manual",
    signal: AbortSignal.timeout(15_000),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Resend answered ${response.status}.`);
}
