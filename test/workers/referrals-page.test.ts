import { eq } from "drizzle-orm";
import { parse } from "node-html-parser";
import { expect, test } from "vitest";
import { LOCALE_COOKIE, LOCALES } from "#app/i18n/locale.ts";
import { actions, connections, orderContents, referralCodes, referrals } from "#db/schema/index.ts";
import type { ActionReason, ActionState } from "#db/words/actions.ts";
import { type referralStates, refusalReasons } from "#db/words/referrals.ts";
import { signRequest, Webhook } from "#sandbox/control/webhooks.ts";
import { readReferrals } from "#server/domain/referrals/read-referrals.ts";
import { lapseReasons } from "#server/domain/referrals/schemas.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { receiveWebhook } from "#server/domain/webhooks/receive.ts";
import { workDelivery } from "#server/domain/webhooks/work-delivery.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { asking } from "#workers/asking.ts";

const automation = "referral-program-automation";
const dayMs = 86_400_000;
const now = Date.now();
let shops = 0;

interface Told {
  referrer: string;
  friend: string | null;
  ago?: number;
  state?: (typeof referralStates)[number];
  reason?: (typeof refusalReasons)[number];
  /** What became of its reward. */
  reward?: ActionState;
  why?: ActionReason;
  minor?: number;
  currency?: string;
}

/** A client whose shop has these referrals, orders numbered from 1. */
async function shopWith(all: readonly Told[], codes: readonly string[] = []) {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant, "owner");
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  const domain = `refer-${now}-${shops++}.myshopify.com`;
  const of = { tenantId: tenant.id, connectionId: `con-${domain}` };
  await ctx.db.insert(connections).values({
    ...{
      id: of.connectionId,
      tenantId: tenant.id,
      provider: "shopify",
      externalId: domain,
      name: "A",
      details: { shop: domain },
      status: "active",
    },
    ...{ scopesAsked: [], scopesGranted: [], connectedBy: "x", connectedAt: 1 },
  });
  const actionOf = (id: string, customerId: string, status: ActionState, reason: ActionReason | null = null) =>
    ctx.db.insert(actions).values({
      ...{
        id,
        ...of,
        automation,
        runId: "r",
        dedupe: id,
        subject: `customer:${customerId}`,
        customerId,
        touches: "customer",
        hash: "h",
        status,
        reason,
      },
      ...{ evidence: { line: "invited", params: {} }, createdAt: now, expiresAt: now + dayMs },
    });
  for (const customerId of codes) {
    await actionOf(`act-${of.connectionId}-${customerId}`, customerId, "done");
    await ctx.db
      .insert(referralCodes)
      .values({ ...of, code: `FRIEND-${customerId}`, customerId, endsAt: now + dayMs, actionId: `act-${of.connectionId}-${customerId}` });
  }
  for (const [
    place,
    { referrer, friend, ago = 10, state = "found", reason, reward, why, minor = 2500, currency = "GBP" },
  ] of all.entries()) {
    const orderId = String(place + 1);
    const actionId = `act-${of.connectionId}-order-${orderId}`;
    if (reward) await actionOf(actionId, referrer, reward, why);
    await ctx.db.insert(referrals).values({
      ...{ ...of, orderId, code: `FRIEND-${referrer}`, referrerId: referrer, friendId: friend, placedAt: now - ago * dayMs },
      ...{ valueMinor: minor, currency, state, reason, judgedAt: state === "found" ? null : now, actionId: reward ? actionId : null },
    });
  }
  return { tenant, ctx, token, of, domain };
}
type Shop = Awaited<ReturnType<typeof shopWith>>;

const told: Told[] = [
  { referrer: "101", friend: "201", state: "rewarded", reward: "done", ago: 60 },
  { referrer: "101", friend: "202", ago: 10 },
  { referrer: "101", friend: "203", state: "refused", reason: "same_address", ago: 50 },
  { referrer: "201", friend: "301", state: "rewarded", reward: "waiting", ago: 40, minor: 1000, currency: "EUR" },
  { referrer: "102", friend: null, state: "refused", reason: "guest" },
  { referrer: "101", friend: "204", state: "rewarded", reward: "voided", why: "returned", ago: 70 },
  { referrer: "101", friend: "205", state: "rewarded", reward: "expired", ago: 80 },
  { referrer: "101", friend: "206", ago: 35 },
];

