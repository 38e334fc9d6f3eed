import { desc, eq } from "drizzle-orm";
import { afterEach, describe, expect, test } from "vitest";
import { auditLog, devMails, magicLinks, rateLimits, sessions, users } from "#db/schema/index.ts";
import { authenticate, sessionCookie, sessionLifetimeMs } from "#server/auth.ts";
import type { Ctx } from "#server/ctx.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { countWrongCode } from "#server/domain/people/count-wrong-codes.ts";
import { knownBrowser, rememberBrowser } from "#server/domain/people/known-browser.ts";
import { rememberTenant } from "#server/domain/people/last-tenant.ts";
import { listSessions, revokeOtherSessions, revokeSession } from "#server/domain/people/own-sessions.ts";
import { findLink, redeemCode, redeemLink } from "#server/domain/people/redeem-sign-in.ts";
import { findWaiting, requestSignIn, resendSignIn, signInCookie } from "#server/domain/people/request-sign-in.ts";
import { EmailAddress, RequestSignIn } from "#server/domain/people/schemas.ts";
import { mailStandingLinks } from "#server/domain/people/send-standing-link.ts";
import { signOut } from "#server/domain/people/sign-out.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { hashToken, linkCode, linkToken, newToken } from "#server/domain/vault/sign-in-tokens.ts";
import { newId } from "#server/ids.ts";
import type { MailMessage } from "#server/messages.ts";
import { makeTenant, makeUser, type TestCtx, testCtx } from "#test/harness.ts";

let count = 0;
/** A browser of its own address, so that tests do not count against each other's limits. */
const browser = (more: TestCtx = {}) => testCtx({ ip: `192.0.2.${++count}`, ...more });
type Browser = ReturnType<typeof browser>;

const minute = 60_000;
const ask = (ctx: Browser, email: string, returnTo?: string) => requestSignIn(ctx, RequestSignIn.parse({ email, returnTo }));
/** What the mail of this browser's sign-in says. */
const mailOf = (ctx: Browser) => {
  const id = ctx.traces.cookies.get(signInCookie) ?? "";
  return { id, token: linkToken(ctx.config, "sign-in", id), code: linkCode(ctx.config, id) };
};
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
const whoHolds = async (ctx: Browser) => (await authenticate(ctx.directory, ctx.traces.cookies.get(sessionCookie), ctx.now())).actor;

test("a link is refused once its 15 minutes are over", async () => {
  const { actor } = await makeUser();
  const start = Date.now();
  const ctx = browser({ now: () => start });
  await ask(ctx, actor.email);
  const later = browser({ now: () => start + 15 * minute });
  await expect(redeemLink(later, mailOf(ctx))).rejects.toMatchObject({ kind: "not_found" });
  await expect(findLink(later, mailOf(ctx))).rejects.toMatchObject({ kind: "not_found" });
  const stillGood = browser({ now: () => start + 15 * minute - 1 });
  expect(await redeemLink(stillGood, mailOf(ctx))).toEqual({ landing: "/onboarding" });
});

test("a link signs in once, even when it is used twice at the same moment", async () => {
  const { actor } = await makeUser();
  const ctx = browser();
  await ask(ctx, actor.email);
  const mail = mailOf(ctx);
  const results = await Promise.allSettled([redeemLink(browser(), mail), redeemLink(browser(), mail), redeemCode(ctx, mail)]);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(redeemLink(browser(), mail)).rejects.toMatchObject({ kind: "not_found" });
});

test("a link that nobody sent is not found", async () => {
  await expect(redeemLink(browser(), { token: newToken() })).rejects.toMatchObject({ kind: "not_found" });
});

test("after five wrong codes the right one is refused too, and the link still works", async () => {
  const { actor } = await makeUser();
  const ctx = browser();
  await ask(ctx, actor.email);
  const { code, token } = mailOf(ctx);
  for (const _ of [1, 2, 3, 4, 5])
    await expect(redeemCode(ctx, { code: wrong(code) })).rejects.toMatchObject({ kind: "invalid", field: "code" });
  await expect(redeemCode(ctx, { code })).rejects.toMatchObject({ kind: "not_found" });
  await redeemLink(ctx, { token });
});

