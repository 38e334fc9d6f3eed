import { encodeBase64 } from "@oslojs/encoding";
import type { MailStep } from "#db/words/mail.ts";
import type { Ctx } from "#server/ctx.ts";
import { asciiAddress } from "#server/domain/people/ascii-address.ts";
import type { Mail } from "./mail.ts";
import { MailFailure, ofMail, ofStep } from "./mail-failure.ts";
import { mimeMessage, readMailbox } from "./mime.ts";
import { type Dialogue, type SmtpStep, smtpDialogue } from "./smtp-dialogue.ts";

/** How long a server may take for each step, in milliseconds. */
export interface SmtpLimits {
  connect: number;
  command: number;
  data: number;
  block: number;
  dot: number;
  /** All of it: an invocation of a queue ends after fifteen minutes. */
  all: number;
}

const minute = 60_000;

/**
 * The least that a client must wait (RFC 5321, 4.5.3.2): five minutes for the greeting and each command, two for DATA, three for
 * what is poured, ten for the answer to the dot. A server that is never reached is another matter.
 */
const rfcLimits: SmtpLimits = {
  connect: minute,
  command: 5 * minute,
  data: 2 * minute,
  block: 3 * minute,
  dot: 10 * minute,
  all: 14 * minute,
};

/**
 * Sends through an SMTP server over a TCP socket of Workers (which has no port 25). With SMTP_SECURITY=starttls a server
 * that does not offer encryption gets neither the login nor the mail. Throws a `MailFailure` when the mail was not taken, or
 * where nobody can know whether it was.
 */
export async function smtpTransport(ctx: Ctx, mail: Mail, limits: SmtpLimits = rfcLimits): Promise<void> {
  const { SMTP_HOST: hostname = "", SMTP_PORT: port, SMTP_SECURITY: security } = ctx.config;
  const secureTransport = security === "tls" ? "on" : security === "starttls" ? "starttls" : "off";
  const sockets = [ctx.connect({ hostname, port }, { secureTransport, allowHalfOpen: false })];
  try {
    await converse(ctx, mail, { sockets, limits, until: ctx.now() + limits.all });
  } finally {
    // Its outcome changes nothing any more: the mail was taken, or the failure is already on its way up.
    await Promise.allSettled(sockets.map((socket) => socket.close()));
  }
}

interface Conversation {
  /** Grows by the encrypted one, so that the caller closes whatever was opened. */
  sockets: Socket[];
  limits: SmtpLimits;
  until: number;
}

async function converse(ctx: Ctx, mail: Mail, conversation: Conversation): Promise<void> {
  const { limits } = conversation;
  const step = (what: MailStep): SmtpStep => ({ what, limitMs: limits.command });
  const { smtp, offers } = await open(ctx, conversation);
  await logIn(ctx, smtp, { offers, limitMs: limits.command });
  const [from, to] = [asciiAddress(readMailbox(ctx.config.MAIL_FROM).address), asciiAddress(mail.to)];
  await smtp.say(`MAIL FROM:<${from}>${unicodeWord([from, to], offers)}`, 2, step("sender"));
  // 251: the mailbox has moved, and the server takes the mail there. 252: it takes it without having looked.
  await smtp.say(`RCPT TO:<${to}>`, 2, step("recipient"));
  await smtp.say("DATA", 3, { what: "data", limitMs: limits.data });
  await smtp.pour(mimeMessage(mail, { from: ctx.config.MAIL_FROM, at: ctx.now() }), { what: "mail", limitMs: limits.block });
  // From here on nobody but the server knows whether it has the mail.
  await smtp.say(".", 2, { what: "mail", limitMs: limits.dot, silence: "unsure" });
  // It has it by now, whatever becomes of our good-bye.
  await Promise.allSettled([smtp.write("QUIT", { what: "quit", limitMs: limits.connect })]);
}

