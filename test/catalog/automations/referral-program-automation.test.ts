import { sha256 } from "@oslojs/crypto/sha2";
import { encodeBase32UpperCaseNoPadding } from "@oslojs/encoding";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { actions, customers, orders, policies, referralCodes, referrals } from "#db/schema/index.ts";
import type { Checkout, OrderRow, Person, ProductRow } from "#sandbox/shop/model.ts";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import { shopifyDiscount } from "#server/catalog/actions/shopify-discount.ts";
import { addressOf, checkFriend, mailOf, phoneOf } from "#server/catalog/automations/friend-checks.ts";
import { referralProgramAutomation } from "#server/catalog/automations/referral-program-automation.ts";
import { dayOf } from "#server/catalog/days.ts";
import { returnableUntil } from "#server/catalog/referrals.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ProviderError } from "#server/errors.ts";
import { scriptedAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { dayMs, orderOf, type Setting, second, stage, wareOf } from "./stage.ts";

const now = Date.now();
const referrer = 12_001;
/** The code of today's invitation, as the shop's day says it. */
const codeOf = (customerId = referrer) =>
  `FRIEND-${encodeBase32UpperCaseNoPadding(sha256(new TextEncoder().encode(`invite:${customerId}:${dayOf(Date.now(), "Europe/London")}`))).slice(0, 10)}`;

const card = { bin: "424242", lastDigits: "4242", expirationMonth: 4, expirationYear: 2030 };
const home = { address1: "12 High Street", address2: "Flat 3", city: "Leeds", zip: "LS1 4AP", countryCode: "GB" };
const elsewhere = (n: number) => ({ ...home, address1: `${n} Other Road`, zip: `M${n} 1AA` });

/** Two orders of a customer, who is invited for them. */
const regular = (customerId = referrer, checkout: Checkout = { email: "ann.lee@gmail.com", shippingAddress: home, card }): OrderRow[] =>
  [300, 200].map((days, n) => orderOf(customerId * 10 + n, now - days * dayMs, { customerId, checkout }));

interface Friend extends Partial<OrderRow> {
  ago?: number;
  delivered?: number;
}
/** A friend's first order with the code, 80 days ago and delivered three days later; nothing of it is as the referrer's. */
const friendOf = (id: number, { ago = 80, delivered = ago - 3, ...more }: Friend = {}): OrderRow =>
  orderOf(id, now - ago * dayMs, {
    customerId: 20_000 + id,
    codes: [codeOf()],
    parcels: [{ sentAt: second(now - (ago - 1) * dayMs), deliveredAt: second(now - delivered * dayMs) }],
    checkout: { email: `friend-${id}@example.org`, shippingAddress: elsewhere(id), card: { ...card, lastDigits: String(1000 + id) } },
    ...more,
  });

async function ready(
  placed: OrderRow[],
  {
    persons = [],
    ...setting
  }: Setting & { persons?: (Person & { customerId: number })[]; consents?: Record<number, string>; products?: ProductRow[] } = {},
) {
  const { consents = {}, products, ...rest } = setting;
  const staged = await stage(
    referralProgramAutomation,
    { orders: placed, consents, ...(products && { products }) },
    { mode: "approve", ...rest },
  );
  await staged.change({ persons });
  await staged.read();
  const { ctx } = staged;
  return {
    ...staged,
    referred: () => ctx.db.select().from(referrals).where(inTenant(ctx, referrals)).orderBy(referrals.orderId),
    codes: () => ctx.db.select().from(referralCodes).where(inTenant(ctx, referralCodes)).orderBy(referralCodes.customerId),
    rewards: async () => (await staged.proposed()).filter(({ dedupe }) => dedupe.includes("reward:")),
  };
}
type Staged = Awaited<ReturnType<typeof ready>>;

/** What became of the orders, by their ids. */
const came = async (staged: Staged) =>
  Object.fromEntries((await staged.referred()).map(({ orderId, state, reason }) => [orderId, reason ?? state]));

test("a customer who bought on two days is invited with a code for friends, kept with its end; a friend's order is found by it, judged once and rewarded once", async () => {
  const staged = await ready([...regular(), friendOf(1)]);
  await staged.run();
  const [invite, reward, ...others] = await staged.proposed();
  expect(others).toEqual([]);
  expect(invite).toMatchObject({
    ...{ customerId: "12001", status: "waiting", control: false, stake: { minor: 500, currency: "GBP" } },
    evidence: { line: "invited", params: { orders: 2, usual: { minor: 1000, currency: "GBP" }, uses: 5, percent: 10 } },
  });
  expect(invite?.steps.map(({ kind }) => kind)).toEqual(["shopify-discount", "klaviyo-event"]);
  expect(invite?.steps[0]?.payload).toMatchObject({ code: codeOf(), friends: { uses: 5 }, off: { percent: 10 } });
  expect(invite?.steps[1]?.payload).toMatchObject({ properties: { code: codeOf(), friends: 5, reward_percent: 10 } });
  expect(await staged.codes()).toMatchObject([{ code: codeOf(), customerId: "12001", actionId: invite?.id }]);
  expect(reward).toMatchObject({
    ...{ customerId: "12001", subject: "customer:12001", status: "waiting", control: null, dedupe: "reward:1", score: 1 },
    ...{ stake: { minor: 100, currency: "GBP" } },
    evidence: { line: "reward", params: { order: "1", value: { minor: 1000, currency: "GBP" }, days: 80, rewards: 1, most: 10 } },
  });
  expect(reward?.steps.map(({ payload }) => (payload as { onlyIf: unknown }).onlyIf)).toEqual([{ order: "1" }, { order: "1" }]);
  expect(reward?.steps[0]?.payload).not.toHaveProperty("friends");
  const [row] = await staged.referred();
  expect(row).toMatchObject({
    orderId: "1",
    referrerId: "12001",
    friendId: "20001",
    state: "rewarded",
    actionId: reward?.id,
    valueMinor: 1000,
  });
  expect(row?.household).toMatch(/^[0-9a-f]{64}$/);
  // A run that is repeated, and one of an automation that began anew, propose nothing twice.
  await staged.run();
  await staged.ctx.db.update(policies).set({ salt: "another" }).where(inTenant(staged.ctx, policies));
  await staged.run();
  expect(await staged.proposed()).toHaveLength(2);
  expect(await staged.referred()).toHaveLength(1);
});

test("nothing that tells who somebody is rests: neither mail nor address nor card is in any row, nor a friend's id in what their friend's owner is sent", async () => {
  const staged = await ready([...regular(), friendOf(1)]);
  await staged.run();
  const all = JSON.stringify([await staged.proposed(), await staged.referred(), await staged.codes()]);
  expect(all).not.toMatch(/@|High Street|Other Road|LS1|424242|4242|1001/i);
  expect(JSON.stringify(await staged.proposed())).not.toContain("20001");
});

test("an owner's own orders are refused with the reason: by the same account, another account's mail, phone, address or card", async () => {
  const other = { email: "x@example.org", shippingAddress: elsewhere(9), card: null };
  const staged = await ready(
    [
      ...regular(),
      friendOf(1, { customerId: referrer }),
      friendOf(2, { checkout: { ...other, email: "Ann.Lee+shop@googlemail.com" } }),
      friendOf(3, { checkout: { ...other, phone: "020 7946 0999" } }),
      friendOf(4, {
        checkout: { ...other, shippingAddress: { ...home, address1: "flat 3, 12 HIGH STREET", address2: null, zip: "ls14ap" } },
      }),
      friendOf(5, { checkout: { ...other, billingAddress: home } }),
      friendOf(6, { checkout: { ...other, card } }),
      friendOf(7, { checkout: { ...other, shippingAddress: { address1: "1 Saved Lane", zip: "X1", countryCode: "GB" } } }),
    ],
    {
      persons: [
        { customerId: referrer, phone: "+44 20 7946 0999", addresses: [{ address1: "1, Sâved Lane", zip: "x1", countryCode: "GB" }] },
      ],
    },
  );
  await staged.run();
  expect(await came(staged)).toEqual({
    ...{ 1: "own_code", 2: "same_customer", 3: "same_customer", 4: "same_address", 5: "same_address", 6: "same_payment" },
    7: "same_address",
  });
  expect(await staged.rewards()).toEqual([]);
});

test("what is not known is never taken for the same, and the evidence names what was not compared", async () => {
  const nothing = { email: null, phone: null, shippingAddress: null, billingAddress: null, card: null };
  const nobody = [20_001, 20_002].map((customerId) => ({ customerId, email: null, phone: null, addresses: [] }));
  const half = { bin: null, lastDigits: "4242", expirationMonth: 4, expirationYear: 2030 };
  const staged = await ready(
    [
      ...regular(referrer, nothing),
      friendOf(1, { checkout: nothing }),
      // A town alone is no address, and four digits are no card.
      friendOf(2, { checkout: { ...nothing, shippingAddress: { city: "Leeds", countryCode: "GB" }, card: half } }),
      friendOf(3),
    ],
    { persons: nobody },
  );
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "rewarded", 2: "rewarded", 3: "rewarded" });
  const lines = (await staged.rewards()).map(({ evidence, score }) => [evidence.line, score]);
  expect(lines).toEqual([
    ["reward_contact_address_payment", 0],
    ["reward_contact_address_payment", 0],
    ["reward_address_payment", 1 / 3],
  ]);
  const { reasons } = referralProgramAutomation.acts;
  expect(reasons.reward_contact_address_payment?.en).toMatch(/Not known, so not compared: email and phone, addresses, payment card\./);
  expect(reasons.reward_contact_address_payment?.en).not.toContain("different");
  expect(reasons.reward_payment?.en).toMatch(/different: email and phone, addresses\. Not known, so not compared: payment card\./);
});

