import { createMessageBatch } from "cloudflare:test";
import { and, eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { actionSteps, actions, approvalPosts, auditLog, connections, policies, secrets, webhookDeliveries } from "#db/schema/index.ts";
import type { Locale } from "#db/words/locales.ts";
import type { Role } from "#db/words/tenants.ts";
import { signRequest, Webhook } from "#sandbox/control/webhooks.ts";
import type { SlackUser } from "#sandbox/slack/workspace.ts";
import { approvalsChannel } from "#server/catalog/providers/slack.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { approve, approveAction } from "#server/domain/actions/approve-action.ts";
import { decideByPolicy } from "#server/domain/actions/decide-by-policy.ts";
import { hashOf } from "#server/domain/actions/prepare-actions.ts";
import { rejectAction } from "#server/domain/actions/reject-action.ts";
import { sweepActions } from "#server/domain/actions/sweep-actions.ts";
import { askInChannel } from "#server/domain/asking/ask-in-channel.ts";
import { showAsked } from "#server/domain/asking/show-asked.ts";
import { sweepAsked } from "#server/domain/asking/sweep-asked.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { currentDataKey } from "#server/domain/vault/data-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { receiveWebhook } from "#server/domain/webhooks/receive.ts";
import { workDelivery } from "#server/domain/webhooks/work-delivery.ts";
import { newId } from "#server/ids.ts";
import type { Message } from "#server/messages.ts";
import { ask } from "#test/ask.ts";
import { freshAccount, sandbox } from "#test/catalog/actions/doing.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import worker from "#workers/app.ts";
import { asking } from "#workers/asking.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const automation = "review-request-automation";
const channel = "C0GENERAL00";
const scopes = ["chat:write", "chat:write.public", "channels:read", "channels:history"];
const withPeople = [...scopes, "users:read", "users:read.email"];

beforeEach(() => control({ limits: false }));
afterEach(() => control());

interface Element {
  action_id: string;
  value?: string;
  url?: string;
  text: { text: string };
}
interface Shown {
  ts: string;
  text: string;
  channel: string;
  blocks: { type: string; text?: { text: string }; elements?: (Element & { text: string & { text: string } })[] }[];
}

/** A client whose approvals go to a channel of a Slack team, and a machine of ours whose clock is the test's. */
async function makeDesk({
  team = freshAccount.slack(),
  granted = withPeople,
  chosen = true,
  locale = "en",
}: {
  team?: string;
  granted?: string[];
  chosen?: boolean;
  locale?: Locale;
} = {}) {
  const tenant = await makeTenant({ locale });
  const clock = { ahead: 0 };
  const now = () => Date.now() + clock.ahead;
  const machine = testCtx({ actor: { type: "system", job: "test" }, now });
  const ctx = testTenantCtx(tenant, "system", { now });
  const connectionId = newId("con", now());
  const { access_token: secret } = await sandbox.mint("slack", team, granted);
  await ctx.db.insert(connections).values({
    ...{ id: connectionId, tenantId: tenant.id, provider: "slack", externalId: team, name: "Acme", details: {}, status: "active" },
    ...{ connectedBy: "x", scopesAsked: granted, scopesGranted: granted, connectedAt: now() },
    chosen: chosen ? [{ kind: approvalsChannel, id: channel, name: "#general" }] : [],
  });
  const field = "access_token";
  const sealed = await sealSecret(ctx, await currentDataKey(ctx), { connectionId, field, secret });
  await ctx.db.insert(secrets).values({ tenantId: tenant.id, connectionId, field, sealed, createdAt: now() });
  await ctx.db.insert(policies).values({
    ...{ tenantId: tenant.id, automation, mode: "approve", holdout: 0, salt: "s", actionsADay: 100, peopleADay: 100, stakeADay: 100_000 },
    ...{ largestStake: 10_000, memberStake: 500, createdAt: now(), updatedAt: now() },
  });
  const work = async () => {
    for (const message of machine.traces.actions.splice(0)) {
      if (message.tenant !== tenant.id) continue;
      if (message.type === "action.decide") await decideByPolicy(machine, message);
      if (message.type === "action.ask") await askInChannel(machine, asking, message);
      if (message.type === "action.show") await showAsked(machine, asking, message);
    }
  };
  return {
    ...{ tenant, ctx, machine, team, connectionId, clock, work },
    /** What an automation proposed and waits, by its run's own rows. */
    async propose(more: Partial<typeof actions.$inferInsert> = {}) {
      const id = newId("act", now());
      const steps = [
        { kind: "slack-message", accountId: connectionId, payload: { channel, channelName: "sales", text: `Hello <!channel> & ${id}` } },
      ];
      const hash = hashOf("order:9", steps);
      await ctx.db.batch([
        ctx.db.insert(actions).values({
          ...{ id, tenantId: tenant.id, automation, runId: "run_x", dedupe: id, subject: "order:9", connectionId, customerId: null },
          ...{ touches: "internal", hash, status: "waiting", createdAt: now(), expiresAt: now() + day },
          evidence: { line: "delivered", params: { order: "#1001", value: { minor: 4990, currency: "GBP" }, days: 7 } },
          ...more,
        }),
        ...steps.map((step) =>
          ctx.db.insert(actionSteps).values({ ...step, tenantId: tenant.id, actionId: id, place: 0, connectionId, status: "pending" }),
        ),
      ]);
      return { id, hash };
    },
    /** The run that proposed it has told the queue. */
    async ask() {
      machine.traces.actions.push({ v: 1, type: "action.decide", tenant: tenant.id, automation });
      await work();
      await work();
    },
    /** A minute of the cron. */
    async tick() {
      await sweepActions(machine);
      await sweepAsked(machine);
      await work();
    },
    messages: async () => (await at(team)).messages,
    told: async () => (await at(team)).ephemeral,
    posts: () => ctx.db.select().from(approvalPosts).where(inTenant(ctx, approvalPosts)),
    async action(id: string) {
      const [row] = await ctx.db
        .select()
        .from(actions)
        .where(inTenant(ctx, actions, eq(actions.id, id)));
      if (!row) throw new Error("there is no such action");
      return row;
    },
    async person(role: Role = "owner") {
      const { actor } = await makeUser({ roles: [[tenant, role]] });
      return testTenantCtx(tenant, role, { actor, now });
    },
  };
}
type Desk = Awaited<ReturnType<typeof makeDesk>>;

const at = (team: string) =>
  sandbox.control<{ messages: Shown[]; ephemeral: { channel: string; user: string; text: string }[] }>(`/slack/${team}/messages`);
const emailOf = ({ actor }: TenantCtx) => (actor.type === "user" ? actor.email : "");
const userIdOf = ({ actor }: TenantCtx) => (actor.type === "user" ? actor.userId : "");
const elementsOf = (message: Shown | undefined) => message?.blocks.find(({ type }) => type === "actions")?.elements ?? [];
const wordsOf = (message: Shown | undefined) => JSON.stringify(message?.blocks ?? []);

let people = 0;
/** Somebody of the team, with an address. */
async function seat(team: string, user: Partial<typeof SlackUser._input>) {
  people += 1;
  const id = `U${people.toString().padStart(8, "0")}`;
  await sandbox.control(`/slack/${team}/users`, [{ id, ...user }]);
  return id;
}

interface Press {
  user: string;
  message: Shown | undefined;
  decision?: "approve" | "reject";
  value?: string | undefined;
  team?: string;
  channel?: string;
  signing?: Partial<Webhook>;
}

/** What Slack sends of a button that was pressed. */
function signPress({ machine, team: own }: Desk, { user, message, decision = "approve", value, team = own, signing = {}, ...more }: Press) {
  const pressed = value ?? elementsOf(message).find(({ action_id }) => action_id === decision)?.value;
  const payload = {
    ...{ type: "block_actions", user: { id: user, username: "owner" }, trigger_id: crypto.randomUUID() },
    ...(team.startsWith("E")
      ? { team: { id: "T0INSIDE" }, enterprise: { id: team }, is_enterprise_install: true }
      : { team: { id: team } }),
    container: { type: "message", message_ts: message?.ts, channel_id: more.channel ?? channel },
    actions: [{ type: "button", action_id: decision, value: pressed }],
  };
  return signRequest(Webhook.parse({ provider: "slack", as: "interaction", payload, ...signing }), machine.now());
}

/** Presses it, and lets our machine work off what it was told. */
async function press(desk: Desk, pressed: Press) {
  const { machine } = desk;
  const { headers, body } = await signPress(desk, pressed);
  const answer = await receiveWebhook(machine, {
    ...{ provider: "slack", callback: null, method: "POST", urls: ["http://atrium.test/webhooks/slack"] },
    headers: new Headers(headers),
    body: new TextEncoder().encode(body),
  });
  for (const told of machine.traces.tasks.splice(0)) if (told.type === "webhook") await workDelivery(machine, asking, told);
  return answer;
}

/** A desk with one post, and a member who sits in the team. */
async function asked(role: Role = "owner", more: Parameters<typeof makeDesk>[0] = {}, stake: Partial<typeof actions.$inferInsert> = {}) {
  const desk = await makeDesk(more);
  const action = await desk.propose(stake);
  await desk.ask();
  const person = await desk.person(role);
  const user = await seat(desk.team, { email: emailOf(person).toUpperCase() });
  const [message] = await desk.messages();
  return { desk, action, person, user, message };
}

test("what waits is posted once, with why, what would happen, what is at stake and until when, and buttons that carry its hash", async () => {
  const desk = await makeDesk();
  const { id, hash } = await desk.propose({ stake: { minor: 1250, currency: "GBP" } });
  await desk.ask();
  await desk.ask();
  const [message, ...others] = await desk.messages();
  expect(others).toEqual([]);
  expect(message?.channel).toBe(channel);
  const said = wordsOf(message);
  for (const part of ["Order #1001 for £49.90 was delivered 7 days ago", "#sales", "At stake: £12.50", "Decide by <!date^"])
    expect(said).toContain(part);
  expect(elementsOf(message).map(({ action_id, value, url }) => [action_id, value ?? url])).toEqual([
    ["approve", `${id}:${hash}`],
    ["reject", `${id}:${hash}`],
    ["open", `${desk.machine.config.APP_ORIGIN}/t/${desk.tenant.id}/approvals/${id}`],
  ]);
  expect(message?.text).not.toContain("<!channel>");
});

test("without a channel nothing is posted, and without the permission to know people a post has a link alone", async () => {
  const nowhere = await makeDesk({ chosen: false });
  await nowhere.propose();
  await nowhere.ask();
  expect([await nowhere.messages(), await nowhere.posts()]).toEqual([[], []]);
  const blind = await makeDesk({ granted: scopes });
  const { id, hash } = await blind.propose();
  await blind.ask();
  const [message] = await blind.messages();
  expect(elementsOf(message).map(({ action_id }) => action_id)).toEqual(["open"]);
  const user = await seat(blind.team, { email: emailOf(await blind.person()) });
  await press(blind, { user, message, value: `${id}:${hash}` });
  expect((await blind.action(id)).status).toBe("waiting");
});

test.each([
  ["fr", "Approuver", "La commande #1001"],
  ["he", "אישור", "הזמנה #1001"],
] as const)("a post is in the client's language (%s)", async (locale, button, evidence) => {
  const { message } = await asked("owner", { locale });
  expect(elementsOf(message)[0]?.text.text).toBe(button);
  expect(wordsOf(message)).toContain(evidence);
});

test("ten are posted, and of the rest one message says how many there are, once a day", async () => {
  const desk = await makeDesk();
  for (let n = 0; n < 13; n++) await desk.propose();
  await desk.ask();
  await desk.ask();
  const messages = await desk.messages();
  expect(messages).toHaveLength(11);
  expect(wordsOf(messages.at(-1))).toContain("Not shown here: 3");
  expect(elementsOf(messages.at(-1))).toMatchObject([{ url: `${desk.machine.config.APP_ORIGIN}/t/${desk.tenant.id}/approvals` }]);
});

test("a post whose reply was lost is found by its key and stands there once", async () => {
  const desk = await makeDesk();
  await desk.propose();
  await control({
    limits: false,
    faults: [{ provider: "slack", path: "chat.postMessage", account: desk.team, count: 1, effect: { type: "reply_lost", how: "502" } }],
  });
  await desk.ask();
  expect(await desk.posts()).toMatchObject([{ message: null }]);
  await desk.tick();
  expect(await desk.posts()).toMatchObject([{ message: null }]);
  desk.clock.ahead = 3 * minute;
  await desk.tick();
  const messages = await desk.messages();
  expect(messages).toHaveLength(1);
  expect(await desk.posts()).toMatchObject([{ message: messages[0]?.ts }]);
});

test("a post that never arrived is posted again", async () => {
  const desk = await makeDesk();
  await desk.propose();
  await control({
    limits: false,
    faults: [{ provider: "slack", path: "chat.postMessage", account: desk.team, count: 1, effect: { type: "error", status: 503 } }],
  });
  await desk.ask();
  expect(await desk.messages()).toEqual([]);
  desk.clock.ahead = 3 * minute;
  await desk.tick();
  await desk.work();
  expect(await desk.messages()).toHaveLength(1);
});

test("a channel that takes nothing is marked on its account, and what waits is posted once another one is chosen", async () => {
  const desk = await makeDesk();
  const choose = (id: string) =>
    desk.ctx.db
      .update(connections)
      .set({ chosen: [{ kind: approvalsChannel, id, name: "#x" }] })
      .where(inTenant(desk.ctx, connections));
  await choose("C0ARCHIVED0");
  await desk.propose();
  await desk.ask();
  expect(await desk.posts()).toEqual([]);
  const [row] = await desk.ctx.db.select().from(connections).where(inTenant(desk.ctx, connections));
  expect(row?.chosen).toEqual([{ kind: approvalsChannel, id: "C0ARCHIVED0", name: "#x", gone: true }]);
  await choose("C0SALES0000");
  await desk.ask();
  expect(await desk.messages()).toMatchObject([{ channel: "C0SALES0000" }]);
});

test("what is limited is posted when the limit is over", async () => {
  const desk = await makeDesk();
  for (let n = 0; n < 2; n++) await desk.propose();
  const effect = { type: "rate_limited", retryAfter: 120 };
  await control({ limits: false, faults: [{ provider: "slack", path: "chat.postMessage", account: desk.team, count: 1, effect }] });
  await desk.ask();
  expect(await desk.posts()).toEqual([]);
  await desk.work();
  expect(await desk.messages()).toHaveLength(2);
});

test("a member's click decides in their name, and the message says so without buttons", async () => {
  const { desk, action, person, user, message } = await asked();
  expect(await press(desk, { user, message })).toEqual({ is: "accepted" });
  expect(await desk.action(action.id)).toMatchObject({ status: "approved", decidedBy: userIdOf(person) });
  const [after] = await desk.messages();
  expect(after?.ts).toBe(message?.ts);
  expect(wordsOf(after)).toContain("Approved by Test Person. In progress.");
  expect(elementsOf(after)).toEqual([]);
  const lines = await desk.ctx.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.tenantId, desk.tenant.id), eq(auditLog.action, "action.approved")));
  expect(lines).toMatchObject([{ actorType: "user", actorId: userIdOf(person) }]);
  await desk.ctx.db.update(actions).set({ status: "done" }).where(inTenant(desk.ctx, actions));
  await desk.tick();
  expect(wordsOf((await desk.messages())[0])).toContain("Approved by Test Person. Done.");
  expect(await desk.posts()).toMatchObject([{ checkAt: null }]);
});