/** Up to where the mail can begin: greeted, encrypted where it must be, and told what the server offers. */
async function open(ctx: Ctx, { sockets, limits, until }: Conversation): Promise<{ smtp: Dialogue; offers: readonly string[] }> {
  const { SMTP_HOST: host = "", SMTP_SECURITY: security } = ctx.config;
  const plain = sockets[0] as Socket;
  const begin = (socket: Socket, encryptedTo: string | null) => smtpDialogue(socket, { now: ctx.now, until, encryptedTo });
  const encrypted = security === "tls";
  let smtp = begin(plain, encrypted ? host : null);
  await reached(plain, { host, encrypted, limitMs: limits.connect });
  await smtp.expect(2, { what: "connection", limitMs: limits.command });
  let offers = await greet(ctx, smtp, limits.command);
  if (security === "starttls") {
    if (!offers.some((offer) => /^STARTTLS$/i.test(offer.trim()))) throw new MailFailure(ofMail("no_encryption"), "later");
    await smtp.say("STARTTLS", 2, { what: "starttls", limitMs: limits.command, no: "later" });
    smtp.release();
    const upgraded = plain.startTls({ expectedServerHostname: host });
    sockets.push(upgraded);
    smtp = begin(upgraded, host);
    offers = await greet(ctx, smtp, limits.command);
  }
  return { smtp, offers };
}

/** Waits until the socket is open. An encrypted one is opened with its handshake, of which Workers say nothing where it fails. */
async function reached(socket: Socket, { host, encrypted, limitMs }: { host: string; encrypted: boolean; limitMs: number }): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("it took too long")), limitMs);
  });
  try {
    await Promise.race([socket.opened, tooLate]);
  } catch (cause) {
    const told = { host, words: cause instanceof Error ? cause.message : String(cause) };
    throw new MailFailure(ofMail(encrypted ? "unreached_or_certificate" : "unreached", told), "later", { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** What the server offers; nothing where it knows the older greeting alone (RFC 5321, 3.2). */
async function greet(ctx: Ctx, smtp: Dialogue, limitMs: number): Promise<readonly string[]> {
  const us = new URL(ctx.config.APP_ORIGIN).hostname;
  const step: SmtpStep = { what: "greeting", limitMs };
  await smtp.write(`EHLO ${us}`, step);
  const { code, lines } = await smtp.hear(step);
  if (code === 250) return lines;
  if (code < 500) throw new MailFailure(ofMail("answered", { step: ofStep("greeting"), words: `${code} ${lines.join(" ")}` }), "later");
  await smtp.say(`HELO ${us}`, 2, step);
  return [];
}

/** An address may hold letters beyond ASCII before its @ only where the server says so (RFC 6531). */
function unicodeWord(addresses: readonly string[], offers: readonly string[]): string {
  if (addresses.every((address) => /^[\x20-\x7e]*$/.test(address))) return "";
  if (offers.some((offer) => /^SMTPUTF8$/i.test(offer.trim()))) return " SMTPUTF8";
  throw new MailFailure(ofMail("address_letters"), "refused");
}

async function logIn(ctx: Ctx, smtp: Dialogue, { offers, limitMs }: { offers: readonly string[]; limitMs: number }): Promise<void> {
  const { SMTP_USERNAME: username, SMTP_PASSWORD: password } = ctx.config;
  if (username === undefined || password === undefined) return;
  const base64 = (text: string) => encodeBase64(new TextEncoder().encode(text));
  // A server may name them in several lines, and in the spelling of before RFC 2554 (`AUTH=LOGIN`) beside today's.
  const methods = offers
    .filter((offer) => /^AUTH[ =]/i.test(offer))
    .flatMap((offer) =>
      offer
        .toUpperCase()
        .split(/[\s=]+/)
        .slice(1),
    );
  // A login that is refused is about us, and is mended by us: the mail waits for it.
  const step = (what: MailStep): SmtpStep => ({ what, limitMs, no: "later", secret: true });
  if (methods.includes("PLAIN")) {
    await smtp.say(`AUTH PLAIN ${base64(`\0${username}\0${password}`)}`, 2, step("login"));
  } else if (methods.includes("LOGIN")) {
    await smtp.say("AUTH LOGIN", 3, step("login"));
    await smtp.say(base64(username), 3, step("user_name"));
    await smtp.say(base64(password), 2, step("login"));
  } else {
    throw new MailFailure(ofMail("login_unknown"), "later");
  }
}