test("where the app may not read one thing the others are compared all the same", async () => {
  const shop = scriptedAccount("shopify", ({ body }) => {
    const { query } = body as { query: string };
    if (query.includes("defaultEmailAddress")) throw new ProviderError("shopify", "missing_scopes", "not approved to use the email field");
    if (query.includes("addressesV2")) return { data: { order: null, customer: null, orders: { nodes: [] } } };
    const transactions = [{ paymentDetails: { bin: "1", number: "•••• 4242", expirationMonth: 1, expirationYear: 2030 } }];
    return { data: { order: { transactions }, orders: { nodes: [{ transactions }] } } };
  });
  const checks = await checkFriend(shop, { order: "1", referrer: "2" });
  expect(checks).toEqual({ refused: "same_payment", unknown: ["contact", "address"], denied: ["contact"], household: null });
  const down = scriptedAccount("shopify", () => {
    throw new ProviderError("shopify", "unavailable", "down");
  });
  await expect(checkFriend(down, { order: "1", referrer: "2" })).rejects.toMatchObject({ kind: "unavailable" });
});

test("guests, friends who had ordered before, and orders that were cancelled, refunded or not paid bring no reward", async () => {
  const staged = await ready([
    ...regular(),
    friendOf(1, { customerId: null }),
    orderOf(90, now - 250 * dayMs, { customerId: 20_002 }),
    friendOf(2),
    friendOf(3, { refunds: [{ id: 7, createdAt: second(now - 70 * dayMs), amount: 1 }] }),
    friendOf(4, { paidAt: null }),
    // An order that was given up before does not make somebody a customer.
    orderOf(91, now - 90 * dayMs, { customerId: 20_005, cancelledAt: second(now - 89 * dayMs) }),
    friendOf(5),
    friendOf(6, { cancelledAt: second(now - 79 * dayMs) }),
  ]);
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "guest", 2: "not_new", 3: "returned", 4: "found", 5: "rewarded" });
  await staged.change({ cancellations: [{ orderId: 4 }] });
  await staged.read();
  await staged.run();
  expect(await came(staged)).toMatchObject({ 4: "cancelled" });
});

