import { expect, test } from "vitest";
import { customerScores, customers, orders } from "#db/schema/index.ts";
import type { Consent } from "#db/words/commerce.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { atRiskCustomerFlow } from "#server/catalog/automations/at-risk-customer-flow.ts";
import { rhythmOf } from "#server/catalog/automations/rhythm.ts";
import { dayOf } from "#server/catalog/days.ts";
import type { Proposal } from "#server/catalog/records.ts";
import { storedOf } from "#server/domain/runs/stored-of.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { voiceIn } from "#workers/voice.ts";

const day = 86_400_000;
const now = Date.parse("2026-11-30T12:00:00Z");

interface Buyer {
  id: string;
  /** Days before now on which they bought. */
  ago: readonly number[];
  minor?: number;
  currency?: string;
  email?: Consent;
  cancelled?: readonly number[];
}

/** A shop with these customers, and what the automation proposes for it. */
async function proposed(
  buyers: readonly Buyer[],
  config: object = {},
  { chances = {}, said = [] }: { chances?: Record<string, number | null>; said?: string[] } = {},
) {
  const ctx = testTenantCtx(await makeTenant(), "system");
  const of = { tenantId: ctx.tenant.id, connectionId: "con_shop" };
  for (const { id, ago, minor = 3800, currency = "GBP", email = "subscribed", cancelled = [] } of buyers) {
    await ctx.db.insert(customers).values({
      ...{ ...of, externalId: id, orders: ago.length, spentMinor: 1, currency, mailConsent: email, smsConsent: "none" },
      ...{ createdAt: 0, updatedAt: 0 },
    });
    for (const [place, days] of ago.entries()) {
      const placedAt = now - days * day;
      await ctx.db.insert(orders).values({
        ...{ ...of, externalId: `${id}-${place}`, customerId: id, placedAt, day: dayOf(placedAt, "UTC"), grossMinor: minor, currency },
        ...{ updatedAt: placedAt, cancelledAt: cancelled.includes(days) ? placedAt : null },
      });
    }
  }
  for (const [customerId, chance30] of Object.entries(chances))
    await ctx.db.insert(customerScores).values({ ...of, customerId, asOf: "2026-11-29", chance30, segment: "at_risk" });
  const found: Proposal[] = [];
  let cursor: unknown = null;
  for (;;) {
    const step = await atRiskCustomerFlow.step({
      ...{ config: atRiskCustomerFlow.config.parse(config), cursor, now, timezone: "UTC", currency: "GBP" },
      ...storedOf(ctx, "con_shop"),
      account: () => expect.unreachable("it reads what is stored alone"),
      optionalAccount: () => null,
      signal: new AbortController().signal,
      log: (_, line) => void said.push(line),
    });
    found.push(...(step.proposals ?? []));
    if (step.done) return found;
    cursor = step.cursor;
  }
}
const whom = (found: readonly Proposal[]) => found.map(({ customerId }) => customerId).sort();

test("a customer's rhythm is the median of their own gaps, orders of one day are one, and their usual order is the median", () => {
  const at = (days: number) => ({ at: now - days * day, day: dayOf(now - days * day, "UTC"), currency: "GBP" });
  const bought = [
    { ...at(100), grossMinor: 1000 },
    { ...at(76), grossMinor: 3000 },
    { ...at(75.9), grossMinor: 9000 },
    { ...at(10), grossMinor: 2000 },
    { ...at(50), grossMinor: 4000 },
  ];
  // Gaps of 24, 26 and 40 days.
  expect(rhythmOf(bought)).toEqual({ orders: 4, lastAt: now - 10 * day, gapMs: 26 * day, usual: { minor: 3000, currency: "GBP" } });
  expect(rhythmOf(bought.slice(1, 4))).toBeNull();
});

test("what somebody paid in another currency than they do now is not mixed into what they usually pay", () => {
  const at = (days: number) => ({ at: now - days * day, day: dayOf(now - days * day, "UTC") });
  const bought = [
    { ...at(90), grossMinor: 900_000, currency: "HUF" },
    { ...at(60), grossMinor: 900_000, currency: "HUF" },
    { ...at(30), grossMinor: 2500, currency: "EUR" },
  ];
  expect(rhythmOf(bought)?.usual).toEqual({ minor: 2500, currency: "EUR" });
});

test("whoever is late by their own rhythm is written to, and nobody who is not, however the shop's average is", async () => {
  const buyers: Buyer[] = [
    { id: "1", ago: [41, 65, 89, 113] },
    // The same 41 days are nothing to somebody who buys every sixty.
    { id: "2", ago: [41, 101, 161] },
    { id: "3", ago: [35, 59, 83] },
    { id: "4", ago: [36.5, 60.5, 84.5] },
  ];
  const found = await proposed(buyers);
  expect(whom(found)).toEqual(["1", "4"]);
  const { line, params } = found.find(({ customerId }) => customerId === "1")?.evidence ?? expect.unreachable("of the first");
  expect(voiceIn("en").say({ code: `at-risk-customer-flow.${line}`, params })).toBe(
    "Ordered 4 times, usually every 24 days and for £38.00. The last order was 41 days ago.",
  );
});