test("codes that are tried at the same moment are all counted", async () => {
  const { actor } = await makeUser();
  const ctx = browser();
  await ask(ctx, actor.email);
  const tries = await Promise.allSettled(Array.from({ length: 12 }, () => redeemCode(ctx, { code: wrong(mailOf(ctx).code) })));
  const kinds = tries.map((result) => (result.status === "rejected" ? (result.reason as { kind: string }).kind : "signed in"));
  expect(kinds.filter((kind) => kind === "invalid")).toHaveLength(5);
  expect(kinds.filter((kind) => kind === "not_found")).toHaveLength(7);
});

test("one mailbox is one address, however its domain is written; what is no host is no address", () => {
  const read = (typed: string) => EmailAddress.safeParse(typed).data ?? "refused";
  expect(
    ["Anna@BÜCHER.example", "anna@bücher。example", "anna@xn--bcher-kva.example", "anna@bü\u00adcher.example", "a@☕.example"].map(read),
  ).toEqual([...Array(4).fill("anna@xn--bcher-kva.example"), "a@xn--53h.example"]);
  for (const host of ["ä.example/x", "ä.example:25", "ä.example?x", "ä.example#x", "ä.example\\x", "x:y@ä.example:1", "ä example", "[ä]"])
    expect(read(`a@${host}`), host).toBe("refused");
  for (const host of [
    "a／b.example",
    "a：25.example",
    "b\u200e.example",
    "👩\u200d💻.example",
    "xn--a.ä",
    "..ä",
    "１２７．０．０．１",
    "ä%2eexample",
  ])
    expect(read(`a@${host}`), host).toBe("refused");
});

test("a code does nothing in another browser than the one that asked", async () => {
  const { actor } = await makeUser();
  const ctx = browser();
  await ask(ctx, actor.email);
  const other = browser();
  await expect(redeemCode(other, mailOf(ctx))).rejects.toMatchObject({ kind: "not_found" });
  await ask(other, (await makeUser()).actor.email);
  await expect(redeemCode(other, mailOf(ctx))).rejects.toMatchObject({ kind: "invalid" });
  await redeemCode(ctx, mailOf(ctx));
});

test("new mails do not bring endless tries: the codes of one address allow 25 a day", async () => {
  const { actor } = await makeUser();
  const start = Date.now();
  let outcome = "";
  for (let round = 0; round < 6; round++) {
    const ctx = browser({ now: () => start + round * 16 * minute });
    await ask(ctx, actor.email);
    for (let tried = 0; tried < 5 && outcome !== "rate_limited"; tried++) {
      outcome = await redeemCode(ctx, { code: wrong(mailOf(ctx).code) }).then(
        () => "signed in",
        (error: { kind: string }) => error.kind,
      );
    }
    if (round < 5) expect(outcome).toBe("invalid");
  }
  expect(outcome).toBe("rate_limited");
});

test("an unknown address gets the same answer, the same row and the same message as a known one", async () => {
  const { actor } = await makeUser();
  const start = Date.now();
  const [known, unknown] = [browser({ now: () => start }), browser({ now: () => start })];
  const answers = [await ask(known, actor.email), await ask(unknown, "nobody-here@example.com")];
  expect(answers.map((answer) => Object.keys(answer))).toEqual([
    ["email", "expiresAt"],
    ["email", "expiresAt"],
  ]);
  expect(answers[0]?.expiresAt).toBe(answers[1]?.expiresAt);
  for (const ctx of [known, unknown]) {
    const { id } = mailOf(ctx);
    const rows = await ctx.directory.select().from(magicLinks).where(eq(magicLinks.id, id));
    expect(rows).toMatchObject([{ id, returnTo: null, codeTries: 0, consumedAt: null }]);
    expect(ctx.traces.mails).toEqual([{ v: 1, type: "mail.sign_in", link: id }]);
  }
});