test("through the doors: the queue posts, Slack is answered 200 with nothing, and the queue decides and changes the message", async () => {
  const desk = await makeDesk();
  const action = await desk.propose();
  const { id: tenant } = desk.tenant;
  const run = async (queue: string, body: Message) =>
    worker.queue(
      createMessageBatch<Message>(queue, [{ id: "m", timestamp: new Date(), attempts: 1, body }]) as MessageBatch<Message>,
      testEnv,
    );
  await run("atrium-actions", { v: 1, type: "action.ask", tenant, automation });
  const [message] = await desk.messages();
  const user = await seat(desk.team, { email: emailOf(await desk.person()) });
  const signed = await signPress(desk, { user, message });
  const answer = await ask("/webhooks/slack", { method: "POST", ...signed });
  expect([answer.status, await answer.text()]).toEqual([200, ""]);
  expect((await desk.action(action.id)).status).toBe("waiting");
  const [delivery] = await desk.ctx.db.select().from(webhookDeliveries).where(eq(webhookDeliveries.tenantId, tenant));
  await run("atrium-tasks", { v: 1, type: "webhook", tenant, delivery: delivery?.id ?? "" });
  expect((await desk.action(action.id)).status).toBe("approved");
  await run("atrium-actions", { v: 1, type: "action.show", tenant, action: action.id });
  expect(wordsOf((await desk.messages())[0])).toContain("Approved by Test Person.");
});