test("a friend counts once, with their first order, whosever code the second one has; so nobody is brought by whom they brought", async () => {
  const staged = await ready([
    ...regular(),
    ...regular(12_002, {}),
    friendOf(1, { ago: 90, customerId: 20_001 }),
    friendOf(2, { ago: 80, customerId: 20_001, codes: [codeOf(12_002)] }),
    // The owner of the first code orders with the second.
    friendOf(3, { customerId: referrer, codes: [codeOf(12_002)] }),
  ]);
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "rewarded", 2: "not_new", 3: "not_new" });
});

test("a code is known however its buyer typed it; of two on one order the first counts; one of the shop's own is nothing to us", async () => {
  const staged = await ready([
    ...regular(),
    ...regular(12_002, {}),
    friendOf(1, { codes: [` ${codeOf().toLowerCase()} `] }),
    friendOf(2, { codes: ["SUMMER10", codeOf(12_002), codeOf()] }),
    friendOf(3, { codes: ["SUMMER10"] }),
  ]);
  await staged.run();
  expect((await staged.referred()).map(({ orderId, referrerId }) => [orderId, referrerId])).toEqual([
    ["1", "12001"],
    ["2", "12002"],
  ]);
});

test("two friends at one address: the first is rewarded, on one page or in two runs, and another customer's friend at that address is too", async () => {
  const same = { email: null, shippingAddress: elsewhere(5), card: null };
  const staged = await ready([
    ...regular(),
    ...regular(12_002, {}),
    friendOf(1, { ago: 90, checkout: same }),
    friendOf(2, { ago: 85, checkout: same }),
    friendOf(3, { ago: 70, checkout: same, codes: [codeOf(12_002)] }),
    friendOf(4, { ago: 20, checkout: same }),
  ]);
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "rewarded", 2: "same_household", 3: "rewarded", 4: "found" });
  await staged.setConfig({ returnDays: 5 });
  await staged.run();
  expect(await came(staged)).toMatchObject({ 4: "same_household" });
});

