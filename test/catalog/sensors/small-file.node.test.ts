import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sandboxClient } from "#sandbox/client.ts";
import { realShop } from "#sandbox/endpoints.ts";
import { startSandbox } from "#sandbox/start.ts";
import { readOrderPage, recordsOf } from "#server/catalog/sensors/shopify-orders.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import { sandboxAccount } from "./sandbox-account.ts";

/** A file in the shop's form, small enough to be added up by hand. */
const file = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,71053,"LANTERN, WHITE",6,2010-12-01 08:26:00,3.39,17850,United Kingdom
536366,22633,WARMER,3,2010-12-01 23:59:00,1.111,,United Kingdom
536367,22633,WARMER,1,2010-12-02 00:01:00,0.005,13047,United Kingdom
536367,84406B,HANGER,-2,2010-12-02 00:01:00,2.75,13047,United Kingdom
536368,FREE,SAMPLE,5,2010-12-02 09:00:00,0,13047,United Kingdom
A563185,B,Adjust bad debt,1,2010-12-02 09:10:00,11062.06,,United Kingdom
C536379,85123A,WHITE HOLDER,-1,2010-12-03 09:41:00,2.55,17850,United Kingdom
C536383,22633,WARMER,-1,2010-12-03 10:00:00,9.99,,United Kingdom
C536384,22633,WARMER,-1,2010-11-30 10:00:00,9.99,17850,United Kingdom
`;

let sandbox: Awaited<ReturnType<typeof startSandbox>>;

beforeAll(async () => {
  const path = join(mkdtempSync(join(tmpdir(), "shop-")), "sales.csv");
  writeFileSync(path, file);
  sandbox = await startSandbox({ port: 0, redirectOrigin: "http://atrium.test", shop: path });
});
afterAll(() => sandbox.stop());

test("what is read of a small file is what a hand adds up from it", async () => {
  const scopes = shopifySensor.needs[0]?.scopes ?? [];
  const account = await sandboxAccount("shopify", realShop, { scopes, at: sandboxClient(sandbox.url) });
  const { items: orders, next } = await readOrderPage(account, { since: 0, after: null, first: 250 });
  expect(next).toBeNull();
  const records = orders.flatMap((order) => recordsOf(order, "Europe/London") ?? []);
  // 6 x 2.55 + 6 x 3.39; 3 x 1.111 = 3.333; half a penny rounds up. What is left without lines, or is no invoice, is no order.
  const read = Object.fromEntries(records.map(({ order }) => [order.externalId, [order.grossMinor, order.customerId]]));
  expect(read).toEqual({ "536365": [3564, "17850"], "536366": [333, null], "536367": [1, "13047"] });
  // A guest's cancellation and one before any order are none; nothing was taken out of the order that was given back in part.
  const refunds = records.flatMap((record) => record.refunds);
  expect(refunds.map(({ orderExternalId, amountMinor }) => [orderExternalId, amountMinor])).toEqual([
    ["536365", 255],
    ["536365", 0],
  ]);
  // Two minutes lie between them, and midnight.
  const dayOfOrder = (id: string) => Date.parse(records.find(({ order }) => order.externalId === id)?.order.day ?? "");
  expect(dayOfOrder("536367") - dayOfOrder("536366")).toBe(86_400_000);
});
