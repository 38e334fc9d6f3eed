import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { eq, inArray } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, devMails, undeliveredMails } from "#db/schema/index.ts";
import type { Ctx } from "#server/ctx.ts";
import { forgetUndelivered } from "#server/domain/mail/deliver.ts";
import { MailFailure } from "#server/domain/mail/mail-failure.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { invite } from "#server/domain/people/invite.ts";
import { newId } from "#server/ids.ts";
import type { MailMessage, Message } from "#server/messages.ts";
import { createCaller } from "#server/trpc/root.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";
import worker from "#workers/app.ts";
import { voiceIn } from "#workers/voice.ts";

const db = openDb(testEnv.DB);

const badAddress = "Invalid `to` field. The email address needs to follow the `email@example.com` format.";
const refusal = { reason: "mail.resend", reasonParams: { words: `422 validation_error: ${badAddress}` } };

/** A context whose mail goes through Resend, which answers each recipient as it is told; its 422 is about the recipient. */
function mailing(statusFor: (to: string) => number, now: () => number = Date.now) {
  const sent: string[] = [];
  const ctx = testCtx({
    now,
    outbound: async (_input, init) => {
      const [to = ""] = (JSON.parse(String(init?.body)) as { to: string[] }).to;
      const status = statusFor(to);
      if (status < 300) sent.push(to);
      return Response.json(status === 422 ? { statusCode: status, name: "validation_error", message: badAddress } : {}, { status });
    },
  });
  return { ctx: { ...ctx, config: { ...ctx.config, MAIL_TRANSPORT: "resend" as const, RESEND_API_KEY: "k" } }, sent };
}

/** An invitation's message, as the queue hands it out. */
async function invitation() {
  const tenant = await makeTenant();
  const email = `${tenant.id}@example.com`;
  const { id } = await invite(testTenantCtx(tenant), { email, role: "viewer" });
  return { tenant, email, id, message: { v: 1, type: "mail.invitation", tenant: tenant.id, invitation: id } satisfies MailMessage };
}

const undelivered = (id: string) => db.select().from(undeliveredMails).where(eq(undeliveredMails.id, id));

/** Reaches an SMTP server that offers a login and understands none: it repeats each line but the greeting. */
const repeatingServer: Ctx["connect"] = () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const answers = new TransformStream<string, Uint8Array>({ transform: (line, out) => out.enqueue(bytes(`${line}\r\n`)) }, undefined, {
    highWaterMark: 9,
  });
  const writer = answers.writable.getWriter();
  const writable = new WritableStream<Uint8Array>({
    async start() {
      await writer.write("220 hello");
    },
    async write(chunk) {
      const line = new TextDecoder().decode(chunk).trim();
      await writer.write(line.startsWith("EHLO") ? "250 AUTH PLAIN" : `502 not recognized: ${line}`);
    },
  });
  return { readable: answers.readable, writable, opened: Promise.resolve({}), close: async () => undefined } as unknown as Socket;
};

/** A connection that waits for its people, and three of them. */
async function broken() {
  const tenant = await makeTenant();
  const people = [];
  for (let at = 0; at < 3; at++) people.push((await makeUser({ roles: [[tenant, "owner"]] })).actor);
  const connection = newId("con", Date.now());
  await db.insert(connections).values({
    id: connection,
    tenantId: tenant.id,
    provider: "klaviyo",
    kind: "oauth",
    externalId: connection,
    name: "Acme",
    status: "reconnect_needed",
    statusAt: 1,
    connectedAt: 1,
    connectedBy: "usr_1",
    details: {},
    scopesAsked: [],
    scopesGranted: [],
    version: 1,
  });
  return { tenant, people, message: { v: 1, type: "mail.reconnect", tenant: tenant.id, connection } as const };
}

