import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actionSteps, actions, customerModels, customerScores, listMembers, syncs } from "#db/schema/index.ts";
import type { Receipt } from "#db/words/actions.ts";
import type { CustomerSegment } from "#db/words/customer-base.ts";
import type { Account } from "#server/catalog/account.ts";
import { klaviyoListMembers } from "#server/catalog/actions/klaviyo-list-members.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { klaviyoSegmentLists } from "#server/catalog/automations/klaviyo-segment-lists.ts";
import { klaviyoRevision } from "#server/catalog/providers/klaviyo-api.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { askKlaviyo, changeList, doingOf, effectsAt, freshAccount, giveProfiles, listsAt } from "#test/catalog/actions/doing.ts";
import { sandbox, sandboxAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { dayMs, hourMs, orderOf, type Setting, stage } from "./stage.ts";

beforeAll(async () => void (await sandbox.control("/control", { limits: false })));
afterAll(async () => void (await sandbox.control("/control", {})));

const scopes = ["lists:read", "lists:write", "profiles:read", "profiles:write"];
const only = (...on: CustomerSegment[]) => ({
  segments: Object.fromEntries(
    ["loyal", "at_risk", "promising", "new", "quiet"].map((each) => [each, on.includes(each as CustomerSegment)]),
  ),
});

/** An account at the sandbox as the product calls it, with the revision that it names everywhere. */
async function klaviyoAt(at: string, granted: readonly string[] = scopes): Promise<Account> {
  const account = await sandboxAccount("klaviyo", at, { scopes: granted });
  return {
    ...account,
    json: (request, schema) => account.json({ ...request, headers: { revision: klaviyoRevision, ...request.headers } }, schema),
  };
}

/** A shop of four customers, all of them loyal, and a Klaviyo account that knows two by the shop's id and one by their address alone. */
async function scored(setting: Setting = {}) {
  const at = freshAccount.klaviyo();
  const orders = [1, 2, 3, 4].map((n) => orderOf(n, Date.now() - n * 40 * dayMs, { customerId: 12_000 + n }));
  const shop = await stage(
    klaviyoSegmentLists,
    { orders },
    { mode: "approve", klaviyo: await klaviyoAt(at), ...setting, config: { ...only("loyal"), ...setting.config } },
  );
  const persons = [3, 4].map((n) => ({ customerId: 12_000 + n, email: `person-${n}-${at.toLowerCase()}@shop.example` }));
  await shop.change({ persons });
  await shop.read();
  const { ctx } = shop;
  const made = await giveProfiles(at, [
    ...["12001", "12002"].map((id) => ({ external_id: id, email: `${id}-${at}@klaviyo.example`, email_consent: "SUBSCRIBED" })),
    { email: persons[0]?.email.toUpperCase(), email_consent: "UNSUBSCRIBED" },
  ]);
  const profiles = made.map(({ id }) => id);
  const group = (segment: CustomerSegment, customerId?: string) =>
    ctx.db
      .update(customerScores)
      .set({ segment })
      .where(inTenant(ctx, customerScores, customerId === undefined ? undefined : eq(customerScores.customerId, customerId)));
  await group("loyal");
  const end = (action: string, status: "done" | "failed", hoursAgo: number) =>
    ctx.db
      .update(actions)
      .set({ status, finishedAt: Date.now() - hoursAgo * hourMs })
      .where(inTenant(ctx, actions, eq(actions.id, action)));
  const listed = async (name = "Atrium loyal") => (await listsAt(at)).filter((list) => list.name === name);
  return {
    ...shop,
    at,
    profiles,
    group,
    listed,
    rows: () => ctx.db.select().from(listMembers).where(inTenant(ctx, listMembers)),
    facts: async () => (await ctx.db.select().from(syncs).where(inTenant(ctx, syncs)))[0]?.facts,
    /** Does all that waits, in order, as of some hours ago. */
    async doAll({ hoursAgo = 2, mayFail = false } = {}) {
      const doing = await doingOf(klaviyoListMembers, at);
      proposals: for (const { id, status, steps } of await shop.proposed()) {
        if (status !== "waiting") continue;
        const before: Receipt[] = [];
        for (const { kind, payload, place } of steps) {
          const done = await kindOf(kind)?.execute({ ...doing, before }, payload);
          if (done?.did !== "done") {
            if (!mayFail) expect.unreachable(JSON.stringify(done));
            await end(id, "failed", hoursAgo);
            continue proposals;
          }
          before.push(done.receipt);
          await ctx.db
            .update(actionSteps)
            .set({ status: "done", receipt: done.receipt })
            .where(inTenant(ctx, actionSteps, and(eq(actionSteps.actionId, id), eq(actionSteps.place, place))));
        }
        await end(id, "done", hoursAgo);
      }
    },
    /** What was proposed so far may be proposed again, as on another day. */
    nextDay: () =>
      ctx.db
        .update(actions)
        .set({ dedupe: sql`${crypto.randomUUID()} || ${actions.dedupe}` })
        .where(inTenant(ctx, actions)),
    /** A list that the merchant makes at Klaviyo. */
    async makeList(name: string) {
      const { access_token } = await sandbox.mint("klaviyo", at, scopes);
      await fetch(`${sandbox.endpoints.klaviyo.api}/api/lists`, {
        method: "POST",
        headers: { authorization: `Bearer ${access_token}`, revision: klaviyoRevision },
        body: JSON.stringify({ data: { type: "list", attributes: { name } } }),
      });
      return (await listed(name))[0]?.id ?? "";
    },
    lines: async () => (await shop.proposed()).map(({ evidence, subject }) => `${evidence.line} ${subject}`).sort(),
    consents: async () => {
      const { data } = await askKlaviyo<{ data: { attributes: { subscriptions: { email: { marketing: { consent: string } } } } }[] }>(
        at,
        `/api/profiles?filter=${encodeURIComponent(`any(id,${JSON.stringify(profiles)})`)}&additional-fields[profile]=subscriptions`,
      );
      return data.map(({ attributes }) => attributes.subscriptions.email.marketing.consent);
    },
  };
}

test("who enters a group is put on its list, made once, who leaves it is taken off, and nobody's consent is another one", async () => {
  const shop = await scored();
  const consents = await shop.consents();
  await shop.run();
  // One is known by the address alone, and one is not at Klaviyo at all.
  expect(await shop.lines()).toEqual(["entered customers:3"]);
  expect(await shop.facts()).toMatchObject({ name: "Atrium loyal", list: null, there: null, isOurs: false });
  await shop.run();
  expect(await shop.lines()).toHaveLength(1);
  await shop.doAll();
  expect(await shop.listed()).toMatchObject([{ members: shop.profiles }]);
  await shop.group("quiet", "12001");
  await shop.run();
  await shop.doAll();
  await shop.run();
  expect(await shop.lines()).toEqual(["entered customers:3", "left customers:1"]);
  expect(await shop.listed()).toMatchObject([{ members: shop.profiles.slice(1) }]);
  expect(await shop.facts()).toMatchObject({ there: 2, addedByOthers: 0, removedByOthers: 0, unknown: 1 });
  // Who comes back on the same day is put on it again at once, and taken off again.
  await shop.group("loyal", "12001");
  await shop.run();
  await shop.doAll();
  expect((await shop.listed())[0]?.members).toHaveLength(3);
  await shop.group("quiet", "12001");
  await shop.run();
  await shop.doAll();
  expect((await shop.listed())[0]?.members).toHaveLength(2);
  await shop.group("loyal", "12001");
  await shop.run();
  await shop.doAll();
  expect((await shop.listed())[0]?.members).toHaveLength(3);
  expect(await shop.consents()).toEqual(consents);
  const { items } = await effectsAt(shop.at);
  expect(items.map(({ kind }) => kind)).toEqual([
    ...["list_created", "members_added", "members_removed", "members_added", "members_removed", "members_added"],
  ]);
  expect(await effectsAt(shop.at, "profile_created")).toMatchObject({ raw: 0 });
});

test("who was declined is not asked about again on the same day", async () => {
  const shop = await scored();
  await shop.run();
  await shop.ctx.db.update(actions).set({ status: "rejected", finishedAt: Date.now() }).where(inTenant(shop.ctx, actions));
  await shop.run();
  expect(await shop.lines()).toEqual(["entered customers:3"]);
  await shop.nextDay();
  await shop.run();
  expect(await shop.lines()).toEqual(["entered customers:3", "entered customers:3"]);
});

test("the call that unsubscribes would be seen: it is global for whoever is not on the list it names", async () => {
  const at = freshAccount.klaviyo();
  await giveProfiles(at, [{ external_id: "1", email: "one@klaviyo.example" }]);
  const { access_token } = await sandbox.mint("klaviyo", at, ["lists:write", "profiles:write", "subscriptions:write"]);
  const profiles = { data: [{ type: "profile", attributes: { email: "one@klaviyo.example" } }] };
  await fetch(`${sandbox.endpoints.klaviyo.api}/api/profile-subscription-bulk-delete-jobs`, {
    method: "POST",
    headers: { authorization: `Bearer ${access_token}`, revision: klaviyoRevision },
    body: JSON.stringify({ data: { type: "profile-subscription-bulk-delete-job", attributes: { profiles } } }),
  });
  expect(await effectsAt(at)).toMatchObject({ items: [{ kind: "unsubscribed_everywhere" }] });
});

test("addresses are compared and forgotten: none rests in what is proposed, kept or logged", async () => {
  const shop = await scored();
  await shop.run();
  const steps = await shop.ctx.db.select().from(actionSteps).where(inTenant(shop.ctx, actionSteps));
  const resting = JSON.stringify([steps, await shop.rows(), await shop.facts(), await shop.schedule(), await shop.logs()]);
  expect(resting).not.toContain("@");
  expect(await shop.rows()).toHaveLength(3);
});

test("a profile that has another customer's id is not theirs, also where the address is the same", async () => {
  const shop = await scored();
  await giveProfiles(shop.at, [{ external_id: "777", email: `person-4-${shop.at.toLowerCase()}@shop.example` }]);
  await shop.run();
  expect(await shop.lines()).toEqual(["entered customers:3"]);
});

test("what others change in Klaviyo is seen and left, or put back, as the setting says", async () => {
  for (const others of ["leave", "restore"] as const) {
    const shop = await scored({ config: { others } });
    await shop.run();
    await shop.doAll();
    const [stranger] = await giveProfiles(shop.at, [{ external_id: "555" }]);
    const list = (await shop.listed())[0]?.id ?? "";
    await changeList(shop.at, list, { add: [stranger?.id], remove: [shop.profiles[0]] });
    await shop.run();
    expect(await shop.facts()).toMatchObject({ there: 3, addedByOthers: 1, removedByOthers: 1 });
    expect((await shop.logs()).map(({ message }) => message)).toContain(
      "“Atrium loyal” was changed by others in Klaviyo: 1 added, 1 taken off.",
    );
    const more = others === "leave" ? [] : ["missing customers:1", "strangers customers:1"];
    expect(await shop.lines()).toEqual(["entered customers:3", ...more]);
    await shop.doAll();
    await shop.run();
    expect(await shop.lines()).toEqual(["entered customers:3", ...more]);
    const members = (await shop.listed())[0]?.members ?? [];
    expect([...members].sort()).toEqual((others === "leave" ? [...shop.profiles.slice(1), stranger?.id ?? ""] : [...shop.profiles]).sort());
  }
});

test("a list of that name that was there before is used, and whom others have put on it is never taken off", async () => {
  const shop = await scored({ config: { prefix: "", others: "restore" } });
  await shop.makeList("Own loyal");
  await shop.setConfig({ ...only("loyal"), prefix: "Own ", others: "restore" });
  const [own] = await shop.listed("Own loyal");
  const [theirs] = await giveProfiles(shop.at, [{ external_id: "556" }]);
  await changeList(shop.at, own?.id ?? "", { add: [theirs?.id] });
  await shop.run();
  await shop.doAll();
  await shop.run();
  expect(await shop.lines()).toEqual(["entered customers:3"]);
  expect(await shop.listed("Own loyal")).toHaveLength(1);
  expect((await shop.listed("Own loyal"))[0]?.members).toContain(theirs?.id);
});

test("a list that the merchant made while ours was only proposed is theirs, and nobody whom we did not put on it is taken off", async () => {
  const shop = await scored({ config: { others: "restore" } });
  await shop.run();
  const own = await shop.makeList("Atrium loyal");
  const [theirs] = await giveProfiles(shop.at, [{ external_id: "557" }]);
  await changeList(shop.at, own, { add: [theirs?.id, shop.profiles[0]] });
  // Approved all the same: the list is found, and nobody is taken for put on it by us.
  await shop.doAll({ mayFail: true });
  expect((await shop.proposed()).map(({ status, steps }) => [status, steps[0]?.receipt])).toEqual([["failed", { id: own }]]);
  await shop.nextDay();
  await shop.run();
  await shop.doAll();
  await shop.group("quiet");
  await shop.nextDay();
  await shop.run();
  await shop.doAll();
  expect(await shop.facts()).toMatchObject({ list: own, isOurs: false });
  expect((await shop.lines()).filter((line) => line.startsWith("strangers"))).toEqual([]);
  expect((await shop.listed())[0]?.members).toContain(theirs?.id);
});

test("who was on a list before us is never taken for put there by us, and stays as they leave the group", async () => {
  for (const others of ["leave", "restore"] as const) {
    const shop = await scored({ config: { others } });
    const own = await shop.makeList("Atrium loyal");
    await changeList(shop.at, own, { add: [shop.profiles[0]] });
    await shop.run();
    expect(await shop.lines()).toEqual(["entered customers:2"]);
    await shop.doAll();
    expect((await shop.listed())[0]?.members).toHaveLength(3);
    await shop.group("quiet");
    await shop.run();
    await shop.doAll();
    expect(await shop.lines()).toEqual(["entered customers:2", "left customers:2"]);
    expect((await shop.listed())[0]?.members).toEqual([shop.profiles[0]]);
    // Nor are they while they are of it again, or once others took them off it.
    await changeList(shop.at, own, { remove: [shop.profiles[0]] });
    await shop.run();
    expect((await shop.rows()).map(({ profileId }) => profileId)).not.toContain(shop.profiles[0]);
  }
});

test("a list that others delete is left so, or made anew with all who belong on it", async () => {
  for (const others of ["leave", "restore"] as const) {
    const shop = await scored({ config: { others } });
    await shop.run();
    await shop.doAll();
    await shop.run();
    await changeList(shop.at, (await shop.listed())[0]?.id ?? "", { delete: true });
    await shop.run();
    expect(await shop.facts()).toMatchObject({ list: null, isDeleted: true, there: null });
    expect((await shop.logs()).map(({ message }) => message)).toContain("The list “Atrium loyal” was deleted in Klaviyo.");
    await shop.doAll();
    await shop.run();
    expect((await shop.listed()).map(({ members }) => members.length)).toEqual(others === "leave" ? [] : [3]);
    if (others === "restore") expect(await shop.facts()).toMatchObject({ isDeleted: false, there: 3 });
  }
});

test("a list that others rename to what no payload takes, an address or a long text, is kept under its own name, and the address rests nowhere", async () => {
  const shop = await scored();
  await shop.run();
  await shop.doAll();
  await shop.run();
  const [own] = await shop.listed();
  for (const name of ["Ask ana@shop.example first", "loyal ".repeat(30)]) {
    await changeList(shop.at, own?.id ?? "", { name });
    await shop.group(name.startsWith("Ask") ? "quiet" : "loyal", "12001");
    await shop.run();
    await shop.doAll();
    expect(await shop.facts()).toMatchObject({ name: "Atrium loyal", list: own?.id });
  }
  expect(await shop.lines()).toEqual(["entered customers:1", "entered customers:3", "left customers:1"]);
  expect(JSON.stringify([await shop.facts(), await shop.proposed(), await shop.logs()])).not.toContain("ana@shop");
});

test("a list that others rename before it was first compared is still the one that was made, and there is no second one", async () => {
  const shop = await scored();
  await shop.run();
  await shop.doAll();
  const [own] = await shop.listed();
  await changeList(shop.at, own?.id ?? "", { name: "Our best" });
  await shop.group("quiet", "12001");
  await shop.run();
  await shop.doAll();
  expect(await shop.facts()).toMatchObject({ name: "Our best", list: own?.id, isOurs: true });
  expect((await shop.listed("Our best"))[0]?.members).toHaveLength(2);
  expect(await effectsAt(shop.at, "list_created")).toMatchObject({ effects: 1 });
});

test("who was forgotten is taken off the list by their profile alone, and then nothing of them is kept", async () => {
  const shop = await scored();
  await shop.run();
  await shop.doAll();
  const { ctx } = shop;
  // As the shop's demand leaves it.
  await ctx.db.delete(customerScores).where(inTenant(ctx, customerScores, eq(customerScores.customerId, "12002")));
  await ctx.db
    .update(listMembers)
    .set({ customerId: null })
    .where(inTenant(ctx, listMembers, eq(listMembers.customerId, "12002")));
  await shop.run();
  const left = (await shop.proposed()).find(({ evidence }) => evidence.line === "left");
  expect(left?.steps.map(({ payload }) => payload)).toMatchObject([{ way: "remove", members: [], others: [shop.profiles[1]] }]);
  await shop.doAll();
  expect((await shop.listed())[0]?.members).not.toContain(shop.profiles[1]);
  await shop.run();
  expect((await shop.rows()).map(({ profileId }) => profileId)).not.toContain(shop.profiles[1]);
});

test("while customers are scored anew no list is changed", async () => {
  const shop = await scored();
  await shop.ctx.db.update(customerModels).set({ scoredUntil: null }).where(inTenant(shop.ctx, customerModels));
  await shop.run();
  expect(await shop.lines()).toEqual([]);
});

test("a profile that was merged or deleted since it was approved keeps nobody else off the list", async () => {
  const at = freshAccount.klaviyo();
  const [one] = await giveProfiles(at, [{ external_id: "1" }]);
  const list = (await listsAt(at))[0];
  const members = [
    { customerId: "1", profileId: one?.id ?? "" },
    { customerId: "2", profileId: "01GONE" },
  ];
  const payload = klaviyoListMembers.payload.parse({ list: { id: list?.id, name: "L" }, way: "add", members, others: [] });
  expect(await klaviyoListMembers.execute(await doingOf(klaviyoListMembers, at), payload)).toMatchObject({ did: "done" });
  expect((await listsAt(at))[0]?.members).toEqual([one?.id]);
  await changeList(at, list?.id ?? "", { delete: true });
  expect(await klaviyoListMembers.stillValid?.(await doingOf(klaviyoListMembers, at), payload)).toEqual({ valid: false, why: "gone" });
});
