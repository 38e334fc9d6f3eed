/** One answer of an SMTP server: its code, and its lines without it. */
interface Reply {
  code: number;
  lines: string[];
}

/** The server said no, or hung up. The message holds the server's words, never ours. */
export class SmtpError extends Error {
  override name = "SmtpError";
}

const maxReplyChars = 64_000;

/** A conversation with an SMTP server over a socket: a line out, a reply in (RFC 5321, 4.2). */
export function smtpDialogue(socket: Socket) {
  const reader = socket.readable.getReader();
  const writer = socket.writable.getWriter();
  const decoder = new TextDecoder();
  let heard = "";

  const readLine = async (): Promise<string> => {
    for (;;) {
      const end = heard.indexOf("\n");
      if (end >= 0) {
        const line = heard.slice(0, end).replace(/\r$/, "");
        heard = heard.slice(end + 1);
        return line;
      }
      const { value, done } = await reader.read();
      if (done) throw new SmtpError("The mail server hung up.");
      heard += decoder.decode(value, { stream: true });
      if (heard.length > maxReplyChars) throw new SmtpError("The mail server's answer has no end.");
    }
  };

  const readReply = async (): Promise<Reply> => {
    const lines: string[] = [];
    for (;;) {
      const line = await readLine();
      const parts = /^(\d{3})([ -]?)(.*)$/.exec(line);
      if (!parts) throw new SmtpError("The mail server does not speak SMTP.");
      lines.push(parts[3] ?? "");
      if (parts[2] !== "-") return { code: Number(parts[1]), lines };
    }
  };

  const expect = async (code: number, what: string): Promise<Reply> => {
    const reply = await readReply();
    if (reply.code !== code) throw new SmtpError(`The mail server answered ${what} with ${reply.code} ${reply.lines.join(" ")}`);
    return reply;
  };

  return {
    expect,
    /** Sends one line and throws unless the answer has this code. `what` stands for the line in errors, which may hold a secret. */
    async say(line: string, code: number, what = line): Promise<Reply> {
      if (/[\r\n\0]/.test(line)) throw new SmtpError(`A line break in ${what}.`);
      await writer.write(new TextEncoder().encode(`${line}\r\n`));
      return expect(code, what);
    },
    write: (text: string) => writer.write(new TextEncoder().encode(text)),
    /** The socket in the clear is given up; what the server said ahead of encryption must be nothing (CVE-2011-0411). */
    release(): void {
      if (heard !== "") throw new SmtpError("The mail server spoke before encryption began.");
      reader.releaseLock();
      writer.releaseLock();
    },
  };
}
