import { connect } from "cloudflare:sockets";
import type { Ctx } from "#server/ctx.ts";
import type { Mail } from "#server/domain/mail/mail.ts";
import type { MailFailure } from "#server/domain/mail/mail-failure.ts";
import { type SmtpLimits, smtpTransport } from "#server/domain/mail/smtp-transport.ts";
import type { Config } from "#server/env.ts";
import { voiceIn } from "#workers/voice.ts";

/** Sends one mail as the Worker does, over the TCP sockets of workerd; answers what became of it. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { config, mail, limits } = await request.json<{ config: Config; mail: Mail; limits?: SmtpLimits }>();
    const ctx = { config, connect, now: Date.now } as unknown as Ctx;
    const failure = await smtpTransport(ctx, mail, limits).then(
      () => null,
      (failure: MailFailure) => failure,
    );
    return Response.json({ error: failure && voiceIn("en").say(failure.said), fate: failure?.fate ?? null });
  },
};
