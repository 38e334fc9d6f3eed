import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { actions, customers, orders } from "#db/schema/index.ts";
import type { Consent } from "#db/words/commerce.ts";
import type { Account } from "#server/catalog/account.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { holdsAtShop } from "#server/catalog/actions/shop-guard.ts";
import { birthdayAnniversaryFlow } from "#server/catalog/automations/birthday-anniversary-flow.ts";
import type { Measurement, Proposal } from "#server/catalog/records.ts";
import { storedOf } from "#server/domain/runs/stored-of.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { scriptedAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { voiceIn } from "#workers/voice.ts";
import { dayMs, orderOf, stage } from "./stage.ts";

interface Person {
  id: string;
  /** What stands in the shop's field; null: nothing. */
  born?: string | null;
  /** Days (YYYY-MM-DD) on which they bought. */
  bought?: readonly string[];
  cancelled?: readonly string[];
  email?: Consent;
  sms?: Consent;
}

interface Setting {
  now?: string;
  timezone?: string;
  config?: object;
  scopes?: readonly string[];
}

/** A shop with these customers, and what the automation proposes and measures for it. */
async function proposed(people: readonly Person[], { now = "2026-11-30T12:00:00Z", timezone = "UTC", config = {}, scopes }: Setting = {}) {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const of = { tenantId: ctx.tenant.id, connectionId: "con_shop" };
  for (const { id, bought = [], cancelled = [], email = "subscribed", sms = "none" } of people) {
    await ctx.db.insert(customers).values({
      ...{ ...of, externalId: id, orders: bought.length, spentMinor: 1, currency: "GBP", mailConsent: email, smsConsent: sms },
      ...{ createdAt: 0, updatedAt: 0 },
    });
    for (const [place, day] of bought.entries()) {
      const placedAt = Date.parse(`${day}T12:00:00Z`);
      await ctx.db.insert(orders).values({
        ...{ ...of, externalId: `${id}-${place}`, customerId: id, placedAt, day, grossMinor: 3800, currency: "GBP", updatedAt: placedAt },
        cancelledAt: cancelled.includes(day) ? placedAt : null,
      });
    }
  }
  const scripted = scriptedAccount(
    "shopify",
    ({ body }) => {
      const { variables } = body as { variables: { first: number; query: string | null; namespace: string; key: string } };
      expect(variables).toMatchObject({ namespace: "facts", key: "birth_date" });
      const after = Number(/^id:>(\d+)$/.exec(variables.query ?? "id:>0")?.[1]);
      const nodes = people
        .filter(({ id }) => Number(id) > after)
        .sort((a, b) => Number(a.id) - Number(b.id))
        .slice(0, variables.first)
        .map(({ id, born = null }) => ({ id: `gid://shopify/Customer/${id}`, birth: born === null ? null : { value: born } }));
      return { data: { customers: { nodes } } };
    },
    { timezone },
  );
  const account: Account = { ...scripted, scopes };
  const found: Proposal[] = [];
  const measured: Measurement[] = [];
  let cursor: unknown = null;
  for (;;) {
    const step = await birthdayAnniversaryFlow.step({
      ...{ config: birthdayAnniversaryFlow.config.parse(config), cursor, now: Date.parse(now), timezone: "UTC", currency: "GBP" },
      ...storedOf(ctx, "con_shop"),
      account: () => account,
      optionalAccount: () => null,
      signal: new AbortController().signal,
      log: () => undefined,
    });
    found.push(...(step.proposals ?? []));
    measured.push(...(step.measurements ?? []));
    if (step.done) return { found, measured, calls: scripted.calls };
    cursor = step.cursor;
  }
}
const keys = async (people: readonly Person[], setting?: Setting) =>
  (await proposed(people, setting)).found.map(({ dedupe }) => dedupe).sort();

test("nobody is congratulated on a date that cannot be right, or that nobody can read", async () => {
  const strange = ["1900-12-01", "2199-12-01", "1990-12-32", "01/12/1990", "12/01/1990", "0000-12-01", "1990-12", "December", "", null];
  const { found, measured } = await proposed(strange.map((born, place) => ({ id: String(place + 1), born })));
  expect(found).toEqual([]);
  expect(measured.map(({ metric, day, value }) => [metric, day, value])).toEqual([
    ["birth_dates", "2026-11-30", 0],
    // Nothing is no date that cannot be right.
    ["birth_dates_unusable", "2026-11-30", 8],
  ]);
});

test("nobody under sixteen is written to, and whoever becomes it is", async () => {
  const people = [
    { id: "1", born: "2010-12-05" },
    { id: "2", born: "2010-12-01" },
    { id: "3", born: "2010-11-30" },
  ];
  expect(await keys(people)).toEqual(["birthday:3:2026"]);
});

