import { connect } from "cloudflare:sockets";
import type { Ctx } from "#server/ctx.ts";
import type { Mail } from "#server/domain/mail/mail.ts";
import { smtpTransport } from "#server/domain/mail/smtp-transport.ts";
import type { Config } from "#server/env.ts";

/** Sends one mail as the Worker does, over the TCP sockets of workerd; answers what became of it. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { config, mail } = await request.json<{ config: Config; mail: Mail }>();
    const ctx = { config, connect, now: Date.now } as unknown as Ctx;
    const error = await smtpTransport(ctx, mail).then(
      () => null,
      (failure: Error) => failure.message,
    );
    return Response.json({ error });
  },
};