test("of orders that are sent nowhere, two accounts with one mailbox are one friend", async () => {
  const sent = (email: string) => ({ email, shippingAddress: null, billingAddress: null, card: null });
  const persons = [20_001, 20_002, 20_003].map((customerId) => ({ customerId, email: null, phone: null, addresses: [] }));
  const staged = await ready(
    [
      ...regular(),
      friendOf(1, { ago: 90, checkout: sent("pat+1@example.org") }),
      friendOf(2, { ago: 85, checkout: sent("Pat+2@example.org") }),
      friendOf(3, { ago: 84, checkout: sent("kim@example.org") }),
    ],
    { persons },
  );
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "rewarded", 2: "same_household", 3: "rewarded" });
  expect(JSON.stringify(await staged.referred())).not.toContain("@");
});

test("nobody has more rewards in a year than was set, counted also within one step; those that came to nothing do not count", async () => {
  const staged = await ready([...regular(), ...[1, 2, 3, 4].map((id) => friendOf(id, { ago: 100 - id }))], { config: { rewardsAYear: 2 } });
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "rewarded", 2: "rewarded", 3: "cap", 4: "cap" });
  const [first] = await staged.rewards();
  await staged.ctx.db
    .update(actions)
    .set({ status: "rejected" })
    .where(inTenant(staged.ctx, actions, eq(actions.id, first?.id ?? "")));
  await staged.ctx.db
    .update(referrals)
    .set({ state: "found", reason: null })
    .where(inTenant(staged.ctx, referrals, eq(referrals.orderId, "4")));
  await staged.run();
  expect(await came(staged)).toMatchObject({ 4: "rewarded" });
});

test("beyond the month's rewards the next ones wait, and none is lost or taken back by other settings", async () => {
  const staged = await ready([...regular(), ...[1, 2, 3].map((id) => friendOf(id, { ago: 100 - id }))], { config: { rewardsAMonth: 2 } });
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "rewarded", 2: "rewarded", 3: "found" });
  expect(JSON.stringify(await staged.logs())).toContain("month_full");
  await staged.setConfig({ rewardsAMonth: 1, returnDays: 120, rewardsAYear: 1 });
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "rewarded", 2: "rewarded", 3: "found" });
  await staged.setConfig({ rewardsAMonth: 3 });
  await staged.run();
  expect(await came(staged)).toMatchObject({ 3: "rewarded" });
});