test("a rejection says who rejected", async () => {
  const { desk, action, user, message } = await asked();
  await press(desk, { user, message, decision: "reject" });
  expect((await desk.action(action.id)).status).toBe("rejected");
  expect(wordsOf((await desk.messages())[0])).toContain("Rejected by Test Person.");
});

test("two clicks decide once: the same person is told nothing, another one that it is decided", async () => {
  const { desk, action, person, user, message } = await asked();
  const other = await seat(desk.team, { email: emailOf(await desk.person("admin")) });
  await press(desk, { user, message });
  await press(desk, { user, message });
  expect(await desk.told()).toEqual([]);
  await press(desk, { user: other, message, decision: "reject" });
  expect(await desk.action(action.id)).toMatchObject({ status: "approved", decidedBy: userIdOf(person) });
  expect(await desk.told()).toEqual([{ channel, user: other, text: "Somebody has decided this already." }]);
});

test("of two who press at the same moment one decides, and the message says which", async () => {
  const { desk, action, person, user, message } = await asked();
  const rival = await desk.person("admin");
  const other = await seat(desk.team, { email: emailOf(rival) });
  const machines = [desk, { ...desk, machine: testCtx({ actor: { type: "system", job: "test" } }) }];
  await Promise.all(
    [user, other].map((each, n) => press(machines[n] ?? desk, { user: each, message, decision: n === 0 ? "approve" : "reject" })),
  );
  const { status, decidedBy } = await desk.action(action.id);
  expect([`approved ${userIdOf(person)}`, `rejected ${userIdOf(rival)}`]).toContain(`${status} ${decidedBy}`);
  expect(await desk.told()).toMatchObject([{ user: status === "approved" ? other : user, text: "Somebody has decided this already." }]);
  await desk.tick();
  expect(wordsOf((await desk.messages())[0])).toContain(status === "approved" ? "Approved by" : "Rejected by");
});