test("nobody is written to who did not agree to this channel, whatever the occasion", async () => {
  const all: Consent[] = ["unsubscribed", "not_subscribed", "pending", "none", "unknown", "redacted", "invalid"];
  const people = all.map((email, place): Person => ({ id: String(place + 1), born: "1990-12-01", bought: ["2025-12-02"], email }));
  expect(await keys(people)).toEqual([]);
  const texted: Person = { id: "9", born: "1990-12-01", email: "subscribed", sms: "unsubscribed" };
  expect(await keys([texted], { config: { channel: "sms" } })).toEqual([]);
  expect(await keys([texted])).toEqual(["birthday:9:2026"]);
});

test("whoever was born on the 29th of February has their birthday on the 28th in other years, and on the 29th in leap years", async () => {
  const leap = [{ id: "1", born: "1992-02-29", bought: ["2024-02-29"] }];
  const on = (now: string) => keys(leap, { now: `${now}T12:00:00Z`, config: { daysBefore: 0 } });
  expect(await on("2027-02-27")).toEqual([]);
  expect(await on("2027-02-28")).toEqual(["anniversary:1:2027", "birthday:1:2027"]);
  expect(await on("2027-03-01")).toEqual([]);
  expect(await on("2028-02-28")).toEqual([]);
  expect(await on("2028-02-29")).toEqual(["anniversary:1:2028", "birthday:1:2028"]);
  expect(await on("2100-02-28")).toEqual(["anniversary:1:2100", "birthday:1:2100"]);
});

test("which day it is says the clock of the shop", async () => {
  const people = [
    { id: "1", born: "1990-11-30" },
    { id: "2", born: "1990-12-01" },
  ];
  const at = (timezone: string) => keys(people, { now: "2026-12-01T02:30:00Z", timezone, config: { daysBefore: 0 } });
  expect(await at("America/New_York")).toEqual(["birthday:1:2026"]);
  expect(await at("Asia/Tokyo")).toEqual(["birthday:2:2026"]);
});

test("as many days before as was set, over the end of the year, and nobody whose day has passed", async () => {
  const people = [
    { id: "1", born: "1990-12-27" },
    { id: "2", born: "1990-12-28" },
    { id: "3", born: "1990-01-04" },
    { id: "4", born: "1990-01-05" },
  ];
  expect(await keys(people, { now: "2026-12-28T12:00:00Z" })).toEqual(["birthday:2:2026", "birthday:3:2027"]);
  expect(await keys(people, { now: "2026-12-28T12:00:00Z", config: { daysBefore: 8 } })).toEqual([
    ...["birthday:2:2026", "birthday:3:2027", "birthday:4:2027"],
  ]);
});

test("the first order that stands has an anniversary, never its own day, and no order that was cancelled", async () => {
  const people = [
    { id: "1", bought: ["2024-12-03", "2025-06-01", "2026-12-03"] },
    { id: "2", bought: ["2026-11-30"] },
    { id: "3", bought: ["2023-12-03", "2025-05-05"], cancelled: ["2023-12-03"] },
    { id: "4", bought: ["2023-06-01", "2024-12-03"] },
  ];
  const { found } = await proposed(people);
  expect(found.map(({ dedupe }) => dedupe)).toEqual(["anniversary:1:2026"]);
  const { line, params } = found[0]?.evidence ?? expect.unreachable("of the first");
  expect(voiceIn("en").say({ code: `birthday-anniversary-flow.${line}`, params })).toBe(
    "First ordered on 2024-12-03. Anniversary number 2 is on 2026-12-03. Orders so far: 3.",
  );
  // It is over once the day is.
  expect(found[0]?.expiresAt).toBe(Date.parse("2026-12-04T00:00:00Z"));
});

test("where the shop shows the orders of sixty days alone, nobody knows which was the first", async () => {
  const people = [{ id: "1", born: "1990-12-01", bought: ["2024-12-03"] }];
  expect(await keys(people, { scopes: ["read_orders", "read_customers"] })).toEqual(["birthday:1:2026"]);
  expect(await keys(people, { scopes: ["read_orders", "read_all_orders"] })).toEqual(["anniversary:1:2026", "birthday:1:2026"]);
});

test("only what was chosen is celebrated, and a shop is not asked for birthdays that are not", async () => {
  const people = [{ id: "1", born: "1990-12-01", bought: ["2024-12-03"] }];
  expect(await keys(people, { config: { occasions: "birthday" } })).toEqual(["birthday:1:2026"]);
  const { found, calls, measured } = await proposed(people, { config: { occasions: "anniversary" } });
  expect([found.map(({ dedupe }) => dedupe), calls, measured]).toEqual([["anniversary:1:2026"], [], []]);
});

