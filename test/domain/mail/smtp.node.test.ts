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
  subject: "הקישור שלך לכניסה ל-Atrium",
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

/** Sends from workerd to this port; null when it was taken, else the error's message. */
async function send(port: number, more: Record<string, unknown> = {}): Promise<string | null> {
  const config = {
    APP_ORIGIN: "https://portal.example.com",
    MAIL_FROM: "Atrium <portal@example.com>",
    SMTP_HOST: host,
    SMTP_PORT: port,
    SMTP_SECURITY: "none",
    ...more,
  };
  const response = await workerd.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify({ config, mail }) });
  return ((await response.json()) as { error: string | null }).error;
}

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

/** A server of our own that says each of these lines when something was said to it, the first one as greeting. */
async function scripted(...lines: string[]) {
  const heard: string[] = [];
  const server = createServer((socket: Socket) => {
    const replies = [...lines];
    const next = () => {
      const reply = replies.shift();
      if (reply === undefined) socket.end();
      else socket.write(reply);
    };
    socket.on("data", (chunk) => {
      heard.push(chunk.toString());
      next();
    });
    socket.on("error", () => undefined); // the other side may hang up first
    next();
  });
  await new Promise<void>((ready) => server.listen(0, host, () => ready()));
  opened.push(server);
  return { port: (server.address() as AddressInfo).port, heard };
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
