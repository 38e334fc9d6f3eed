import type { Saying } from "#db/words/locales.ts";
import type { MailFate, MailStep } from "#db/words/mail.ts";
import { MailFailure, ofMail, ofStep } from "./mail-failure.ts";

/** One answer of an SMTP server: its code, and its lines without it. */
interface Reply {
  code: number;
  lines: string[];
}

const maxReplyChars = 64_000;

/** A step of the conversation: what it is called in errors, and how long the server may take for it. */
export interface SmtpStep {
  what: MailStep;
  limitMs: number;
  /** What it means where no answer comes: `later` unless the whole mail was handed over. */
  silence?: MailFate;
  /** What a no for good (5xx) means: `later` where it is about our login and not about this mail. */
  no?: MailFate;
  /** What is said is secret: errors give the code alone, since a server may repeat in its answer what it was told. */
  secret?: boolean;
}

interface Bounds {
  now: () => number;
  /** When all of it must be over, whatever the single steps may take. Milliseconds since 1970. */
  until: number;
  /** The host that the socket is encrypted to, else null. */
  encryptedTo: string | null;
}

/** A conversation with an SMTP server over a socket: a line out, a reply in (RFC 5321, 4.2). */
export function smtpDialogue(socket: Socket, { now, until, encryptedTo }: Bounds) {
  const reader = socket.readable.getReader();
  const writer = socket.writable.getWriter();
  const decoder = new TextDecoder();
  let heard = "";
  let spoke = false;

  const readLine = async (): Promise<string> => {
    for (;;) {
      const end = heard.indexOf("\n");
      if (end >= 0) {
        const line = heard.slice(0, end).replace(/\r$/, "");
        heard = heard.slice(end + 1);
        return line;
      }
      const { value, done } = await reader.read();
      if (done) throw new MailFailure(ofMail("hung_up"), "later");
      spoke = true;
      heard += decoder.decode(value, { stream: true });
      if (heard.length > maxReplyChars) throw new MailFailure(ofMail("answer_endless"), "later");
    }
  };

  const readReply = async (): Promise<Reply> => {
    const lines: string[] = [];
    for (;;) {
      const line = await readLine();
      const parts = /^(\d{3})([ -]?)(.*)$/.exec(line);
      if (!parts) throw new MailFailure(ofMail("no_smtp"), "later");
      lines.push(parts[3] ?? "");
      if (parts[2] !== "-") return { code: Number(parts[1]), lines };
    }
  };

  /** Whatever goes wrong before the answer is there is the step's silence. */
  const within = async <T>({ what, limitMs, silence = "later" }: SmtpStep, work: Promise<T>): Promise<T> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      const wait = Math.max(0, Math.min(limitMs, until - now()));
      timer = setTimeout(() => reject(new MailFailure(ofMail("too_slow", { step: ofStep(what) }), "later")), wait);
    });
    try {
      return await Promise.race([work, tooLate]);
    } catch (cause) {
      const why = reasonOf(cause);
      throw new MailFailure(silence === "unsure" ? ofMail("probably_sent", { why }) : why, silence, { cause });
    } finally {
      clearTimeout(timer);
    }
  };

  /** Workers tell of a handshake that failed at the first byte: with a server that is there it is the certificate. */
  const reasonOf = (cause: unknown): Saying => {
    if (cause instanceof MailFailure) return cause.said;
    if (encryptedTo !== null && !spoke) return ofMail("certificate", { host: encryptedTo });
    return ofMail("other", { words: cause instanceof Error ? cause.message : String(cause) });
  };

  const send = (text: string) => writer.write(new TextEncoder().encode(text));

  /** The next reply, whatever it says. */
  const hear = (step: SmtpStep): Promise<Reply> => within(step, readReply());

  /** The reply if its code begins with this digit (RFC 5321, 4.2.1: the first one decides); throws what the step says else. */
  const expect = async (digit: 2 | 3, step: SmtpStep): Promise<Reply> => {
    const reply = await hear(step);
    const [kind] = String(reply.code);
    if (kind === String(digit)) return reply;
    const fate = kind === "5" ? (step.no ?? "refused") : "later";
    const said = step.secret ? [reply.code] : [reply.code, ...reply.lines];
    throw new MailFailure(ofMail("answered", { step: ofStep(step.what), words: said.join(" ") }), fate);
  };

  const write = (line: string, step: SmtpStep): Promise<void> => {
    if (/[\r\n\0]/.test(line)) throw new MailFailure(ofMail("line_break", { step: ofStep(step.what) }), "refused");
    return within(step, send(`${line}\r\n`));
  };

  return {
    hear,
    expect,
    /** Sends one line; the answer is heard by itself. */
    write,
    /** Sends one line and throws unless the answer begins with this digit. */
    async say(line: string, digit: 2 | 3, step: SmtpStep): Promise<Reply> {
      await write(line, step);
      return expect(digit, step);
    },
    /** Sends text of many lines as it is. */
    pour: (text: string, step: SmtpStep): Promise<void> => within(step, send(text)),
    /** The socket in the clear is given up; what the server said ahead of encryption must be nothing (CVE-2011-0411). */
    release(): void {
      if (heard !== "") throw new MailFailure(ofMail("spoke_early"), "later");
      reader.releaseLock();
      writer.releaseLock();
    },
  };
}

export type Dialogue = ReturnType<typeof smtpDialogue>;
