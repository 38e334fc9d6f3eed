import { encodeBase64 } from "@oslojs/encoding";
import type { Ctx } from "#server/ctx.ts";
import type { Mail } from "./mail.ts";
import { mimeMessage, readMailbox } from "./mime.ts";
import { SmtpError, smtpDialogue } from "./smtp-dialogue.ts";

const patienceMs = 20_000;

/**
 * Sends through an SMTP server over a TCP socket of Workers (which has no port 25). With SMTP_SECURITY=starttls a server
 * that does not offer encryption gets neither the login nor the mail. Throws when the mail was not taken.
 */
export async function smtpTransport(ctx: Ctx, mail: Mail): Promise<void> {
  const { SMTP_HOST: hostname = "", SMTP_PORT: port, SMTP_SECURITY: security } = ctx.config;
  const secureTransport = security === "tls" ? "on" : security === "starttls" ? "starttls" : "off";
  const sockets = [ctx.connect({ hostname, port }, { secureTransport, allowHalfOpen: false })];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SmtpError("The mail server took too long.")), patienceMs);
  });
  try {
    await Promise.race([converse(ctx, mail, sockets), tooLate]);
  } finally {
    clearTimeout(timer);
    // Its outcome changes nothing any more: the mail was taken, or the failure is already on its way up.
    await Promise.allSettled(sockets.map((socket) => socket.close()));
  }
}

/** `sockets` grows by the encrypted one, so that the caller closes whatever was opened. */
async function converse(ctx: Ctx, mail: Mail, sockets: Socket[]): Promise<void> {
  const { SMTP_HOST: host, SMTP_SECURITY: security, APP_ORIGIN: origin, MAIL_FROM: from } = ctx.config;
  const hello = `EHLO ${new URL(origin).hostname}`;
  let socket = sockets[0] as Socket;
  let smtp = smtpDialogue(socket);
  await smtp.expect(220, "the connection");
  let offers = (await smtp.say(hello, 250)).lines;
  if (security === "starttls") {
    if (!offers.some((offer) => /^STARTTLS$/i.test(offer.trim()))) throw new SmtpError("The mail server offers no encryption.");
    await smtp.say("STARTTLS", 220);
    smtp.release();
    socket = socket.startTls(host === undefined ? {} : { expectedServerHostname: host });
    sockets.push(socket);
    smtp = smtpDialogue(socket);
    offers = (await smtp.say(hello, 250)).lines;
  }
  await logIn(ctx, smtp, offers);
  await smtp.say(`MAIL FROM:<${readMailbox(from).address}>`, 250);
  await smtp.say(`RCPT TO:<${mail.to}>`, 250, "the recipient");
  await smtp.say("DATA", 354);
  await smtp.write(`${mimeMessage(mail, { from, at: ctx.now() })}.\r\n`);
  await smtp.expect(250, "the mail");
  await smtp.write("QUIT\r\n");
}

async function logIn(ctx: Ctx, smtp: ReturnType<typeof smtpDialogue>, offers: readonly string[]): Promise<void> {
  const { SMTP_USERNAME: username, SMTP_PASSWORD: password } = ctx.config;
  if (username === undefined || password === undefined) return;
  const base64 = (text: string) => encodeBase64(new TextEncoder().encode(text));
  const methods = offers.find((offer) => /^AUTH[ =]/i.test(offer))?.toUpperCase() ?? "";
  if (/\bPLAIN\b/.test(methods)) {
    await smtp.say(`AUTH PLAIN ${base64(`\0${username}\0${password}`)}`, 235, "the login");
  } else if (/\bLOGIN\b/.test(methods)) {
    await smtp.say("AUTH LOGIN", 334);
    await smtp.say(base64(username), 334, "the user name");
    await smtp.say(base64(password), 235, "the login");
  } else {
    throw new SmtpError("The mail server offers no way to log in that we know.");
  }
}
