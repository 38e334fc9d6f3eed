import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, devMails, invitations, magicLinks, users } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import { locales } from "#db/words/locales.ts";
import type { Tenant } from "#server/ctx.ts";
import type { Mail } from "#server/domain/mail/mail.ts";
import type { MailFailure } from "#server/domain/mail/mail-failure.ts";
import { headerText, mimeMessage, readMailbox } from "#server/domain/mail/mime.ts";
import { sendMail } from "#server/domain/mail/send-mail.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { invitationLetter, reconnectLetter, signInLetter } from "#server/domain/mail/write-letter.ts";
import { showInvitation } from "#server/domain/people/find-invitation.ts";
import { invitationToken } from "#server/domain/people/invitation-token.ts";
import { invite } from "#server/domain/people/invite.ts";
import { requestSignIn, signInCookie } from "#server/domain/people/request-sign-in.ts";
import { linkToken } from "#server/domain/vault/sign-in-tokens.ts";
import type { Config } from "#server/env.ts";
import { newId } from "#server/ids.ts";
import type { MailMessage, Message } from "#server/messages.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import worker from "#workers/app.ts";

let count = 0;
const browser = () => testCtx({ ip: `198.18.0.${++count}` });

/** Asks for a sign-in and answers the message that it queued. */
async function asked(email: string, locale: Locale = "en"): Promise<MailMessage & { link: string }> {
  const ctx = browser();
  await requestSignIn(ctx, { email, returnTo: null, locale });
  return { v: 1, type: "mail.sign_in", link: ctx.traces.cookies.get(signInCookie) ?? "" };
}

const allMails = () => openDb(testEnv.DB).select({ id: devMails.id }).from(devMails);
const mailsTo = (email: string) => openDb(testEnv.DB).select().from(devMails).where(eq(devMails.recipient, email));

describe("what no longer needs a mail sends none:", () => {
  test("a sign-in of an address without an account", async () => {
    await workMail(testCtx(), await asked("unknown-to-us@example.com"));
    expect(await mailsTo("unknown-to-us@example.com")).toEqual([]);
  });

  test("a link that was used, has expired or does not exist", async () => {
    const { actor } = await makeUser();
    const used = await asked(actor.email);
    await testCtx().directory.update(magicLinks).set({ consumedAt: 1 }).where(eq(magicLinks.id, used.link));
    await workMail(testCtx(), used);
    await workMail(testCtx({ now: () => Date.now() + 16 * 60_000 }), await asked(actor.email));
    await workMail(testCtx(), { v: 1, type: "mail.sign_in", link: newId("lnk", Date.now()) });
    expect(await mailsTo(actor.email)).toEqual([]);
  });

  test("an invitation that was taken back, or that the message gives to another tenant", async () => {
    const tenant = await makeTenant();
    const ctx = testTenantCtx(tenant);
    const { id } = await invite(ctx, { email: "taken-back@example.com", role: "viewer" });
    await workMail(testCtx(), { v: 1, type: "mail.invitation", tenant: (await makeTenant()).id, invitation: id });
    await ctx.directory.update(invitations).set({ revokedAt: 1 }).where(eq(invitations.id, id));
    await workMail(testCtx(), { v: 1, type: "mail.invitation", tenant: tenant.id, invitation: id });
    expect(await mailsTo("taken-back@example.com")).toEqual([]);
  });

  test("a client that was erased meanwhile: a letter that failed would name it again", async () => {
    const gone = { v: 1, tenant: "erased", connection: newId("con", 1) } as const;
    const before = await allMails();
    await workMail(testCtx(), { ...gone, type: "mail.reconnect" });
    await workMail(testCtx(), { ...gone, type: "mail.cliff", days: 3 });
    await workMail(testCtx(), { ...gone, type: "mail.account_changed", at: 1 });
    await workMail(testCtx(), { v: 1, type: "mail.reveal", tenant: "erased", reveal: newId("rev", 1) });
    await workMail(testCtx(), { v: 1, type: "mail.ending", deletion: newId("del", 1) });
    expect(await allMails()).toEqual(before);
  });

  test("a connection that works again", async () => {
    const { tenant, people, connection } = await brokenConnection("active");
    await workMail(testCtx(), { v: 1, type: "mail.reconnect", tenant: tenant.id, connection });
    expect(await mailsTo(people[0]?.email ?? "")).toEqual([]);
  });
});

