import type { Ctx } from "#server/ctx.ts";
import { asciiAddress } from "#server/domain/sessions/ascii-address.ts";
import type { Mail } from "./mail.ts";
import { MailFailure } from "./mail-failure.ts";

/** What Resend says of what it was sent (https://resend.com/docs/api-reference/errors); a key that is wrong is mended by us. */
const aboutThisMail: ReadonlySet<number> = new Set([400, 422]);

/**
 * Sends through Resend's HTTP API, one request a mail; the idempotency key makes a retry of the same mail no second one
 * (kept for 24 h, see https://resend.com/docs/dashboard/emails/idempotency-keys), so that nothing is ever unsure. Throws a
 * `MailFailure` when it was not accepted: for good where it is about this mail, later where it is about us, our account or the moment.
 */
export async function resendTransport(ctx: Ctx, { id, to, subject, text, html }: Mail): Promise<void> {
  const response = await ctx.fetch(ctx.config.RESEND_ENDPOINT, {
    method: "POST",
    headers: {
      authorization: `Bearer ${ctx.config.RESEND_API_KEY}`,
      "content-type": "application/json",
      "idempotency-key": id,
    },
    body: JSON.stringify({ from: ctx.config.MAIL_FROM, to: [asciiAddress(to)], subject, text, html }),
    redirect: "manual",
    signal: AbortSignal.timeout(15_000),
  });
  await response.body?.cancel();
  if (!response.ok) throw new MailFailure(`Resend answered ${response.status}.`, aboutThisMail.has(response.status) ? "refused" : "later");
}