test("the return window begins with the delivery where the shop tells deliveries, and else with the order", async () => {
  const staged = await ready([
    ...regular(),
    friendOf(1, { ago: 50, delivered: 20 }),
    friendOf(2, { ago: 50, delivered: 31 }),
    friendOf(3, { ago: 50, parcels: [{ sentAt: second(now - 49 * dayMs) }] }),
  ]);
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "found", 2: "rewarded", 3: "found" });
  const of = { placedAt: 0, deliveredAt: null };
  expect(returnableUntil(of, { returnDays: 30, tells: false })).toBe(30 * dayMs);
  expect(returnableUntil(of, { returnDays: 30, tells: true })).toBe(90 * dayMs);
  expect(returnableUntil({ ...of, deliveredAt: dayMs }, { returnDays: 30, tells: true })).toBe(31 * dayMs);
});

test("an order that is refunded between the proposal and its turn voids the reward, also where the automation's copy does not know it yet", async () => {
  const staged = await ready([...regular(), friendOf(1), friendOf(2)]);
  await staged.run();
  const [kept, back] = await staged.rewards();
  await staged.change({ refunds: [{ orderId: 2, amount: 100 }] });
  const doing = { account: staged.account, now: Date.now(), also: () => staged.account };
  const valid = (of: typeof kept) => shopifyDiscount.stillValid?.(doing as never, of?.steps[0]?.payload);
  expect(await valid(kept)).toEqual({ valid: true });
  expect(await valid(back)).toEqual({ valid: false, why: "returned" });
  expect(klaviyoEvent.payload.parse(back?.steps[1]?.payload)).toMatchObject({ onlyIf: { order: "2" } });
});

test("one that is refunded before it was proposed is refused by what the shop says at that moment", async () => {
  const staged = await ready([...regular(), friendOf(1), friendOf(2)]);
  await staged.change({ refunds: [{ orderId: 1, amount: 100 }], cancellations: [{ orderId: 2 }] });
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "returned", 2: "cancelled" });
});

test("an owner who withdrew their consent is sent nothing, and gets their reward once they agree again", async () => {
  const staged = await ready([...regular(), friendOf(1)]);
  const consent = (mailConsent: "unsubscribed" | "subscribed") =>
    staged.ctx.db
      .update(customers)
      .set({ mailConsent })
      .where(inTenant(staged.ctx, customers, eq(customers.externalId, "12001")));
  await staged.setConfig({ returnDays: 90 });
  await staged.run();
  await consent("unsubscribed");
  await staged.setConfig({});
  await staged.run();
  expect([await came(staged), await staged.rewards()]).toEqual([{ 1: "found" }, []]);
  await consent("subscribed");
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "rewarded" });
});

test("whoever is in the control group gets no code; a reward that was earned is given to them all the same", async () => {
  const staged = await ready([...regular(), friendOf(1)]);
  await staged.run();
  await staged.ctx.db.delete(actions).where(inTenant(staged.ctx, actions, eq(actions.dedupe, "reward:1")));
  await staged.ctx.db.update(referrals).set({ state: "found" }).where(inTenant(staged.ctx, referrals));
  await staged.ctx.db.update(policies).set({ holdout: 50, salt: "s" }).where(inTenant(staged.ctx, policies));
  await staged.run();
  expect(await staged.rewards()).toMatchObject([{ status: "waiting", control: null }]);

  const many = Array.from({ length: 12 }, (_, n) => regular(13_000 + n, {})).flat();
  const apart = await ready(many);
  await apart.ctx.db.update(policies).set({ holdout: 50 }).where(inTenant(apart.ctx, policies));
  await apart.run();
  const rows = await apart.proposed();
  const withheld = rows.filter(({ status }) => status === "withheld").flatMap(({ customerId }) => customerId ?? []);
  expect(withheld.length).toBeGreaterThan(0);
  const holders = (await apart.codes()).map(({ customerId }) => customerId);
  expect([...holders, ...withheld].sort()).toEqual(rows.map(({ customerId }) => customerId).sort());
});