async function pageOf({ tenant, token }: Pick<Shop, "tenant" | "token">, { locale = "en", base = "/t", of = automation, query = "" } = {}) {
  const { cookie, ...headers } = asPerson(token);
  const answer = await ask(`${base}/${tenant.id}/automations/${of}/referrals${query}`, {
    headers: { ...headers, cookie: `${cookie}; ${LOCALE_COOKIE}=${locale}` },
  });
  const main = parse(await answer.text()).querySelector("main");
  const plain = (text: string | undefined) => (text ?? "").replace(/[\u2066-\u2069]/g, "");
  return {
    status: answer.status,
    main,
    text: plain(main?.text),
    figures: Object.fromEntries(
      main?.querySelectorAll("[data-figure]").map((each) => [each.getAttribute("data-figure"), plain(each.text)]) ?? [],
    ),
    /** Each order with whose friends it stands under, from the outside in. */
    orders: Object.fromEntries(
      main?.querySelectorAll("[data-order]").map((each) => {
        const under: string[] = [];
        for (let up = each.parentNode; up; up = up.parentNode) {
          const referrer = up.getAttribute?.("data-referrer");
          if (referrer) under.unshift(referrer);
        }
        return [each.getAttribute("data-order"), `${under.join(">")} ${each.getAttribute("data-state")}`];
      }) ?? [],
    ),
    next: main?.querySelector("a[rel=next]")?.getAttribute("href"),
  };
}

test("figures first, then who brought whom: friends under those who brought them, each with how its reward stands and why there is none", async () => {
  const shop = await shopWith(told, ["101", "102", "201"]);
  const admin = await makeUser({ staff: true });
  for (const { token, base } of [
    { token: shop.token, base: "/t" },
    { token: admin.token, base: "/admin/clients" },
  ]) {
    const { status, figures, orders, text } = await pageOf({ ...shop, token }, { base });
    expect(status).toBe(200);
    expect(figures).toEqual({ codes: "3", friends: "5", bought: "£100.00 · €10.00", rewarded: "1", proposed: "1", waiting: "1" });
    expect(orders).toEqual({
      ...{ 1: "101 rewarded", 2: "101 waiting", 3: "101 refused", 4: "101>201 proposed", 5: "102 refused", 6: "101 refused" },
      ...{ 7: "101 lapsed", 8: "101 held" },
    });
    expect(text).toContain("Same address as the code’s owner");
    expect(text).toContain("Reward expired before it was approved");
    expect(text).toContain("Guest");
    expect(text).toMatch(/The return window closes on .+ The reward is prepared the morning after\./);
    expect(text).toContain("1 past the return window");
  }
});

test("before there is anything it says what happens when; one whom nobody asked about brought nobody", async () => {
  const shop = await shopWith([]);
  const { text, figures } = await pageOf(shop);
  expect(figures).toEqual({});
  expect(text).toContain("No friends have ordered yet");
  expect(text).toContain("show up here the next morning");
  expect((await pageOf(shop, { query: "?of=777" })).text).toContain("This customer has brought nobody yet");
});