describe("whom a mail did not reach", () => {
  test("a mailbox that refuses for good is asked once: the message is done, and it is written down who and why", async () => {
    const { tenant, email, id, message } = await invitation();
    const { ctx } = mailing(() => 422);
    await workMail(ctx, message);
    expect(await undelivered(id)).toMatchObject([
      { kind: "invitation", ofTenant: tenant.id, recipient: email, fate: "refused", ...refusal },
    ]);
  });

  test("what may be taken later is thrown for the queue, and is forgotten once it arrives", async () => {
    const { email, id, message } = await invitation();
    await expect(workMail(mailing(() => 503).ctx, message)).rejects.toBeInstanceOf(MailFailure);
    expect(await undelivered(id)).toMatchObject([{ fate: "later" }]);
    const { ctx, sent } = mailing(() => 200);
    await workMail(ctx, message);
    expect(sent).toEqual([email]);
    expect(await undelivered(id)).toEqual([]);
  });

  test("what cannot be noted is not sent once more for that: it was refused for good, or may have arrived", async () => {
    const { message } = await invitation();
    const { ctx } = mailing(() => 422);
    const directory = openDb(
      interruptedD1(testEnv.DB, (call) => {
        if (call.is === "prepare" && /^insert into "undelivered_mails"/.test(call.query)) throw new Error("away");
        return undefined;
      }),
    );
    await workMail({ ...ctx, directory }, message);
    expect(ctx.traces.lines.join()).toContain("could not be noted");
    await expect(workMail({ ...mailing(() => 503).ctx, directory }, message)).rejects.toBeInstanceOf(MailFailure);
  });

  test("staff see it with its words; nobody else does; the client's own team page says that the invitation did not arrive", async () => {
    const { tenant, email, id, message } = await invitation();
    const owner = createCaller(testCtx({ actor: (await makeUser({ roles: [[tenant, "owner"]] })).actor }));
    await workMail(mailing(() => 422).ctx, message);
    const ctx = testCtx({ actor: (await makeUser({ staff: true })).actor });
    const { items } = await createCaller({ ...ctx, voice: voiceIn("fr") }).mails.undelivered({});
    // Ours in the reader's language, theirs as they said it.
    const reason = `Réponse de Resend\u00a0: ${refusal.reasonParams.words}`;
    expect(items.find((mail) => mail.id === id)).toMatchObject({ recipient: email, outcome: "refused", reason });
    await expect(owner.mails.undelivered({})).rejects.toMatchObject({ code: "FORBIDDEN" });
    const { invitations } = await owner.team.list({ tenant: tenant.id });
    expect(invitations).toMatchObject([{ id, undelivered: "refused" }]);
    expect(JSON.stringify(invitations)).not.toContain("Resend");
  });

  test("a mail server that repeats the login tells nobody the password: neither the table, nor the page of staff, nor the log", async () => {
    const { id, message } = await invitation();
    const ctx = testCtx();
    const config = {
      ...ctx.config,
      MAIL_TRANSPORT: "smtp" as const,
      SMTP_HOST: "mail.example.com",
      SMTP_SECURITY: "none" as const,
      SMTP_USERNAME: "portal",
      SMTP_PASSWORD: "a-password-of-the-test",
    };
    const failure = await workMail({ ...ctx, config, connect: repeatingServer }, message).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MailFailure);
    ctx.log.error("a mail failed", { error: failure });
    const staff = createCaller({ ...testCtx({ actor: (await makeUser({ staff: true })).actor }), voice: voiceIn("en") });
    const { items } = await staff.mails.undelivered({});
    expect(await undelivered(id)).toMatchObject([{ fate: "later", reason: "mail.answered", reasonParams: { words: "502" } }]);
    expect(items.filter((mail) => mail.id === id)).toMatchObject([{ reason: "The mail server answered the login with 502" }]);
    expect(JSON.stringify([items, ctx.traces.lines])).not.toContain(btoa("\0portal\0a-password-of-the-test"));
  });

  test("one that the queue tries no more is said to have failed for good", async () => {
    const { tenant, id, message } = await invitation();
    await expect(workMail(mailing(() => 503).ctx, message)).rejects.toThrow();
    const staff = async (later: number) => {
      const actor = (await makeUser({ staff: true, roles: [[tenant, "owner"]] })).actor;
      const found = await createCaller(testCtx({ actor, now: () => Date.now() + later })).team.list({ tenant: tenant.id });
      return found.invitations.find((each) => each.id === id)?.undelivered;
    };
    expect(await staff(0)).toBe("retrying");
    expect(await staff(2 * 3_600_000)).toBe("gave_up");
  });

  test("what stands there is bounded: a month, and a thousand", async () => {
    const row = (id: string, at: number) =>
      ({
        id,
        at,
        kind: "invitation",
        recipient: "a@example.com",
        fate: "refused",
        reason: "no",
      }) satisfies typeof undeliveredMails.$inferInsert;
    await db.insert(undeliveredMails).values(row("old", Date.now() - 31 * 86_400_000));
    for (let page = 0; page < 102; page++)
      await db.insert(undeliveredMails).values(Array.from({ length: 10 }, (_, at) => row(`many-${page}-${at}`, Date.now() + page)));
    await forgetUndelivered(testCtx());
    expect(await undelivered("old")).toEqual([]);
    expect(await db.$count(undeliveredMails)).toBe(1000);
    await db.delete(undeliveredMails);
  });
});

describe("a letter to several people", () => {
  test("becomes a message for each of them at the queue, and sends nothing itself", async () => {
    const { people, message } = await broken();
    const handed: MailMessage[] = [];
    await workMail(testCtx(), message, async (messages) => void handed.push(...messages));
    expect(handed).toHaveLength(3);
    expect(new Set(handed.map((each) => "person" in each && each.person))).toEqual(new Set(people.map(({ userId }) => userId)));
    expect(
      await db
        .select()
        .from(devMails)
        .where(
          inArray(
            devMails.recipient,
            people.map(({ email }) => email),
          ),
        ),
    ).toEqual([]);
  });

  test("one mailbox that refuses, and one that is slow to take it, repeat nobody else's letter", async () => {
    const { people, message } = await broken();
    const [refusing, later, fine] = people.map(({ email }) => email);
    let tries = 0;
    const { ctx, sent } = mailing((to) => (to === refusing ? 422 : to === later && ++tries < 3 ? 503 : 200));
    let waiting: MailMessage[] = [message];
    for (let round = 0; waiting.length > 0 && round < 10; round++) {
      const again: MailMessage[] = [];
      for (const each of waiting)
        await workMail(ctx, each, async (messages) => void again.push(...messages)).catch(() => void again.push(each));
      waiting = again;
    }
    expect(sent.sort()).toEqual([fine, later].sort());
    expect(
      (await db.select().from(undeliveredMails).where(eq(undeliveredMails.ofTenant, message.tenant))).map((row) => row.recipient),
    ).toEqual([refusing]);
  });

  test("the consumer of the queue acknowledges what it handed on", async () => {
    const { message } = await broken();
    const batch = createMessageBatch<Message>("atrium-mail", [{ id: "all", timestamp: new Date(), attempts: 1, body: message }]);
    await worker.queue(batch, testEnv);
    expect((await getQueueResult(batch, createExecutionContext())).explicitAcks).toEqual(["all"]);
  });

  test("a person who has no say any more gets none, although a message was sent for them", async () => {
    const { message } = await broken();
    const { actor } = await makeUser();
    await workMail(testCtx(), { ...message, person: actor.userId });
    expect(await db.select().from(devMails).where(eq(devMails.recipient, actor.email))).toEqual([]);
  });
});
