import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Miniflare } from "miniflare";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";

const host = "127.0.0.1";
const login = { username: "portal", password: "a-secret-of-the-test" };
const mail = {
  id: "lnk_0001",
  to: "client@example.com",
  locale: "he",
  subject: "כניסה ל-Atrium",
  text: "שלום,\n.\nhttps://portal.example.com/x\n",
  html: "<p dir=rtl>שלום</p>",
};

/** A certificate for localhost that the workerd of this test trusts; null on a machine without openssl. */
const certificate = makeCertificate();

let workerd: Miniflare;
const opened: { close(done?: () => void): unknown }[] = [];

beforeAll(async () => {
  const entryPoints = [new URL("./smtp-worker.ts", import.meta.url).pathname];
  const bundle = await build({
    entryPoints,
    bundle: true,
    format: "esm",
    write: false,
    external: ["cloudflare:sockets"],
    logLevel: "error",
  });
  // Miniflare reads it when it is loaded, and gives it to workerd as one more root.
  if (certificate) process.env.NODE_EXTRA_CA_CERTS = certificate.path;
  const { Miniflare } = await import("miniflare");
  workerd = new Miniflare({ modules: true, script: bundle.outputFiles[0]?.text ?? "", compatibilityDate: "2026-04-01" });
  await workerd.ready;
});

afterAll(async () => {
  await workerd.dispose();
  for (const server of opened) server.close();
});