test("in shadow no code is kept and nobody is rewarded; what was shown there is proposed in earnest once it can be", async () => {
  const shadow = await ready([...regular(), friendOf(1)], { mode: "shadow" });
  await shadow.run();
  expect([await shadow.codes(), await shadow.referred()]).toEqual([[], []]);

  const staged = await ready([...regular(), friendOf(1, { ago: 25 })]);
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "found" });
  const mode = (to: "shadow" | "approve") => staged.ctx.db.update(policies).set({ mode: to }).where(inTenant(staged.ctx, policies));
  await mode("shadow");
  await staged.setConfig({ returnDays: 7 });
  await staged.run();
  await staged.run();
  expect([await came(staged), (await staged.rewards()).map(({ status }) => status)]).toEqual([{ 1: "found" }, ["shadowed"]]);
  await mode("approve");
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "rewarded" });
  expect((await staged.rewards()).map(({ status }) => status).sort()).toEqual(["shadowed", "waiting"]);
});

test("who is invited has bought on enough days and lately, agreed to be written to, and has no code; of one that ended there is a next one", async () => {
  const staged = await ready(
    [
      ...regular(),
      orderOf(1, now - 10 * dayMs, { customerId: 12_002 }),
      ...[500, 450].map((days, n) => orderOf(5 + n, now - days * dayMs, { customerId: 12_003 })),
      ...regular(12_004, {}),
    ],
    { consents: { 12004: "UNSUBSCRIBED" } },
  );
  await staged.run();
  expect(await staged.customers()).toEqual(["12001"]);
  await staged.ctx.db
    .update(actions)
    .set({ createdAt: now - 120 * dayMs, dedupe: "invite:12001:2020-01-01" })
    .where(inTenant(staged.ctx, actions));
  await staged.run();
  expect(await staged.customers(), "the code works still").toEqual(["12001"]);
  await staged.ctx.db
    .update(referralCodes)
    .set({ endsAt: now - dayMs, code: "FRIEND-OLD" })
    .where(inTenant(staged.ctx, referralCodes));
  await staged.run();
  expect(await staged.customers()).toEqual(["12001", "12001"]);
});

test("a shop in another currency, and an order that was edited", async () => {
  const staged = await stage(
    referralProgramAutomation,
    { orders: [...regular(), friendOf(1, { edit: { at: second(now - 79 * dayMs), lines: "A|3|10.00" } })], currency: "EUR" },
    { mode: "approve" },
  );
  await staged.read();
  await staged.run();
  const rows = await staged.ctx.db.select().from(referrals).where(inTenant(staged.ctx, referrals));
  expect(rows).toMatchObject([{ state: "rewarded", currency: "EUR", valueMinor: 3000 }]);
});

test("of a friend whose older orders the app may not see, the shop's own count says that they are not new", async () => {
  const staged = await ready([...regular(), friendOf(1, { ago: 40 })], { config: { returnDays: 7 } });
  const scopes = referralProgramAutomation.needs
    .find(({ provider }) => provider === "shopify")
    ?.scopes.filter((each) => each !== "read_all_orders");
  Object.assign(staged.account, { scopes });
  const { json } = staged.account;
  Object.assign(staged.account, {
    json: async (request: { body?: unknown }, schema: never) => {
      const counts = (request.body as { query?: string } | undefined)?.query?.includes("numberOfOrders");
      return counts ? { data: { customer: { numberOfOrders: 3 }, ordersCount: { count: 1 } } } : json(request as never, schema);
    },
  });
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "not_new" });
});

test("who two accounts are once the shop merged them is what counts: the code's owner, or somebody who had ordered before", async () => {
  const nothing = { email: null, phone: null, shippingAddress: null, billingAddress: null, card: null };
  const staged = await ready(
    [
      ...regular(referrer, nothing),
      friendOf(1, { checkout: nothing }),
      friendOf(2, { checkout: nothing }),
      orderOf(90, now - 250 * dayMs, { customerId: 20_009 }),
    ],
    { config: { returnDays: 120 } },
  );
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "found", 2: "found" });
  const mergedInto = (orderId: string, customerId: string) =>
    staged.ctx.db
      .update(orders)
      .set({ customerId })
      .where(inTenant(staged.ctx, orders, eq(orders.externalId, orderId)));
  await mergedInto("1", "12001");
  await mergedInto("2", "20009");
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "own_code", 2: "not_new" });
});