test("what has changed since it was posted is refused, and the message then shows what it is now", async () => {
  const { desk, action, user, message } = await asked();
  const hash = "e".repeat(64);
  await desk.ctx.db.update(actions).set({ hash, edited: true }).where(inTenant(desk.ctx, actions));
  await press(desk, { user, message });
  expect((await desk.action(action.id)).status).toBe("waiting");
  expect(await desk.told()).toMatchObject([{ text: "This action has changed since you saw it. Look at it again." }]);
  const [after] = await desk.messages();
  expect(elementsOf(after)[0]?.value).toBe(`${action.id}:${hash}`);
  await press(desk, { user, message: after });
  expect((await desk.action(action.id)).status).toBe("approved");
});

test("a member approves up to their stake and is told where it ends; who may not decide is told so", async () => {
  const above = await asked("member", {}, { stake: { minor: 501, currency: "GBP" } });
  await press(above.desk, above);
  expect((await above.desk.action(above.action.id)).status).toBe("waiting");
  expect(await above.desk.told()).toMatchObject([{ user: above.user, text: "This is more than you can approve. Ask an owner or admin." }]);
  const within = await asked("member", {}, { stake: { minor: 500, currency: "GBP" } });
  await press(within.desk, within);
  expect((await within.desk.action(within.action.id)).status).toBe("approved");
  const viewer = await asked("viewer");
  await press(viewer.desk, viewer);
  expect((await viewer.desk.action(viewer.action.id)).status).toBe("waiting");
  expect(await viewer.desk.told()).toHaveLength(1);
});

