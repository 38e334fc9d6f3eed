import { expect, test } from "vitest";
import { reviewRequestAutomation } from "#server/catalog/automations/review-request-automation.ts";
import { voiceIn } from "#workers/voice.ts";
import { dayMs, hourMs, iso, orderOf, type Setting, type Staged, second, stage, wareOf } from "./stage.ts";

const now = Date.now();
const sentAt = second(now - 20 * dayMs);
/** When a parcel came: this many days ago. */
const came = (days: number) => ({ sentAt, deliveredAt: second(now - days * dayMs) });
const placedAt = now - 21 * dayMs;

async function asked(orders: Staged["orders"], more: Partial<Staged> = {}, setting: Setting = {}) {
  const shop = await stage(reviewRequestAutomation, { orders, products: [wareOf("A"), wareOf("B", { price: "25.00" })], ...more }, setting);
  await shop.read();
  await shop.run();
  return shop;
}
const subjects = async (shop: Awaited<ReturnType<typeof asked>>) => (await shop.proposed()).map(({ subject }) => subject).sort();

test("an order that came as many days ago as was wished is asked about, one that came later or too long ago is not", async () => {
  const orders = [6.9, 7.1, 20.9, 21.1].map((days, place) =>
    orderOf(place + 1, now - 40 * dayMs, { parcels: [{ ...came(days), sentAt: now - 30 * dayMs }] }),
  );
  expect(await subjects(await asked(orders))).toEqual(["order:2", "order:3"]);
  expect(await subjects(await asked(orders, {}, { config: { daysAfter: 5 } }))).toEqual(["order:1", "order:2"]);
});

test("what came back in part, was cancelled, was taken out by an edit or has not come is not asked about", async () => {
  const parcels = [came(8)];
  const orders = [
    orderOf(1, placedAt, { parcels, lines: "A|2|10.00", gross: 2000, refunds: [{ id: 1, createdAt: now - dayMs, amount: 1 }] }),
    orderOf(2, placedAt, { parcels, cancelledAt: second(now - 19 * dayMs) }),
    orderOf(3, placedAt, { parcels, lines: "A|2|10.00", gross: 2000, edit: { at: second(now - 2 * dayMs), lines: "A|1|10.00" } }),
    orderOf(4, placedAt, { parcels: [{ sentAt }] }),
    orderOf(5, placedAt, { parcels: [came(8), { sentAt }] }),
    orderOf(6, placedAt, { parcels: [{ ...came(8), partly: true }] }),
    orderOf(7, placedAt, { parcels: [] }),
    orderOf(8, placedAt, { parcels, test: true }),
    orderOf(9, placedAt, { parcels: [came(12), came(8)] }),
    // What was added to it later came with the rest.
    orderOf(10, placedAt, { parcels, edit: { at: second(now - 19.5 * dayMs), lines: "A|1|10.00;B|1|25.00" } }),
  ];
  expect(await subjects(await asked(orders))).toEqual(["order:10", "order:9"]);
});

test("the days are counted from the last parcel", async () => {
  expect(await subjects(await asked([orderOf(1, placedAt, { parcels: [came(12), came(3)] })]))).toEqual([]);
});

test("neither a guest nor who did not agree, or does no more, is asked", async () => {
  const of = (id: number, customerId: number | null) => orderOf(id, placedAt, { customerId, parcels: [came(8)] });
  const consents = { 12001: "UNSUBSCRIBED", 12002: "NOT_SUBSCRIBED", 12003: "PENDING", 12004: "REDACTED" };
  const orders = [of(1, null), of(2, 12_001), of(3, 12_002), of(4, 12_003), of(5, 12_004), of(6, 12_005)];
  expect(await subjects(await asked(orders, { consents }))).toEqual(["order:6"]);
  expect(await subjects(await asked(orders, { consents }, { config: { channel: "sms" } }))).toEqual([]);
});

test("a parcel of which its carrier spoke late is asked about once, when that is known", async () => {
  const shop = await asked([orderOf(1, placedAt, { parcels: [{ sentAt }] })]);
  expect(await subjects(shop)).toEqual([]);
  await shop.change({ parcels: [{ orderId: 1, sent: [{ at: iso(sentAt), deliveredAt: iso(now - 9 * dayMs) }] }] });
  await shop.read();
  await shop.run();
  await shop.run();
  expect(await subjects(shop)).toEqual(["order:1"]);
});

test("it shows the dearest thing of the order, says why in plain words, and sends only while the order stands", async () => {
  const lines = "A|1|10.00;B|1|25.00";
  const shop = await asked([orderOf(1, placedAt, { lines, gross: 3500, parcels: [came(8)] })]);
  const [found] = await shop.proposed();
  const { line = "", params = {} } = found?.evidence ?? {};
  expect(voiceIn("en").say({ code: `review-request-automation.${line}`, params })).toBe(
    "Order 1 for £35.00 was delivered 8 days ago. Nothing of it came back.",
  );
  expect(found?.steps).toMatchObject([
    {
      kind: "klaviyo-event",
      payload: {
        ...{ customerId: "12001", metric: "Review requested", onlyIf: { order: "1" } },
        properties: { order_id: "1", product_id: "7000002", product_title: "Ware B", delivered_at: iso(now - 8 * dayMs) },
      },
    },
  ]);
  expect(found?.expiresAt).toBeGreaterThan(now + 6 * dayMs - hourMs);
});