test("nothing of a birthday rests: of two customers with two birthdays the same is proposed", async () => {
  const { found } = await proposed(
    [
      { id: "1", born: "1961-12-01", bought: ["2026-11-01"] },
      { id: "2", born: "1998-12-06", bought: ["2026-11-01"] },
    ],
    { config: { discountPercent: 10 } },
  );
  const plain = found.map((each) =>
    JSON.stringify(each)
      .replaceAll(/BDAY-\w+/g, "CODE")
      .replaceAll(/"(customer:|birthday:)?[12](:2026)?"/g, '"#"'),
  );
  expect(plain).toHaveLength(2);
  expect(plain[0]).toBe(plain[1]);
  expect(plain[0]).not.toMatch(/1961|1998|12-01|12-06/);
});

test("a code is the customer's own, once, from what they usually spend; who never bought is promised none and not written to", async () => {
  const { found } = await proposed(
    [
      { id: "7", born: "1990-12-01", bought: ["2026-10-01", "2026-10-09"] },
      { id: "8", born: "1990-12-01" },
    ],
    { config: { discountPercent: 10, discountDays: 14 } },
  );
  expect(found).toHaveLength(1);
  const [discount, event] = found[0]?.steps ?? expect.unreachable("a chain");
  for (const step of found[0]?.steps ?? []) expect(kindOf(step.kind)?.payload.safeParse(step.payload).error).toBeUndefined();
  const { code } = discount.payload as { code: string };
  expect(discount.payload).toMatchObject({
    ...{ customerId: "7", off: { percent: 10 }, minimum: { minor: 3800, currency: "GBP" } },
    endsAt: new Date(Date.parse("2026-11-30T12:00:00Z") + 22 * dayMs).toISOString(),
    onlyIf: { birthday: { field: "facts.birth_date", within: 7 } },
  });
  expect(event?.payload).toMatchObject({ customerId: "7", properties: { occasion: "birthday", code } });
  expect(found[0]?.stake).toEqual({ minor: 380, currency: "GBP" });
  expect(await keys([{ id: "8", born: "1990-12-01" }])).toEqual(["birthday:8:2026"]);
});

test("of more customers than fit a page each is found once", async () => {
  const people = Array.from({ length: 253 }, (_, n): Person => ({ id: String(1000 + n), born: "1990-12-01", bought: ["2025-12-02"] }));
  const { found, measured } = await proposed(people);
  expect(new Set(found.map(({ dedupe }) => dedupe)).size).toBe(2 * people.length);
  expect(found).toHaveLength(2 * people.length);
  expect(measured[0]?.value).toBe(people.length);
});

/** YYYY-MM-DD so many days from now, in another year. */
const born = (days: number, year = 1990) => `${year}${new Date(Date.now() + days * dayMs).toISOString().slice(4, 10)}`;

test("who changes their date of birth, or agrees later, is written to once within a year", async () => {
  const shop = await stage(birthdayAnniversaryFlow, {
    orders: [orderOf(1, Date.now() - 9 * dayMs), orderOf(2, Date.now() - 9 * dayMs, { customerId: 12_002 })],
    bornOn: { 12001: born(2), 12002: born(2) },
    consents: { 12002: "NOT_SUBSCRIBED" },
  });
  await shop.read();
  await shop.run();
  expect(await shop.customers()).toEqual(["12001"]);
  // As if the day before had been one of last year.
  await shop.ctx.db
    .update(actions)
    .set({ dedupe: sql`replace(${actions.dedupe}, ':20', ':19')` })
    .where(inTenant(shop.ctx, actions));
  await shop.change({
    births: [{ customerId: 12_001, value: born(5) }],
    consents: [{ customerId: 12_002, email: "SUBSCRIBED" }],
  });
  await shop.read();
  await shop.run();
  expect(await shop.customers()).toEqual(["12001", "12002"]);
});

test("right before it is done the birthday is asked of the shop once more", async () => {
  const { account, change } = await stage(birthdayAnniversaryFlow, {
    orders: [orderOf(1, Date.now() - 9 * dayMs)],
    bornOn: { 12001: born(5) },
  });
  const holds = (guard: object) =>
    holdsAtShop(account, { birthday: { field: "facts.birth_date", within: 7, ...guard } }, { customerId: "12001", now: Date.now() });
  expect(await holds({})).toEqual({ valid: true });
  expect(await holds({ within: 3 })).toEqual({ valid: false, why: "gone" });
  expect(await holds({ field: "custom.birthday" })).toEqual({ valid: false, why: "gone" });
  // It has passed, was corrected, or was taken out.
  for (const value of [born(-2), born(40), "soon", null]) {
    await change({ births: [{ customerId: 12_001, value }] });
    expect(await holds({})).toEqual({ valid: false, why: "gone" });
  }
});