test("nobody is written to who unsubscribed, who never agreed, who is a guest, or whose orders have no rhythm", async () => {
  const ago = [41, 65, 89];
  const all: Consent[] = ["unsubscribed", "not_subscribed", "pending", "none", "unknown", "redacted"];
  expect(await proposed(all.map((email, place) => ({ id: String(place + 1), ago, email })))).toEqual([]);
  expect(
    await proposed([
      { id: "1", ago: [41, 41.1, 65] },
      { id: "2", ago: [41, 65, 89], cancelled: [89] },
    ]),
  ).toEqual([]);
});

test("an order that was cancelled is none: neither the last one, nor one of the rhythm", async () => {
  const found = await proposed([{ id: "1", ago: [2, 41, 65, 89], cancelled: [2] }]);
  expect(found[0]?.evidence.params).toMatchObject({ orders: 3, ago: 41 });
});

test("who bought too lately or too long ago is left alone", async () => {
  const buyers: Buyer[] = [
    { id: "1", ago: [13, 15, 17] },
    { id: "2", ago: [366, 390, 414] },
  ];
  expect(await proposed(buyers)).toEqual([]);
  expect(whom(await proposed(buyers, { notBeforeDays: 7, notAfterDays: 400 }))).toEqual(["1", "2"]);
});

test("one absence is proposed under one name, and with one code, whenever it is looked at", async () => {
  const buyers: Buyer[] = [{ id: "1", ago: [41, 65, 89] }];
  const [first] = await proposed(buyers, { discountPercent: 10 });
  const [second] = await proposed(buyers, { discountPercent: 10 });
  expect([second?.dedupe, second?.steps]).toEqual([first?.dedupe, first?.steps]);
});

test("a code is for one customer, once, from what they usually spend, with an end, and its stake is what it gives away", async () => {
  const [found] = await proposed([{ id: "7", ago: [41, 65, 89], minor: 3850 }], { discountPercent: 10, discountDays: 14 });
  expect(found?.steps.map(({ kind }) => kind)).toEqual(["shopify-discount", "klaviyo-event"]);
  const [discount, event] = found?.steps ?? expect.unreachable("a chain");
  for (const step of found?.steps ?? []) expect(kindOf(step.kind)?.payload.safeParse(step.payload).error).toBeUndefined();
  const { code } = discount.payload as { code: string };
  expect(discount.payload).toMatchObject({
    ...{ customerId: "7", off: { percent: 10 }, minimum: { minor: 3850, currency: "GBP" } },
    endsAt: new Date(now + 21 * day).toISOString(),
    onlyIf: { boughtSince: new Date(now - 41 * day + 1000).toISOString() },
  });
  expect(event?.payload).toMatchObject({ customerId: "7", channel: "email", properties: { code, percent: 10 } });
  expect(found?.stake).toEqual({ minor: 385, currency: "GBP" });
});

test("without a discount there is no code and nothing at stake; in yen the stake is whole yen", async () => {
  const [plain] = await proposed([{ id: "7", ago: [41, 65, 89] }]);
  expect(plain?.steps.map(({ kind }) => kind)).toEqual(["klaviyo-event"]);
  expect(plain?.stake).toBeUndefined();
  const [yen] = await proposed([{ id: "7", ago: [41, 65, 89], minor: 4990, currency: "JPY" }], { discountPercent: 15 });
  expect(yen?.stake).toEqual({ minor: 749, currency: "JPY" });
});

test("of more customers than fit a page each is found once", async () => {
  const buyers = Array.from({ length: 203 }, (_, n): Buyer => ({ id: String(1000 + n), ago: [41, 65, 89] }));
  expect(whom(await proposed(buyers))).toEqual(buyers.map(({ id }) => id));
});

test("those who are late are ranked by the model: first who is least likely to order by themselves, with the chance in words", async () => {
  const buyers = ["1", "2", "3"].map((id): Buyer => ({ id, ago: [41, 65, 89, 113] }));
  const said: string[] = [];
  const found = await proposed(buyers, {}, { chances: { "1": 0.42, "2": 0.07, "3": 0.2 }, said });
  expect(found.map(({ customerId, score }) => [customerId, score])).toEqual([
    ["2", 1 - 0.07],
    ["3", 1 - 0.2],
    ["1", 1 - 0.42],
  ]);
  expect(said).toEqual([]);
  const { line, params } = found[0]?.evidence ?? expect.unreachable("of the first");
  expect(voiceIn("en").say({ code: `at-risk-customer-flow.${line}`, params })).toBe(
    "Ordered 4 times, usually every 24 days and for £38.00. The last order was 41 days ago. Left alone, the chance of an order within 30 days is 7%.",
  );
});

test("the model keeps nobody out or in: who is late by their own rhythm is written to, whatever it says of them", async () => {
  const buyers: Buyer[] = [
    { id: "1", ago: [41, 65, 89] },
    { id: "2", ago: [35, 59, 83] },
  ];
  expect(whom(await proposed(buyers, {}, { chances: { "1": 0.99, "2": 0.01 } }))).toEqual(["1"]);
});

test("without a model it goes on as before, without a score, and says so", async () => {
  const buyers = ["1", "2"].map((id): Buyer => ({ id, ago: [41, 65, 89] }));
  for (const chances of [{}, { "1": null, "2": null }] as Record<string, null>[]) {
    const said: string[] = [];
    const found = await proposed(buyers, {}, { chances, said });
    expect(found.map(({ score, evidence }) => [score, evidence.line])).toEqual([
      [undefined, "late"],
      [undefined, "late"],
    ]);
    expect(said).toEqual(["no_forecast"]);
  }
});