test("a sign-in's mail holds the link and the code, in the language of the page, and comes once", async () => {
  const { actor } = await makeUser();
  const message = await asked(actor.email, "fr");
  await workMail(testCtx(), message);
  await workMail(testCtx(), message);
  const mails = await mailsTo(actor.email);
  expect(mails).toHaveLength(1);
  const link = `http://atrium.test/sign-in/link/${linkToken(testCtx().config, "sign-in", message.link)}`;
  expect(mails[0]?.subject).toBe("Connexion à Atrium");
  for (const part of [mails[0]?.text, mails[0]?.html]) {
    expect(part).toContain(link);
    expect(part).toMatch(/\b\d{6}\b/);
  }
});

test("an invitation's mail names who invites, where to and as what", async () => {
  const tenant = await makeTenant({ name: "Beta & Sons", locale: "en" });
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const ctx = testTenantCtx(tenant, "owner", { actor });
  const { id } = await invite(ctx, { email: "newcomer@example.com", role: "developer" });
  await workMail(testCtx(), { v: 1, type: "mail.invitation", tenant: tenant.id, invitation: id });
  const [mail] = await mailsTo("newcomer@example.com");
  expect(mail?.text).toContain("Test Person invited you to join Beta & Sons on Atrium as a developer.");
  expect(mail?.html).toContain("Beta &amp; Sons");
  expect(mail?.text).toContain(`/invitation/${invitationToken(ctx.config, id)}`);
});

test("an invitation's mail is in the language that is chosen for it, else in that of who invites; the agency's in that of the client", async () => {
  const tenant = await makeTenant({ locale: "en" });
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const letterOf = async (role: "owner" | "staff", locale?: "fr" | "he") => {
    const email = `${newId("inv", Date.now())}@example.com`;
    const speaks = { ...actor, staff: role === "staff", locale: "fr" as const };
    const { id } = await invite(testTenantCtx(tenant, role, { actor: speaks }), { email, role: "viewer", ...(locale && { locale }) });
    await workMail(testCtx(), { v: 1, type: "mail.invitation", tenant: tenant.id, invitation: id });
    return (await mailsTo(email))[0]?.html;
  };
  expect(await letterOf("owner")).toContain('lang="fr"');
  expect(await letterOf("owner", "he")).toContain('lang="he"');
  expect(await letterOf("staff")).toContain('lang="en"');
});

test("an invitation of an admin of the agency names the agency, also when they have left it and are the client's own now", async () => {
  const tenant = await makeTenant({ name: "Beta & Sons", locale: "en" });
  const { actor } = await makeUser({ staff: true, roles: [[tenant, "owner"]] });
  const ctx = testTenantCtx(tenant, "staff", { actor });
  const { id } = await invite(ctx, { email: "hers@example.com", role: "developer" });
  await ctx.directory.update(users).set({ staff: false }).where(eq(users.id, actor.userId));
  await workMail(testCtx(), { v: 1, type: "mail.invitation", tenant: tenant.id, invitation: id });
  const [mail] = await mailsTo("hers@example.com");
  expect(mail?.text).not.toContain("Test Person");
  expect(await showInvitation(testCtx(), { token: invitationToken(ctx.config, id) })).toMatchObject({ inviter: "" });
});

test("who may connect accounts hears which provider ended and what waits, each in their own language", async () => {
  const { tenant, people, connection } = await brokenConnection("reconnect_needed");
  const [owner, developer, viewer] = people.map(({ email }) => email) as [string, string, string];
  await testCtx().directory.update(users).set({ locale: "he" }).where(eq(users.email, developer));
  await workMail(testCtx(), { v: 1, type: "mail.reconnect", tenant: tenant.id, connection });
  const [mail] = await mailsTo(owner);
  expect(mail?.subject).toBe(`Reconnect Klaviyo for ${tenant.name}`);
  expect(mail?.text).toMatch(/Paused until you reconnect: .+\./);
  expect(mail?.text).toContain(`/t/${tenant.id}/integrations`);
  expect((await mailsTo(developer))[0]?.html).toContain('dir="rtl"');
  expect(await mailsTo(viewer)).toEqual([]);
});