test.each([
  ["a guest of channels", { restricted: true }],
  ["a guest of one channel", { ultraRestricted: true }],
  ["a bot", { bot: true }],
  ["somebody who left", { deleted: true }],
  ["an address that nobody confirmed", { emailConfirmed: false }],
  ["an address of which Slack does not say that it was confirmed", { emailConfirmed: null }],
  ["a member of another workspace", { team: "T0SOMEWHERE" }],
  ["a stranger", { stranger: true }],
])("%s decides nothing, with whatever address", async (_, more) => {
  const { desk, action, person, message } = await asked();
  const user = await seat(desk.team, { email: emailOf(person), ...more });
  await press(desk, { user, message });
  expect((await desk.action(action.id)).status).toBe("waiting");
  expect(await desk.told()).toMatchObject([{ user, text: expect.stringContaining("Nothing was decided.") }]);
});

test("where the app stands in an organisation as a whole, its own people decide, and nobody of another one", async () => {
  const { desk, action, person, message } = await asked("owner", { team: `E${freshAccount.slack().slice(1)}` });
  const email = emailOf(person);
  for (const organisation of ["E0ANOTHER", null]) {
    const user = await seat(desk.team, { email, team: "T0SOMEWHERE", organisation });
    await press(desk, { user, message });
    expect((await desk.action(action.id)).status).toBe("waiting");
    expect(await desk.told()).toContainEqual({ channel, user, text: expect.stringContaining("Nothing was decided.") });
  }
  await press(desk, { user: await seat(desk.team, { email }), message });
  expect((await desk.action(action.id)).status).toBe("approved");
});

