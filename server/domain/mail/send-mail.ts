import type { Ctx } from "#server/ctx.ts";
import type { Config } from "#server/env.ts";
import { logTransport } from "./log-transport.ts";
import type { Mail } from "./mail.ts";
import { resendTransport } from "./resend-transport.ts";
import { smtpTransport } from "./smtp-transport.ts";

type Transport = (ctx: Ctx, mail: Mail) => Promise<void>;

const transports: Record<Config["MAIL_TRANSPORT"], Transport> = {
  log: logTransport,
  smtp: smtpTransport,
  resend: resendTransport,
};

/** Hands one mail to the transport that the configuration chose. Throws when it was not taken, so that a queue tries again. */
export const sendMail = (ctx: Ctx, mail: Mail): Promise<void> => transports[ctx.config.MAIL_TRANSPORT](ctx, mail);