async function brokenConnection(status: "active" | "reconnect_needed") {
  const tenant: Tenant = await makeTenant();
  const made = [];
  for (const role of ["owner", "developer", "viewer"] as const) made.push(await makeUser({ roles: [[tenant, role]] }));
  const ctx = testTenantCtx(tenant);
  const connection = newId("con", Date.now());
  await ctx.db.insert(connections).values({
    id: connection,
    tenantId: tenant.id,
    provider: "klaviyo",
    externalId: `account-${connection}`,
    name: "Acme <Mail>",
    details: {},
    scopesAsked: [],
    scopesGranted: [],
    status,
    connectedBy: "test",
    connectedAt: Date.now(),
  });
  return { tenant, connection, people: made.map(({ actor }) => actor) };
}

describe.each(locales)("letters in %s", (locale) => {
  const hostile = '<img src=x onerror="alert(1)">\r\nBcc: everybody@example.com';
  const url = "https://portal.example.com/x?a=1&b=2";
  const letters = {
    "sign-in": signInLetter({ locale, name: hostile, url, code: "012345", lifetimeMs: 900_000 }),
    invitation: invitationLetter({ locale, inviter: hostile, tenant: hostile, role: "admin", url }),
    reconnect: reconnectLetter({
      locale,
      name: hostile,
      provider: "Klaviyo",
      account: hostile,
      tenant: hostile,
      jobs: ["One", "Two"],
      url,
    }),
  };
  test.each(Object.entries(letters))("%s: has both parts, a direction, and names that cannot become markup or headers", (_name, letter) => {
    expect(letter.html).toContain(`<html lang="${locale}" dir="${locale === "he" ? "rtl" : "ltr"}">`);
    expect(letter.html).not.toContain("<img");
    expect(letter.html).toContain('href="https://portal.example.com/x?a=1&amp;b=2"');
    expect(letter.text).toContain(url);
    expect(letter.subject).not.toMatch(/[\r\n]/);
    expect(letter.text).not.toMatch(/undefined|null|\[object/);
  });
});

test("a header is plain where it can be, else encoded words of at most 75 characters that give the text back", () => {
  expect(headerText("Sign in")).toBe("Sign in");
  const text = "הקישור שלך לכניסה ל-Atrium, וגם זנב ארוך מאוד 🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂";
  const words = headerText(text).split("\r\n ");
  for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
  const bytes = words.map((word) => atob(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? "")).join("");
  expect(new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))).toBe(text);
});

test("a sender is read with its name or without, and a message's lines are short and plain", () => {
  expect(readMailbox('"Atrium" <portal@example.com>')).toEqual({ name: "Atrium", address: "portal@example.com" });
  expect(readMailbox("portal@example.com")).toEqual({ name: "", address: "portal@example.com" });
  const message = mimeMessage(mail(), { from: "Atrium <portal@example.com>", at: Date.UTC(2026, 10, 21) });
  for (const line of message.split("\r\n")) expect(line).toMatch(/^(?!\.)[\x20-\x7e]{0,998}$/);
  expect(message).toContain("Date: Sat, 21 Nov 2026 00:00:00 +0000");
});

const mail = (): Mail => ({ id: "lnk_1", to: "a@example.com", locale: "he", subject: "שלום", text: ".שלום\n", html: "<p>שלום</p>" });

/** A context whose mail goes to Resend, as this server answers. */
function resendCtx(answer: () => Response | Promise<Response>) {
  const requests: Request[] = [];
  const ctx = testCtx({
    outbound: async (input, init) => {
      requests.push(new Request(input as RequestInfo, init));
      return answer();
    },
  });
  const config: Config = { ...ctx.config, MAIL_TRANSPORT: "resend", RESEND_API_KEY: "re_secret_key" };
  return { ctx: { ...ctx, config }, requests };
}