test("who is no member of this client, and whom Slack does not know, decide nothing, and no address is kept", async () => {
  const { desk, action, message } = await asked();
  const stranger = await makeDesk();
  const email = emailOf(await stranger.person());
  const user = await seat(desk.team, { email });
  await press(desk, { user, message });
  await press(desk, { user: "U0NOBODY", message });
  expect((await desk.action(action.id)).status).toBe("waiting");
  expect(await desk.told()).toHaveLength(2);
  const kept = await Promise.all([
    desk.posts(),
    desk.ctx.db.select().from(webhookDeliveries).where(eq(webhookDeliveries.tenantId, desk.tenant.id)),
  ]);
  expect(JSON.stringify(kept)).not.toContain(email);
  expect(desk.machine.traces.lines.join("\n")).not.toContain(email);
});

test("of two clients with one team each decides its own alone", async () => {
  const first = await asked();
  const second = await makeDesk({ team: first.desk.team });
  const theirs = await second.propose();
  await second.ask();
  const [, message] = await second.messages();
  // An owner of the first client presses what the second one posted.
  await press(first.desk, { user: first.user, message });
  expect((await second.action(theirs.id)).status).toBe("waiting");
  expect((await first.desk.action(first.action.id)).status).toBe("waiting");
  // And names the second one's action below a message of the first one's.
  await press(first.desk, { user: first.user, message: first.message, value: `${theirs.id}:${theirs.hash}` });
  expect((await second.action(theirs.id)).status).toBe("waiting");
  const owner = await seat(second.team, { email: emailOf(await second.person()) });
  await press(second, { user: owner, message });
  expect([(await second.action(theirs.id)).status, (await first.desk.action(first.action.id)).status]).toEqual(["approved", "waiting"]);
});