test("an order that came to nothing brings no reward, and one that is edited to nothing before its reward is sent voids it", async () => {
  const staged = await ready([...regular(), friendOf(1, { gross: 0, lines: "A|1|0.00" }), friendOf(2)], {
    products: [wareOf("A"), wareOf("B", { price: "0.00" })],
  });
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "no_value", 2: "rewarded" });
  await staged.change({ edits: [{ orderId: 2, lines: [{ code: "B", quantity: 1 }] }] });
  const doing = { account: staged.account, now: Date.now(), also: () => staged.account };
  const [reward] = await staged.rewards();
  expect(await shopifyDiscount.stillValid?.(doing as never, reward?.steps[0]?.payload)).toEqual({ valid: false, why: "returned" });
});

test("a card that the code's owner used many orders ago is theirs still", async () => {
  const nothing = { email: null, phone: null, shippingAddress: null, billingAddress: null, card: null };
  const later = Array.from({ length: 8 }, (_, n) => orderOf(500 + n, now - (190 - n) * dayMs, { customerId: referrer, checkout: nothing }));
  const staged = await ready([...regular(referrer, { ...nothing, card }), ...later, friendOf(1, { checkout: { ...nothing, card } })]);
  await staged.run();
  expect(await came(staged)).toEqual({ 1: "same_payment" });
});

test("once the month's rewards are given the shop is asked of no further order", async () => {
  const staged = await ready([...regular(), ...[1, 2, 3, 4, 5, 6].map((id) => friendOf(id, { ago: 100 - id }))], {
    config: { rewardsAMonth: 1 },
  });
  await staged.run();
  const { json } = staged.account;
  let asked = 0;
  Object.assign(staged.account, {
    json: (request: never, schema: never) => {
      asked++;
      return json(request, schema);
    },
  });
  await staged.run();
  expect(asked).toBe(0);
  expect(await came(staged)).toMatchObject({ 1: "rewarded", 6: "found" });
});

test("one mailbox, number and place however they are written, and others apart", () => {
  expect(new Set(["Ann.Lee@gmail.com", "annlee+x@googlemail.com ", "ANNLEE@GMAIL.COM", "ann.lee@gmail.com."].map(mailOf)).size).toBe(1);
  expect(mailOf("ann.lee@example.org")).not.toBe(mailOf("annlee@example.org"));
  expect(["", null, undefined, "@x", "nobody"].map(mailOf)).toEqual([null, null, null, null, null]);
  expect(new Set(["+44 20 7946 0999", "020 7946 0999", "0044 2079460999"].map(phoneOf)).size).toBe(1);
  expect(["12345", null].map(phoneOf)).toEqual([null, null]);
  const at = (address1: string | null, address2: string | null = null, zip: string | null = "1") =>
    addressOf({ address1, address2, zip, city: null, countryCodeV2: "FR" });
  expect(new Set([at("3, rue de l’Église"), at("3 RUE DE L'EGLISE"), at("rue de l église", "3")]).size).toBe(1);
  expect(at("3 rue A")).not.toBe(at("3 rue A", "Apt 2"));
  expect(
    new Set([at("12 High Street", "Flat 3"), at("12 High St.", "Apt 3"), at("Apartment 3, 12 high st"), at("12 High Street #3")]).size,
  ).toBe(1);
  expect(new Set([at("Hauptstraße 3"), at("Hauptstr. 3"), at("HAUPTSTRASSE 3")]).size).toBe(1);
  expect(new Set([at("3 bd Saint-Michel"), at("3, Boulevard St Michel")]).size).toBe(1);
  expect([at(null), at("3 rue A", null, null), at("!", null, "1"), addressOf(null)]).toEqual([null, null, null, null]);
});