test("Resend is asked as its API wants it, with a key that makes a retry no second mail", async () => {
  const { ctx, requests } = resendCtx(() => Response.json({ id: "1" }));
  await sendMail(ctx, mail());
  expect(requests).toHaveLength(1);
  expect(requests[0]?.url).toBe("https://api.resend.com/emails");
  expect(Object.fromEntries(requests[0]?.headers ?? [])).toMatchObject({
    authorization: "Bearer re_secret_key",
    "idempotency-key": "lnk_1",
  });
  expect(await requests[0]?.json()).toEqual({
    from: "Atrium <portal@atrium.test>",
    to: ["a@example.com"],
    subject: "שלום",
    text: ".שלום\n",
    html: "<p>שלום</p>",
  });
});

test.each([302, 401, 422, 429, 500])(
  "when Resend answers %i the mail is not taken for sent, and the error names no key",
  async (status) => {
    const { ctx } = resendCtx(() => new Response("re_secret_key", { status }));
    const error = await sendMail(ctx, mail()).then(
      () => null,
      (failure: MailFailure) => failure,
    );
    expect(error?.said).toEqual({ code: "mail.resend", params: { words: `${status}.` } });
  },
);

test.each([
  [422, "validation_error", "Invalid `to` field. The email address needs to follow the `email@example.com` format.", "refused"],
  [400, "validation_error", "Invalid `to` field. Please use our testing email address instead of domains like `example.com`.", "refused"],
  [422, "validation_error", "Invalid `from` field. The email address needs to follow the `email@example.com` format.", "later"],
  [422, "invalid_from_address", "Invalid `from` field.", "later"],
  [403, "validation_error", "The atrium.test domain is not verified. Please, add and verify your domain.", "later"],
  [403, "validation_error", "You can only send testing emails to your own email address (us@example.com).", "later"],
  [422, "missing_required_field", "Missing `subject` field.", "later"],
  [400, "invalid_idempotency_key", "The key must be between 1-256 chars.", "later"],
  [401, "missing_api_key", "Missing API key in the authorization header.", "later"],
  [429, "daily_quota_exceeded", "You have reached your daily email sending quota.", "later"],
  [451, "security_error", "We may have found a security issue with the request.", "later"],
] as const)(
  "Resend's %i %s is said in its words, and only one about the recipient is for good: %s",
  async (status, name, message, fate) => {
    const { ctx } = resendCtx(() => Response.json({ statusCode: status, name, message }, { status }));
    const failure = await sendMail(ctx, mail()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "MailFailure", said: { params: { words: `${status} ${name}: ${message}` } }, fate });
  },
);

test("Resend's words name no key of ours, and a 422 without words is not taken for the recipient's", async () => {
  const { ctx } = resendCtx(() => Response.json({ name: "invalid_api_key", message: "No such key: re_secret_key" }, { status: 403 }));
  await expect(sendMail(ctx, mail())).rejects.toThrow("403 invalid_api_key: No such key: [redacted]");
  for (const body of ["", "{}", "[]", "<html>", '{"name":null,"message":7}']) {
    const silent = resendCtx(() => new Response(body, { status: 422 }));
    const failure = await sendMail(silent.ctx, mail()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ said: { params: { words: "422." } }, fate: "later" });
  }
});

test("of one batch, a mail that failed is retried and the others are done", async () => {
  const { actor } = await makeUser();
  const good = await asked("not-a-soul@example.com");
  const failing = await asked(actor.email);
  const env = { ...testEnv, MAIL_TRANSPORT: "resend", RESEND_API_KEY: "k", RESEND_ENDPOINT: "http://sandbox.test/no-such-place" };
  const message = (id: string, body: unknown) => ({ id, timestamp: new Date(), attempts: 1, body: body as Message });
  const batch = createMessageBatch<Message>("atrium-mail", [
    message("good", good),
    message("failing", failing),
    message("broken", { v: 1, type: "mail.unheard_of" }),
  ]);
  await worker.queue(batch, env);
  const result = await getQueueResult(batch, createExecutionContext());
  expect(result.explicitAcks).toEqual(["good"]);
  expect(result.retryMessages.map((retried: { msgId: string }) => retried.msgId).sort()).toEqual(["broken", "failing"]);
});