test("neither the token nor the code is stored or queued", async () => {
  const { actor } = await makeUser();
  const ctx = browser();
  await ask(ctx, actor.email);
  const { id, token, code } = mailOf(ctx);
  const rows = await ctx.directory.select().from(magicLinks).where(eq(magicLinks.id, id));
  const kept = JSON.stringify([rows, ctx.traces.mails, ctx.traces.lines]);
  expect(kept).not.toContain(token);
  expect(kept).not.toContain(code);
  expect(kept).not.toContain(hashToken(code));
});

test("whoever proves an address without an account is not signed in", async () => {
  const ctx = browser();
  await ask(ctx, "still-nobody@example.com");
  await expect(redeemCode(ctx, mailOf(ctx))).rejects.toMatchObject({ kind: "not_found" });
  expect(ctx.traces.cookies.has(sessionCookie)).toBe(false);
});

test("the sixth mail to one address within 15 minutes is refused, whoever asks, and later allowed", async () => {
  const email = `limited-${count}@example.com`;
  for (const _ of [1, 2, 3, 4, 5]) await ask(browser(), email);
  await expect(ask(browser(), email)).rejects.toMatchObject({ kind: "rate_limited", retryAfterS: expect.any(Number) });
  await ask(browser({ now: () => Date.now() + 16 * minute }), email);
});

test("one network asks for 20 mails in 15 minutes; an IPv6 network is its /64", async () => {
  const ip = (host: number) => `2001:db8:77:1::${host.toString(16)}`;
  for (let host = 1; host <= 20; host++) await ask(testCtx({ ip: ip(host) }), `n-${host}@example.com`);
  const refused = testCtx({ ip: ip(99) });
  await expect(ask(refused, "n-99@example.com")).rejects.toMatchObject({ kind: "rate_limited" });
  expect(refused.traces.mails).toEqual([]);
  await ask(testCtx({ ip: "2001:db8:77:2::1" }), "n-100@example.com");
});

test("the first proof of a mailbox ends sessions that were never proven; later ones end nothing", async () => {
  const { actor, token } = await makeUser();
  const ctx = browser();
  await ctx.directory.update(users).set({ provenAt: null }).where(eq(users.id, actor.userId));
  expect((await authenticate(ctx.directory, token, Date.now())).actor.type).toBe("user");
  await ask(ctx, actor.email);
  await redeemLink(ctx, mailOf(ctx));
  expect((await authenticate(ctx.directory, token, Date.now())).actor.type).toBe("anonymous");
  const second = browser();
  await ask(second, actor.email);
  await redeemLink(second, mailOf(second));
  expect((await whoHolds(ctx)).type).toBe("user");
  expect((await whoHolds(second)).type).toBe("user");
});

test("signing in again ends the session that this browser held, and its token is a new one", async () => {
  const { actor, token } = await makeUser();
  const ctx = browser({ actor });
  await ask(ctx, actor.email);
  await redeemLink(ctx, mailOf(ctx));
  expect(ctx.traces.cookies.get(sessionCookie)).not.toBe(token);
  expect(ctx.traces.cookies.has(signInCookie)).toBe(false);
  expect((await authenticate(ctx.directory, token, Date.now())).actor.type).toBe("anonymous");
});

test("the path to return to is kept with the link on the server, and one that leads away is dropped", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "viewer"]] });
  const ctx = browser();
  await ctx.directory.update(users).set({ onboardedAt: Date.now() }).where(eq(users.id, actor.userId));
  await ask(ctx, actor.email, `/t/${tenant.id}/runs?page=2`);
  expect(await redeemLink(browser(), mailOf(ctx))).toEqual({ landing: `/t/${tenant.id}/runs?page=2` });
  const lured = browser();
  await ask(lured, actor.email, "//evil.example");
  expect(await redeemLink(lured, mailOf(lured))).toEqual({ landing: `/t/${tenant.id}` });
});