function makeCertificate() {
  const dir = mkdtempSync(join(tmpdir(), "atrium-smtp-"));
  const [path, key] = [join(dir, "certificate.pem"), join(dir, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
  const made = spawnSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", path, ...subject]);
  return made.status === 0 ? { path, cert: readFileSync(path), key: readFileSync(key) } : null;
}

interface Outcome {
  error: string | null;
  fate: "refused" | "later" | "unsure" | null;
}

/** Sends from workerd to this port: what became of it. */
async function sendTo(port: number, { to = mail.to, limits, ...more }: Record<string, unknown> = {}): Promise<Outcome> {
  const config = {
    APP_ORIGIN: "https://portal.example.com",
    MAIL_FROM: "Atrium <portal@example.com>",
    SMTP_HOST: host,
    SMTP_PORT: port,
    SMTP_SECURITY: "none",
    ...more,
  };
  const body = JSON.stringify({ config, mail: { ...mail, to }, limits });
  const response = await workerd.dispatchFetch("http://worker/", { method: "POST", body });
  return (await response.json()) as Outcome;
}

/** The same: null when it was taken, else the error's message. */
const send = async (port: number, more: Record<string, unknown> = {}): Promise<string | null> => (await sendTo(port, more)).error;

interface Received {
  from: string;
  to: string[];
  raw: string;
  user: unknown;
}

/** An SMTP server with one account, and what it took. */
async function smtpServer(options: SMTPServerOptions = {}) {
  const received: Received[] = [];
  const logins: unknown[] = [];
  const server = new SMTPServer({
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    authOptional: true,
    onAuth(auth, _session, done) {
      logins.push(auth.password);
      if (auth.username === login.username && auth.password === login.password) done(null, { user: auth.username });
      else done(new Error("Wrong user name or password"));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString("utf8"),
          user: session.user,
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined); // a client that hangs up on purpose is part of these tests
  await new Promise<void>((ready) => server.listen(0, host, ready));
  opened.push(server);
  return { port: (server.server.address() as AddressInfo).port, received, logins };
}

/** What a scripted server does: says a line, says it after some milliseconds, or hangs up (`null`); `"..."` is saying nothing. */
type Act = string | [number, string] | null;

/** A server of our own that does each of these when something was said to it, the first one as greeting. */
async function scripted(...acts: Act[]) {
  const heard: string[] = [];
  let conversations = 0;
  const server = createServer((socket: Socket) => {
    conversations += 1;
    const left = [...acts];
    const next = () => {
      const act = left.shift();
      if (act === undefined || act === null) socket.destroy();
      else if (typeof act !== "string") setTimeout(() => socket.write(act[1]), act[0]);
      else if (act !== "...") socket.write(act);
    };
    // The mail and its dot may come in pieces: what is poured is heard as one.
    let pouring = false;
    socket.on("data", (chunk) => {
      const text = chunk.toString();
      heard.push(text);
      if (pouring && !/(?:^|\r\n)\.\r\n$/.test(text)) return;
      pouring = /^DATA\r\n$/.test(text);
      next();
    });
    socket.on("error", () => undefined); // the other side may hang up first
    next();
  });
  await new Promise<void>((ready) => server.listen(0, host, () => ready()));
  opened.push(server);
  return { port: (server.address() as AddressInfo).port, heard, conversations: () => conversations };
}

const base64Parts = (raw: string) =>
  raw
    .split(/\r\n--part-[^\r\n]*\r\n/)
    .slice(1)
    .map((part) => Buffer.from(part.split("\r\n\r\n")[1] ?? "", "base64").toString("utf8"));

test("a server that offers no encryption gets neither login nor mail, unless it is configured so", async () => {
  const { port, received, logins } = await smtpServer();
  const error = await send(port, { SMTP_SECURITY: "starttls", SMTP_USERNAME: login.username, SMTP_PASSWORD: login.password });
  expect(error).toBe("The mail server offers no encryption.");
  expect([received, logins]).toEqual([[], []]);
});

test("a server whose certificate nobody vouches for gets neither login nor mail", async () => {
  const { port, received, logins } = await smtpServer({ hideSTARTTLS: false });
  expect(await send(port, { SMTP_SECURITY: "starttls", SMTP_USERNAME: login.username, SMTP_PASSWORD: login.password })).not.toBeNull();
  expect([received, logins]).toEqual([[], []]);
});

test("words that somebody slipped in before encryption began end the conversation", async () => {
  const { port, heard } = await scripted("220 hello\r\n", "250-me\r\n250 STARTTLS\r\n", "220 go on\r\n250 AUTH PLAIN\r\n");
  expect(await send(port, { SMTP_SECURITY: "starttls" })).toBe("The mail server spoke before encryption began.");
  expect(heard.join("")).not.toContain("MAIL FROM");
});

test("a server that hangs up, babbles or refuses is an error with its words and without ours", async () => {
  expect(await send((await scripted("220 hello\r\n", "250 me\r\n")).port)).toBe("The mail server hung up.");
  expect(await send((await scripted("HTTP/1.1 400 Bad Request\r\n")).port)).toBe("The mail server does not speak SMTP.");
  expect(await send((await scripted("220 hello\r\n", "250 me\r\n", "250 ok\r\n", "550 no such mailbox\r\n")).port)).toBe(
    "The mail server answered the recipient with 550 no such mailbox",
  );
  expect(await send((await scripted("554 go away\r\n")).port)).toBe("The mail server answered the connection with 554 go away");
  const { port } = await smtpServer();
  const refused = await send(port, { SMTP_USERNAME: login.username, SMTP_PASSWORD: "not-the-password" });
  expect(refused).toMatch(/answered the login with 535/);
  expect(refused).not.toContain("not-the-password");
});

test("ways to log in are read in all the lines that name them, in either spelling, and by their whole names", async () => {
  const prompts = ["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"];
  const rest = ["235 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go on\r\n", "250 taken\r\n"];
  for (const [offers, first, replies] of [
    ["250-me\r\n250-AUTH GSSAPI NTLM\r\n250-AUTH=LOGIN\r\n250 SIZE\r\n", "AUTH LOGIN\r\n", prompts],
    ["250-me\r\n250-AUTH=LOGIN\r\n250 AUTH CRAM-MD5 plain\r\n", "AUTH PLAIN AGEAYg==\r\n", []],
    ["250-me\r\n250-auth plain-clienttoken xoauth2\r\n250 auth login\r\n", "AUTH LOGIN\r\n", prompts],
  ] as const) {
    const { port, heard } = await scripted("220 hello\r\n", offers, ...replies, ...rest);
    expect(await sendTo(port, { limits, SMTP_USERNAME: "a", SMTP_PASSWORD: "b" })).toEqual({ error: null, fate: null });
    expect(heard[1]).toBe(first);
  }
});

test("a server that repeats what it was told at the login is an error with its code alone: the password is in no words of ours", async () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const [user, password] = [base64(login.username), base64(login.password)];
  const both = base64(`\0${login.username}\0${login.password}`);
  const prompts = ["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"];
  const plain = ["250 AUTH PLAIN\r\n", `502-5.5.2 command not recognized:\r\n502 AUTH PLAIN ${both}\r\n`];
  for (const [acts, words] of [
    [plain, "the login with 502"],
    [["250 AUTH LOGIN\r\n", prompts[0], `454 try later: ${user}\r\n`], "the user name with 454"],
    [["250 AUTH LOGIN\r\n", ...prompts, `535 bad credentials: ${password}\r\n`], "the login with 535"],
  ] as [string[], string][]) {
    const { port } = await scripted("220 hello\r\n", ...acts);
    expect(await sendTo(port, { limits, SMTP_USERNAME: login.username, SMTP_PASSWORD: login.password })).toEqual({
      error: `The mail server answered ${words}`,
      fate: "later",
    });
  }
});

test("a port where nobody listens is an error", async () => {
  const { port } = await scripted("220 hello\r\n");
  await new Promise<void>((closed) => void opened.pop()?.close(closed));
  expect(await send(port)).not.toBeNull();
});

test.each([["PLAIN"], ["LOGIN"]])("a mail in Hebrew arrives whole at a server that wants a login by %s", async (method) => {
  const { port, received } = await smtpServer({ authMethods: [method], authOptional: false });
  expect(await send(port, { SMTP_USERNAME: login.username, SMTP_PASSWORD: login.password })).toBeNull();
  expect(received).toHaveLength(1);
  const [{ from, to, raw, user }] = received as [Received];
  expect({ from, to, user }).toEqual({ from: "portal@example.com", to: ["client@example.com"], user: login.username });
  expect(raw).toContain('From: "Atrium" <portal@example.com>\r\nTo: <client@example.com>\r\nSubject: =?UTF-8?B?');
  expect(raw).toContain("Message-ID: <lnk_0001@example.com>");
  expect(base64Parts(raw)).toEqual([mail.text, mail.html, ""]);
});

test.skipIf(!certificate)("with STARTTLS the login and the mail go encrypted to a server whose certificate is trusted", async () => {
  const { port, received } = await smtpServer({
    hideSTARTTLS: false,
    allowInsecureAuth: false,
    authOptional: false,
    ...(certificate && { cert: certificate.cert, key: certificate.key }),
    onMailFrom: (_address, session, done) => done(session.secure ? null : new Error("Not in the clear")),
  });
  const secured = { SMTP_SECURITY: "starttls", SMTP_USERNAME: login.username, SMTP_PASSWORD: login.password };
  expect(await send(port, { ...secured, SMTP_HOST: "localhost" })).toBeNull();
  expect(received).toMatchObject([{ to: ["client@example.com"], user: login.username }]);
  // The same certificate does not speak for another name.
  expect(await send(port, secured)).not.toBeNull();
  expect(received).toHaveLength(1);
});

const limits = { connect: 2000, command: 1500, data: 1500, block: 1500, dot: 1500, all: 20_000 };
const upToTheDot = ["220 hello\r\n", "250 me\r\n", "250 ok\r\n", "250 ok\r\n", "354 go on\r\n"] as const;

test("servers that are slow at every step get the mail once: each step has its own time", async () => {
  const { port, heard, conversations } = await scripted(
    ...upToTheDot.map((line): Act => [600, line]),
    [1000, "250 taken\r\n"],
    "221 bye\r\n",
  );
  // Four seconds in all, where no single step may take more than one and a half.
  expect(await sendTo(port, { limits })).toEqual({ error: null, fate: null });
  expect([conversations(), heard.filter((text) => text.includes("Message-ID")).length]).toEqual([1, 1]);
});

test("the limits are those of RFC 5321 where nothing else is said: 25 seconds at the recipient are no reason to go", async () => {
  const { port } = await scripted("220 hello\r\n", "250 me\r\n", "250 ok\r\n", [25_000, "250 ok\r\n"], "354 go on\r\n", "250 taken\r\n");
  expect(await sendTo(port)).toEqual({ error: null, fate: null });
});

test("a server that answers nothing after the dot, or hangs up there, probably has the mail", async () => {
  for (const last of ["...", null] as const) {
    const { port } = await scripted(...upToTheDot, last);
    const { error, fate } = await sendTo(port, { limits });
    expect(fate).toBe("unsure");
    expect(error).toMatch(/^The mail server (?:took too long to answer the email|hung up)\. The email was probably sent\.$/);
  }
});

test("a server that hangs up or falls silent before the dot has nothing: it is tried again", async () => {
  for (let at = 0; at < upToTheDot.length; at++) {
    for (const last of ["...", null] as const) {
      const { port, heard } = await scripted(...upToTheDot.slice(0, at), last);
      expect(await sendTo(port, { limits: { ...limits, command: 700, data: 700 } }), `${at} ${last}`).toMatchObject({ fate: "later" });
      expect(heard.join("")).not.toContain("\r\n.\r\n");
    }
  }
});

test("all of it ends before the invocation does, however slow each step is", async () => {
  const { port } = await scripted(...upToTheDot.map((line): Act => [900, line]));
  const begun = Date.now();
  expect(await sendTo(port, { limits: { ...limits, all: 2000 } })).toMatchObject({ fate: "later" });
  expect(Date.now() - begun).toBeLessThan(4000);
});

test("5xx is a no for good and 4xx one for now, at every step that is about this mail", async () => {
  const steps = ["220 hello\r\n", "250 me\r\n", "250 ok\r\n", "250 ok\r\n", "354 go on\r\n", "250 taken\r\n"];
  for (const at of [0, 2, 3, 4, 5]) {
    for (const [said, fate] of [
      ["550 no", "refused"],
      ["452 later", "later"],
      ["421 closing", "later"],
    ] as const) {
      const { port } = await scripted(...steps.slice(0, at), `${said}\r\n`);
      const outcome = await sendTo(port, { limits });
      expect([at, outcome.fate]).toEqual([at, fate]);
      expect(outcome.error).toContain(said);
    }
  }
});

test("a login that is refused is about us: the mail waits until it is mended", async () => {
  const { port } = await smtpServer();
  expect(await sendTo(port, { SMTP_USERNAME: login.username, SMTP_PASSWORD: "wrong" })).toMatchObject({ fate: "later" });
});

test("251 and 252 at the recipient are yes, and so is any 2xx after the dot", async () => {
  for (const yes of ["251 user not local; will forward", "252 cannot verify, will try"]) {
    const { port } = await scripted("220 hello\r\n", "250 me\r\n", "250 ok\r\n", `${yes}\r\n`, "354 go on\r\n", "252 taken\r\n");
    expect(await sendTo(port, { limits })).toEqual({ error: null, fate: null });
  }
});

test("a server of before EHLO is greeted again as it knows it, and gets no login in the clear", async () => {
  for (const no of ["500 what", "502 not implemented", "504 no", "550 no"]) {
    const { port, heard } = await scripted(
      "220 hello\r\n",
      `${no}\r\n`,
      "250 me\r\n",
      "250 ok\r\n",
      "250 ok\r\n",
      "354 go on\r\n",
      "250 taken\r\n",
    );
    expect(await sendTo(port, { limits })).toEqual({ error: null, fate: null });
    expect(heard[1]).toBe("HELO portal.example.com\r\n");
  }
  const old = () => scripted("220 hello\r\n", "502 not implemented\r\n", "250 me\r\n");
  expect((await sendTo((await old()).port, { limits, SMTP_SECURITY: "starttls" })).error).toBe("The mail server offers no encryption.");
  const asked = await sendTo((await old()).port, { limits, SMTP_USERNAME: "a", SMTP_PASSWORD: "b" });
  expect(asked.error).toBe("The mail server offers no way to log in that we know.");
});

test("a certificate that nobody vouches for is named, with the host", async () => {
  const { port, received } = await smtpServer({ hideSTARTTLS: false });
  const { error, fate } = await sendTo(port, { SMTP_SECURITY: "starttls", SMTP_HOST: "localhost" });
  expect(error).toContain("No encrypted connection to localhost: its certificate is not trusted");
  expect([fate, received]).toEqual(["later", []]);
});

test.skipIf(!certificate)(
  "with SMTP_SECURITY=tls a certificate that is not trusted, or is for another name, is named beside what was found",
  async () => {
    const faults = "or its certificate is not trusted, has expired, or is for another name.";
    const untrusted = await smtpServer({ secure: true });
    const trusted = await smtpServer({ secure: true, ...(certificate && { cert: certificate.cert, key: certificate.key }) });
    const secured = { SMTP_SECURITY: "tls", SMTP_HOST: "localhost" };
    expect(await sendTo(trusted.port, secured)).toEqual({ error: null, fate: null });
    for (const [port, settings] of [
      [untrusted.port, secured],
      [trusted.port, { ...secured, SMTP_HOST: host }],
    ] as const) {
      const { error, fate } = await sendTo(port, settings);
      expect([error, fate]).toEqual([expect.stringMatching(`^No connection to ${settings.SMTP_HOST} \\(.*\\), ${faults}$`), "later"]);
    }
    expect([untrusted.received.length, trusted.received.length]).toEqual([0, 1]);
    // In the clear there is no certificate that it could be about.
    await new Promise<void>((closed) => void opened.pop()?.close(closed));
    expect(await send(trusted.port)).not.toContain("certificate");
  },
);

test("a domain in other letters goes over the wire as punycode, in the envelope and in the header", async () => {
  const { port, received } = await smtpServer();
  expect(await sendTo(port, { to: "anna@bücher.example", MAIL_FROM: "Atrium <portal@пример.example>" })).toEqual({
    error: null,
    fate: null,
  });
  const script = await scripted(...upToTheDot, "250 taken\r\n");
  await sendTo(script.port, { limits, to: "anna@bücher.example", MAIL_FROM: "portal@пример.example" });
  expect(script.heard.slice(1, 3)).toEqual(["MAIL FROM:<portal@xn--e1afmkfd.example>\r\n", "RCPT TO:<anna@xn--bcher-kva.example>\r\n"]);
  expect(received[0]?.raw).toContain("To: <anna@xn--bcher-kva.example>");
  expect(received[0]?.raw).toContain("Message-ID: <lnk_0001@xn--e1afmkfd.example>");
});

test.each([
  ["a@faß.example", "a@xn--fa-hia.example"],
  ["a@MÜNCHEN.example", "a@xn--mnchen-3ya.example"],
  ["a@דוגמה.example", "a@xn--6dbbec0c.example"],
  ["a@नेपाल.भारत", "a@xn--l2bey1c2b.xn--h2brj9c"],
  ["a@نامه\u200cای.example", "a@xn--mgba3gch31f060k.example"],
  ["a@bücher\u3002example", "a@xn--bcher-kva.example"],
  ["a@bücher\uff0eexample", "a@xn--bcher-kva.example"],
  ["a@☕.example", "a@xn--53h.example"],
])("%s is %s on the wire", async (to, wire) => {
  const { port, heard } = await scripted(...upToTheDot, "250 taken\r\n");
  expect(await sendTo(port, { limits, to })).toEqual({ error: null, fate: null });
  expect(heard[2]).toBe(`RCPT TO:<${wire}>\r\n`);
});

test("letters before the @ go only to a server that takes them", async () => {
  const old = await scripted("220 hello\r\n", "250 me\r\n");
  expect(await sendTo(old.port, { limits, to: "bücher@example.com" })).toMatchObject({ fate: "refused" });
  const { port, heard } = await scripted(
    "220 hello\r\n",
    "250-me\r\n250 SMTPUTF8\r\n",
    "250 ok\r\n",
    "250 ok\r\n",
    "354 go on\r\n",
    "250 taken\r\n",
  );
  expect(await sendTo(port, { limits, to: "bücher@example.com" })).toMatchObject({ error: null });
  expect(heard[1]).toBe("MAIL FROM:<portal@example.com> SMTPUTF8\r\n");
});