test("a forged value, another message, another channel, another team, a wrong and an old signature: nothing happens", async () => {
  const { desk, action, user, message } = await asked();
  const { id, hash } = await desk.propose();
  const elsewhere = await makeDesk();
  await press(desk, { user, message, value: "act_1:short" });
  await press(desk, { user, message, value: `${id}:${hash}` });
  await press(desk, { user, message: message && { ...message, ts: "1.000001" }, value: `${action.id}:${action.hash}` });
  await press(desk, { user, message, channel: "C0SALES0000" });
  await press(desk, { user, message, team: elsewhere.team });
  expect(await press(desk, { user, message, signing: { wrongSignature: true } })).toEqual({ is: "refused", reason: "wrong_signature" });
  expect(await press(desk, { user, message, signing: { at: Date.now() - 6 * minute } })).toEqual({ is: "refused", reason: "stale" });
  expect([(await desk.action(action.id)).status, (await desk.action(id)).status]).toEqual(["waiting", "waiting"]);
  expect(await desk.told()).toEqual([]);
});

test("wherever it is decided the message says so: in the portal soon, and by a policy or the clock at the next minute", async () => {
  const portal = await asked();
  await rejectAction(portal.person, { actionId: portal.action.id, hash: portal.action.hash, reason: "private words" });
  const { actions: sent } = (portal.person as TenantCtx & { traces: typeof portal.desk.machine.traces }).traces;
  expect(sent).toEqual([{ v: 1, type: "action.show", tenant: portal.desk.tenant.id, action: portal.action.id }]);
  portal.desk.machine.traces.actions.push(...sent);
  await portal.desk.work();
  const [rejected] = await portal.desk.messages();
  expect(wordsOf(rejected)).toContain("Rejected by Test Person.");
  expect(wordsOf(rejected)).not.toContain("private words");

  const policy = await asked();
  await policy.desk.ctx.db.update(policies).set({ mode: "auto" }).where(inTenant(policy.desk.ctx, policies));
  await approve(policy.desk.ctx, { actionId: policy.action.id, hash: policy.action.hash });
  await policy.desk.tick();
  expect(wordsOf((await policy.desk.messages())[0])).toContain("Approved by the policy.");

  const clock = await asked();
  clock.desk.clock.ahead = 2 * day;
  await clock.desk.tick();
  expect(wordsOf((await clock.desk.messages())[0])).toContain("Expired: nobody decided in time.");
});

test("a message that could not be changed is changed later, and one that is gone is left alone", async () => {
  const { desk, action, person } = await asked();
  await approveAction(person, { actionId: action.id, hash: action.hash });
  await control({
    limits: false,
    faults: [{ provider: "slack", path: "chat.update", account: desk.team, count: 9, effect: { type: "rate_limited", retryAfter: 90 } }],
  });
  await desk.tick();
  expect(elementsOf((await desk.messages())[0])).toHaveLength(3);
  await control({ limits: false });
  await control();
  desk.clock.ahead = 5 * minute;
  await desk.tick();
  expect(elementsOf((await desk.messages())[0])).toEqual([]);
  await desk.ctx.db.update(approvalPosts).set({ message: "1.000001" }).where(inTenant(desk.ctx, approvalPosts));
  await desk.ctx.db.update(actions).set({ status: "done" }).where(inTenant(desk.ctx, actions));
  await desk.tick();
  expect(await desk.posts()).toMatchObject([{ checkAt: null }]);
});

test("of an action that was erased the message keeps nothing", async () => {
  const { desk } = await asked();
  await desk.ctx.db.delete(actions).where(inTenant(desk.ctx, actions));
  await desk.tick();
  const [message] = await desk.messages();
  expect(wordsOf(message)).toContain("No longer available.");
  expect(wordsOf(message)).not.toContain("#1001");
});