test("a person of several tenants lands in the one that this browser opened last, if it is still theirs", async () => {
  const [first, second, foreign] = [await makeTenant(), await makeTenant(), await makeTenant()];
  const { actor } = await makeUser({
    roles: [
      [first, "owner"],
      [second, "viewer"],
    ],
  });
  const ctx = browser({ actor });
  rememberTenant(ctx, second.id);
  rememberTenant(ctx, foreign.id);
  await ask(ctx, actor.email);
  expect(await redeemCode(ctx, mailOf(ctx))).toEqual({ landing: `/t/${second.id}` });
  const other = browser();
  await ask(other, actor.email);
  expect(await redeemCode(other, mailOf(other))).toEqual({ landing: `/t/${first.id}` });
});

test("the first sign-in lands on the onboarding, wherever the person was going", async () => {
  const { actor } = await makeUser({ roles: [[await makeTenant(), "owner"]] });
  const ctx = browser();
  await ctx.directory.update(users).set({ onboardedAt: null }).where(eq(users.id, actor.userId));
  await ask(ctx, actor.email, "/t/somewhere");
  expect(await redeemLink(ctx, mailOf(ctx))).toEqual({ landing: "/onboarding" });
});

test("a waiting sign-in is sent again to the same address with a new code, and only to a browser that waits", async () => {
  const { actor } = await makeUser();
  const ctx = browser();
  await expect(resendSignIn(ctx)).rejects.toMatchObject({ kind: "not_found" });
  await ask(ctx, actor.email, "/t/acme");
  const before = mailOf(ctx).id;
  await resendSignIn(ctx);
  expect(mailOf(ctx).id).not.toBe(before);
  expect(await findWaiting(ctx)).toMatchObject({ email: actor.email, returnTo: "/t/acme" });
});

test("a session that was ended by its person, by a sign-out or by time is nobody's", async () => {
  const { actor, token } = await makeUser();
  const { directory } = testCtx();
  const lastMoment = Date.now() + sessionLifetimeMs + minute;
  expect((await authenticate(directory, token, lastMoment)).actor.type).toBe("anonymous");
  await revokeSession(testCtx({ actor }), { sessionId: actor.sessionId });
  expect((await authenticate(directory, token, Date.now())).actor.type).toBe("anonymous");
  const other = await makeUser();
  await signOut(testCtx({ actor: other.actor }));
  expect((await authenticate(directory, other.token, Date.now())).actor.type).toBe("anonymous");
});

test("a session in use lives 30 days from each day of use, and says when the cookie must be set anew", async () => {
  const { token } = await makeUser();
  const { directory } = testCtx();
  const inDays = (days: number) => Date.now() + days * 24 * 60 * minute;
  expect(await authenticate(directory, token, inDays(0.5))).toMatchObject({ renewed: false });
  expect(await authenticate(directory, token, inDays(20))).toMatchObject({ renewed: true });
  expect((await authenticate(directory, token, inDays(45))).actor.type).toBe("user");
});

test("somebody else's session is not found, and lives on", async () => {
  const mine = await makeUser();
  const theirs = await makeUser();
  const ctx = testCtx({ actor: mine.actor });
  await expect(revokeSession(ctx, { sessionId: theirs.actor.sessionId })).rejects.toMatchObject({ kind: "not_found" });
  expect((await authenticate(ctx.directory, theirs.token, Date.now())).actor.type).toBe("user");
  expect((await listSessions(ctx)).map(({ id }) => id)).toEqual([mine.actor.sessionId]);
});

test("a person ends all sessions but the one in hand", async () => {
  const { actor } = await makeUser();
  const elsewhere = browser();
  await ask(elsewhere, actor.email);
  await redeemLink(elsewhere, mailOf(elsewhere));
  const ctx = testCtx({ actor });
  expect((await listSessions(ctx)).map(({ current }) => current).sort()).toEqual([false, true]);
  await revokeOtherSessions(ctx);
  expect(await listSessions(ctx)).toMatchObject([{ id: actor.sessionId, current: true }]);
  const left = await ctx.directory.select().from(sessions).where(eq(sessions.userId, actor.userId));
  expect(left).toHaveLength(1);
});

