import * as z from "zod";
import type { MailFate } from "#db/words/mail.ts";
import { parseJson } from "#server/catalog/webhooks/json.ts";
import type { Ctx } from "#server/ctx.ts";
import { asciiAddress } from "#server/domain/people/ascii-address.ts";
import type { Mail } from "./mail.ts";
import { MailFailure, ofMail } from "./mail-failure.ts";

/** What Resend says of what it did not take: a kind of error and a sentence (https://resend.com/docs/api-reference/errors). */
const Refusal = z.object({ name: z.string().catch(""), message: z.string().catch("") }).catch({ name: "", message: "" });
type Refusal = z.infer<typeof Refusal>;
const longestWords = 300;

/**
 * Sends through Resend's HTTP API, one request a mail; the idempotency key makes a retry of the same mail no second one
 * (kept for 24 h, see https://resend.com/docs/dashboard/emails/idempotency-keys), so that nothing is ever unsure. Throws a
 * `MailFailure` with Resend's words when it was not accepted: for good where it is about the recipient, later where it is about our
 * sender, our account or the moment.
 */
export async function resendTransport(ctx: Ctx, { id, to, subject, text, html }: Mail): Promise<void> {
  const { RESEND_ENDPOINT, RESEND_API_KEY, MAIL_FROM } = ctx.config;
  ctx.log.conceal(RESEND_API_KEY ?? "");
  const post = () =>
    ctx.fetch(RESEND_ENDPOINT, {
      method: "POST",
      headers: {
        authorization: `Bearer ${RESEND_API_KEY}`,
        "content-type": "application/json",
        "idempotency-key": id,
      },
      body: JSON.stringify({ from: MAIL_FROM, to: [asciiAddress(to)], subject, text, html }),
      redirect: "manual",
      signal: AbortSignal.timeout(15_000),
    });
  const response = await ctx.slots.hold(new URL(RESEND_ENDPOINT).host, post);
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  const refusal = Refusal.parse(parseJson(await response.text()));
  const said = ctx.log.redact([refusal.name, refusal.message].filter(Boolean).join(": ")).slice(0, longestWords);
  throw new MailFailure(ofMail("resend", { words: `${response.status}${said ? ` ${said}` : "."}` }), fateOf(response.status, refusal));
}

/**
 * One name stands for every field that Resend does not take, and the sentence names the field: "Invalid `to` field." is about the
 * recipient. Whatever else it says, of our sender, domain, key or quota, is mended by us.
 */
const fateOf = (status: number, { name, message }: Refusal): MailFate =>
  (status === 400 || status === 422) && name === "validation_error" && /[`'"]to[`'"] field/i.test(message) ? "refused" : "later";