test("in each language every state and reason is in words, at whatever place of the page", async () => {
  const each: Told[] = [
    ...refusalReasons.map((reason, n): Told => ({ referrer: "1", friend: String(100 + n), state: "refused", reason })),
    ...(["rejected", "expired", "failed", "undone", "waiting", "done"] as const).map(
      (reward, n): Told => ({ referrer: "1", friend: String(200 + n), state: "rewarded", reward }),
    ),
    ...(["unsubscribed", "gone", "cancelled"] as const).map(
      (why, n): Told => ({ referrer: "1", friend: String(300 + n), state: "rewarded", reward: "voided", why }),
    ),
    { referrer: "1", friend: "400" },
    { referrer: "1", friend: "401", ago: 5 },
    { referrer: "1", friend: "402", ago: 90 },
  ];
  expect(lapseReasons).toHaveLength(6);
  const shop = await shopWith(each, ["1"]);
  const pages = await Promise.all(LOCALES.map((locale) => pageOf(shop, { locale, query: "?of=1" })));
  for (const { status, text } of pages) {
    expect(status).toBe(200);
    expect(text).not.toMatch(/referralWords|\{\{|undefined|NaN|null/);
  }
  expect(new Set(pages.map(({ text }) => text)).size).toBe(LOCALES.length);
});

test("more friends than are listed are on a page of their own, and so are friends' friends far below", async () => {
  const many = Array.from({ length: 25 }, (_, n): Told => ({ referrer: "1", friend: String(100 + n), ago: n }));
  const chain = Array.from({ length: 7 }, (_, n): Told => ({ referrer: String(900 + n), friend: String(901 + n) }));
  const shop = await shopWith([...many, ...chain], ["1"]);
  const first = await pageOf(shop);
  expect(first.text).toContain("Show all 25");
  expect(Object.values<string>(first.orders).filter((place) => place.startsWith("1 "))).toHaveLength(20);
  expect(first.orders[29]).toBe("900>901>902>903 waiting");
  expect(first.orders[30]).toBeUndefined();
  expect(first.main?.querySelector("a[href$='?of=904']")).toBeTruthy();
  const own = await pageOf(shop, { query: "?of=1" });
  expect(Object.keys(own.orders)).toHaveLength(25);
  expect(own.text).toContain("Brought by customer 1");
});

test("another client's referrals are not found, on the page and by the API; an automation that keeps none has no such page", async () => {
  const shop = await shopWith(told, ["101"]);
  const other = await shopWith([]);
  expect((await pageOf({ ...shop, token: other.token })).status).toBe(404);
  expect((await pageOf(shop, { of: "price-drop-alerts" })).status).toBe(404);
  const rest = (path: string, token: string) => ask(`/api/referrals/${path}`, { headers: asPerson(token) });
  expect((await rest(shop.tenant.id, other.token)).status).toBe(404);
  expect((await (await rest(`${other.tenant.id}?of=101`, other.token)).json()) as object).toMatchObject({
    referrers: [],
    referrals: [],
    codes: 0,
  });
  const own = (await (await rest(`${shop.tenant.id}?limit=1`, shop.token)).json()) as { referrers: { customer: string }[]; next: string };
  expect([own.referrers.map(({ customer }) => customer), own.next]).toEqual([["101", "201"], "5~101"]);
  expect((await rest(`${shop.tenant.id}?cursor=x`, shop.token)).status).toBe(400);
});

test("a friend, and whoever brought them, are taken out of it when they are to be forgotten, and told it when they ask", async () => {
  const shop = await shopWith(told, ["101", "201"]);
  const ctx = testCtx({ actor: { type: "system", job: "webhooks" } });
  const forget = async (id: number) => {
    const payload = { shop_id: 1, shop_domain: shop.domain, customer: { id }, orders_to_redact: [] };
    const signed = await signRequest(
      Webhook.parse({ provider: "shopify", topic: "customers/redact", account: shop.domain, payload }),
      Date.now(),
    );
    await receiveWebhook(ctx, {
      ...{ provider: "shopify", callback: null, method: "POST", urls: [] },
      ...{ headers: new Headers(signed.headers), body: new TextEncoder().encode(signed.body) },
    });
    for (const message of ctx.traces.tasks.splice(0)) if (message.type === "webhook") await workDelivery(ctx, asking, message);
  };
  const rows = async () =>
    JSON.stringify([
      await shop.ctx.db.select().from(referrals).where(inTenant(shop.ctx, referrals)),
      await shop.ctx.db.select().from(referralCodes).where(inTenant(shop.ctx, referralCodes)),
    ]);
  await forget(202);
  expect(await rows()).not.toContain('"202"');
  expect(await rows()).toContain('"201"');
  await forget(101);
  expect(await rows()).not.toContain('"101"');
  const { orders } = await pageOf(shop);
  expect(orders).toEqual({ 4: "201 proposed", 5: "102 refused" });
});

test("a page of 10,000 referrers is read in well under a second, and its last page as fast as its first", async () => {
  const shop = await shopWith([], ["1"]);
  const { tenantId, connectionId } = shop.of;
  for (let from = 0; from < 10_000; from += 5_000)
    await testEnv.DB.prepare(
      `insert into referrals select ?1, ?2, 'o' || c.value || '-' || f.value, 'X', cast(100000 + c.value as text),
        cast(1000000 + c.value * 10 + f.value as text), ?3 - 86400000 * (c.value % 60), 2500, 'GBP',
        case when c.value % 3 = 0 then 'found' else 'refused' end, case when c.value % 3 = 0 then null else 'cap' end, null, null, null
      from (with recursive n(value) as (select ?4 union all select value + 1 from n where value < ?5) select value from n) c,
        (select 1 as value union all select 2 union all select 3) f`,
    )
      .bind(tenantId, connectionId, now, from, from + 4_999)
      .run();
  const timed = async (cursor?: string) => {
    const began = performance.now();
    const page = await readReferrals(shop.ctx, { limit: 20, ...(cursor !== undefined && { cursor }) });
    return { ms: performance.now() - began, page };
  };
  await timed();
  const first = await timed();
  expect(first.page.referrers).toHaveLength(20);
  expect(first.page.friends).toBe(10_002);
  const last = await timed("0~109980");
  expect(last.page.referrers.length).toBeGreaterThan(5);
  expect(last.page.next).toBeNull();
  expect(Math.max(first.ms, last.ms)).toBeLessThan(1_500);
  const began = performance.now();
  expect((await pageOf(shop)).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(3_000);
});

test("whether an order waits goes by its delivery, where the shop tells deliveries", async () => {
  const shop = await shopWith([{ referrer: "1", friend: "2", ago: 40 }], ["1"]);
  expect((await pageOf(shop)).orders[1]).toBe("1 held");
  await shop.ctx.db.insert(orderContents).values({
    ...{ ...shop.of, externalId: "1", updatedAt: now, lines: [], codes: [], fulfilments: [], deliveredAt: now - 5 * dayMs, paid: true },
  });
  expect((await pageOf(shop)).orders[1]).toBe("1 waiting");
  await shop.ctx.db
    .update(orderContents)
    .set({ deliveredAt: now - 31 * dayMs })
    .where(inTenant(shop.ctx, orderContents, eq(orderContents.externalId, "1")));
  expect((await pageOf(shop)).orders[1]).toBe("1 held");
});