test("signing in leaves an audit line with who, how and from where, and no token", async () => {
  const { actor } = await makeUser();
  const ctx = browser();
  await ask(ctx, actor.email);
  await redeemCode(ctx, mailOf(ctx));
  const lines = await ctx.directory.select().from(auditLog).where(eq(auditLog.action, "session.started")).orderBy(desc(auditLog.id));
  const line = lines.find(({ details }) => details.user === actor.userId);
  expect(line).toMatchObject({
    actorType: "user",
    actorId: actor.userId,
    ip: ctx.request.ip,
    details: { user: actor.userId, via: "code" },
  });
  expect(JSON.stringify(line)).not.toContain(ctx.traces.cookies.get(sessionCookie));
});

describe("who knows an address can keep nobody out of it", () => {
  const requestFrom = (ctx: ReturnType<typeof testCtx>, email: string) => requestSignIn(ctx, { email, returnTo: null, locale: "en" });

  /** The links that these requests had mailed, as whoever reads the mailbox has them. */
  const linksIn = async (email: string) => {
    const rows = await testCtx().directory.select().from(magicLinks).where(eq(magicLinks.email, email)).orderBy(magicLinks.createdAt);
    return rows.map((row) => ({ ...row, token: linkToken(testCtx().config, "sign-in", row.id) }));
  };
  /** One request from an address that nobody used before; answers what came of it. */
  let attacker = 0;
  const askFromAfar = (email: string, at: number) => {
    const ctx = testCtx({ ip: `10.${40 + (attacker >> 8)}.${attacker++ & 255}.1`, now: () => at });
    return requestFrom(ctx, email).then(
      () => ({ ctx, kind: "sent" }),
      (error: { kind: string }) => ({ ctx, kind: error.kind }),
    );
  };
  /** The cron's tick, which mails the links that are new. */
  const tick = async (at: number, more: { mail?: Ctx["send"]["mail"] } = {}) => {
    const ctx = testCtx({ actor: { type: "system", job: "cron" }, now: () => at });
    await mailStandingLinks({ ...ctx, send: { ...ctx.send, ...more } });
    return { ctx };
  };
  const daysStart = Math.ceil(Date.now() / 86_400_000) * 86_400_000;

  test("by the day an address gets twenty mails, from wherever and however often they are asked for", async () => {
    const { actor } = await makeUser();
    for (let at = daysStart; at < daysStart + 24 * 60 * minute; at += 8 * minute)
      for (const _ of [1, 2, 3]) await askFromAfar(actor.email, at);
    expect(await linksIn(actor.email)).toHaveLength(20);
  });

  test("at every moment of an attack that asks all the time the newest mail lets its person in, in a browser that nobody knows", async () => {
    const { actor } = await makeUser();
    const inSight: string[] = [];
    for (let at = daysStart; at < daysStart + 24 * 60 * minute; at += 7 * minute) {
      const { kind } = await askFromAfar(actor.email, at);
      const newest = (await linksIn(actor.email)).at(-1);
      const found = findLink(browser({ now: () => at }), { token: newest?.token ?? "" });
      await expect(found, new Date(at).toISOString()).resolves.toEqual({ email: actor.email, sameBrowser: false });
      inSight.push(kind);
    }
    expect(new Set(inSight)).toEqual(new Set(["sent", "rate_limited"]));
    const last = daysStart + 24 * 60 * minute - 1;
    const newest = (await linksIn(actor.email)).at(-1);
    const own = browser({ now: () => last });
    expect(await redeemLink(own, { token: newest?.token ?? "" })).toMatchObject({ landing: expect.any(String) });
    expect((await authenticate(own.directory, own.traces.cookies.get(sessionCookie), last)).actor).toMatchObject({ userId: actor.userId });
  });

  test("the link that goes on is mailed once in three hours, in its person's language, with no digits and the time it has", async () => {
    const { actor } = await makeUser();
    const home = testCtx();
    await home.directory.update(users).set({ locale: "fr" }).where(eq(users.id, actor.userId));
    const key = `sign-in-day:address:${hashToken(actor.email)}`;
    await home.directory.insert(rateLimits).values({ key, count: 12, resetAt: daysStart + 24 * 60 * minute });
    const refused = [];
    for (const at of [0, 1, 170, 180]) refused.push(await askFromAfar(actor.email, daysStart + at * minute));
    expect(refused.map(({ kind }) => kind)).toEqual(["rate_limited", "rate_limited", "rate_limited", "rate_limited"]);
    for (const { ctx } of refused) {
      expect(ctx.traces.cookies.size).toBe(0);
      // However many ask: the cron sends what is new.
      expect(ctx.traces.mails).toEqual([]);
    }
    for (const { ctx } of [await tick(daysStart), await tick(daysStart + 180 * minute)])
      for (const message of ctx.traces.mails) await workMail(ctx, message);
    const mails = await home.directory.select().from(devMails).where(eq(devMails.recipient, actor.email));
    expect(mails).toHaveLength(2);
    for (const { text } of mails) {
      expect(text).toMatch(/Le lien expire dans 3\sheures/);
      expect(text).not.toMatch(/\b\d{6}\b/);
    }
    const [first] = await linksIn(actor.email);
    const guessing = testCtx({ now: () => daysStart });
    guessing.traces.cookies.set(signInCookie, first?.id ?? "");
    await expect(redeemCode(guessing, { code: linkCode(guessing.config, first?.id ?? "") })).rejects.toMatchObject({ kind: "not_found" });
  });

  test("who opened the link that goes on gets another one for the next browser, and one that was not opened is the only one", async () => {
    const { actor } = await makeUser();
    const { directory } = testCtx();
    const key = `sign-in-day:address:${hashToken(actor.email)}`;
    await directory.insert(rateLimits).values({ key, count: 12, resetAt: daysStart + 24 * 60 * minute });
    const opened: string[] = [];
    for (let browsers = 0; browsers < 3; browsers++) {
      for (let asked = 0; asked < 3; asked++) await askFromAfar(actor.email, daysStart + browsers * 16 * minute);
      const links = await linksIn(actor.email);
      expect(links).toHaveLength(browsers + 1);
      const open = links.find(({ consumedAt }) => consumedAt === null);
      await redeemLink(browser({ now: () => daysStart + browsers * 16 * minute }), { token: open?.token ?? "" });
      opened.push(open?.id ?? "");
    }
    expect(new Set(opened).size).toBe(3);
  });

  test("the cron mails each link once, whatever ticks at the same time, and one that the queue refuses keeps nobody else's", async () => {
    const { directory } = testCtx();
    await directory.update(magicLinks).set({ mailDueAt: null });
    const people = [await makeUser(), await makeUser(), await makeUser()].map(({ actor }) => actor.email);
    for (const email of people) {
      const key = `sign-in-day:address:${hashToken(email)}`;
      await directory.insert(rateLimits).values({ key, count: 12, resetAt: daysStart + 24 * 60 * minute });
      await askFromAfar(email, daysStart);
    }
    const [poor = ""] = people;
    const sent: (string | undefined)[] = [];
    const idOf = new Map((await Promise.all(people.map((email) => linksIn(email)))).flat().map(({ id, email }) => [id, email]));
    const mail: Ctx["send"]["mail"] = async (message) => {
      const to = message.type === "mail.sign_in" ? idOf.get(message.link) : undefined;
      if (to === poor) throw new Error("the queue is away");
      sent.push(to);
    };
    await Promise.all([tick(daysStart, { mail }), tick(daysStart, { mail })]);
    for (let minutes = 1; minutes < 5; minutes++) await tick(daysStart + minutes * minute, { mail });
    expect(sent.sort()).toEqual(people.slice(1).sort());
    // Its own goes out once the queue is back.
    const { ctx } = await tick(daysStart + 11 * minute);
    expect(ctx.traces.mails).toHaveLength(1);
  });

  describe("when unknown browsers have asked for all sign-ins of a day", () => {
    const key = "sign-in:unknown-browsers";
    const { directory } = testCtx();
    const setCount = async (count: number) => {
      await directory.delete(rateLimits).where(eq(rateLimits.key, key));
      await directory.insert(rateLimits).values({ key, count, resetAt: Date.now() + 3_600_000 });
    };
    afterEach(() => directory.delete(rateLimits).where(eq(rateLimits.key, key)));
    const rowsOfAll = async () => [(await directory.select().from(magicLinks)).length, (await directory.select().from(rateLimits)).length];

    test("who goes on asking, for whatever address and from whatever network, adds no row", async () => {
      await setCount(5000);
      await askFromAfar("nobody-0@example.com", Date.now()); // the count of such requests is one row for all
      const before = await rowsOfAll();
      for (let at = 1; at <= 30; at++) expect((await askFromAfar(`nobody-${at}@example.com`, Date.now())).kind).toBe("rate_limited");
      expect(await rowsOfAll()).toEqual(before);
    });

    test("a known browser signs in as ever, a link that was mailed before works, and a person in a new browser is mailed one", async () => {
      const { actor } = await makeUser();
      const early = browser();
      await ask(early, actor.email);
      await setCount(5000);
      const home = browser();
      rememberBrowser(home, actor.email);
      await ask(home, actor.email);
      expect(await redeemCode(home, mailOf(home))).toMatchObject({ landing: expect.any(String) });
      expect(await redeemLink(browser(), mailOf(early))).toMatchObject({ landing: expect.any(String) });
      expect((await askFromAfar(actor.email, Date.now())).kind).toBe("rate_limited");
      const { ctx } = await tick(Date.now());
      const [message] = ctx.traces.mails as Extract<MailMessage, { type: "mail.sign_in" }>[];
      expect(await redeemLink(browser(), { token: linkToken(ctx.config, "sign-in", message?.link ?? "") })).toMatchObject({
        landing: expect.any(String),
      });
    });

    test("an address with an account and one without get the same answer and the same trace", async () => {
      const { actor } = await makeUser();
      await setCount(5000);
      const at = Date.now();
      const answers = [];
      for (const email of [actor.email, "no-account-here@example.com"]) {
        const ctx = browser({ now: () => at });
        const error = await ask(ctx, email).catch((thrown: { kind: string; message: string; retryAfterS: number }) => thrown);
        const { kind, message, retryAfterS } = error as { kind: string; message: string; retryAfterS: number };
        expect(ctx.traces.cookies.size).toBe(0);
        answers.push({ kind, message, retryAfterS, mails: ctx.traces.mails.map(({ type }) => type) });
      }
      expect(answers[0]).toMatchObject({ kind: "rate_limited", mails: [] });
      expect(answers[1]).toEqual(answers[0]);
    });

    test("the last one of the day is told to the agency, once; one network alone does not use them up", async () => {
      await setCount(4998);
      const lines = () => directory.select().from(auditLog).where(eq(auditLog.action, "sign_in.many_requests"));
      for (let at = 0; at < 5; at++) await askFromAfar(`late-${at}@example.com`, Date.now());
      expect(await lines()).toHaveLength(1);
      await setCount(0);
      for (let at = 0; at < 40; at++) await ask(testCtx({ ip: "192.0.2.250" }), `one-${at}@example.com`).catch(() => undefined);
      expect(await directory.select().from(rateLimits).where(eq(rateLimits.key, key))).toMatchObject([{ count: 20 }]);
    });
  });

  test("a try beyond a limit writes nothing, and says until when", async () => {
    const ctx = testCtx();
    const limit = { key: "test:capped", max: 2, windowS: 60 };
    const tries = await Promise.allSettled([1, 2, 3, 4, 5].map(() => takeFromLimit(ctx, limit)));
    expect(tries.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "rejected", "rejected", "rejected"]);
    expect(await ctx.directory.select().from(rateLimits).where(eq(rateLimits.key, limit.key))).toMatchObject([{ count: 3 }]);
    await expect(takeFromLimit(ctx, limit)).rejects.toMatchObject({ kind: "rate_limited", retryAfterS: 60 });
    await takeFromLimit(testCtx({ now: () => Date.now() + 61_000 }), limit);
  });

  test("who asked for no sign-in has no code to try, and leaves no row by trying", async () => {
    const ctx = testCtx({ ip: "198.18.62.1" });
    for (const cookie of ["", newId("lnk", Date.now()), "x".repeat(3000)]) {
      ctx.traces.cookies.set(signInCookie, cookie);
      await expect(redeemCode(ctx, { code: "123456" })).rejects.toMatchObject({ kind: "not_found" });
    }
    expect(await ctx.directory.select().from(rateLimits).where(eq(rateLimits.key, "sign-in-code:network:198.18.62.1"))).toEqual([]);
  });

  test("a browser in which the person signed in before still gets its mail and types its code", async () => {
    const { actor } = await makeUser();
    const home = testCtx({ ip: "198.18.60.1" });
    rememberBrowser(home, actor.email);
    for (const key of [
      `sign-in:address:${hashToken(actor.email)}`,
      `sign-in-day:address:${hashToken(actor.email)}`,
      `sign-in-code:address:${hashToken(actor.email)}`,
    ])
      await home.directory.insert(rateLimits).values({ key, count: 1000, resetAt: Date.now() + 600_000 });
    await expect(requestFrom(testCtx({ ip: "198.18.60.2" }), actor.email)).rejects.toMatchObject({ kind: "rate_limited" });
    await requestFrom(home, actor.email);
    const id = home.traces.cookies.get(signInCookie) ?? "";
    await expect(redeemCode(home, { code: linkCode(home.config, id) })).resolves.toMatchObject({ landing: expect.any(String) });
  });

  test("the mark of a known browser is good for its own address alone, and is not made by anybody else", async () => {
    const ctx = testCtx();
    rememberBrowser(ctx, "one@example.com");
    expect(knownBrowser(ctx, "one@example.com")).not.toBeNull();
    expect(knownBrowser(ctx, "two@example.com")).toBeNull();
    ctx.traces.cookies.set("__Host-atrium_known", `brw_1.${"a".repeat(43)}`);
    expect(knownBrowser(ctx, "one@example.com")).toBeNull();
    expect(knownBrowser(testCtx(), "one@example.com")).toBeNull();
  });

  test("an admin of the agency signs in by the link alone: the mail has no digits, and the right ones are wrong", async () => {
    const { actor } = await makeUser({ staff: true });
    const ctx = testCtx({ ip: "198.18.61.1" });
    await requestFrom(ctx, actor.email);
    const id = ctx.traces.cookies.get(signInCookie) ?? "";
    const code = linkCode(ctx.config, id);
    await workMail(ctx, { v: 1, type: "mail.sign_in", link: id });
    const [mail] = await ctx.directory.select().from(devMails).where(eq(devMails.recipient, actor.email));
    expect(mail?.text).not.toContain(code);
    await expect(redeemCode(ctx, { code })).rejects.toMatchObject({ kind: "invalid" });
    await expect(redeemLink(ctx, { token: linkToken(ctx.config, "sign-in", id) })).resolves.toMatchObject({ landing: "/admin" });
  });

  test("wrong codes over many addresses raise the alarm, once: in the agency's log and by mail", async () => {
    const ctx = testCtx();
    await ctx.directory.delete(rateLimits).where(eq(rateLimits.key, "sign-in-code:wrong"));
    for (let at = 0; at < 102; at++) await countWrongCode(ctx);
    expect(ctx.traces.mails).toMatchObject([{ type: "mail.alarm", count: 100 }]);
    const lines = await ctx.directory.select().from(auditLog).where(eq(auditLog.action, "sign_in.many_wrong_codes"));
    expect(lines).toHaveLength(1);
    const { actor } = await makeUser({ staff: true });
    for (const message of ctx.traces.mails) await workMail(testCtx(), { ...message, person: actor.userId } as MailMessage);
    expect(await ctx.directory.select().from(devMails).where(eq(devMails.recipient, actor.email))).toHaveLength(1);
  });
});
