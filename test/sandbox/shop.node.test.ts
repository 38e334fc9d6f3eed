import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sandboxClient } from "#sandbox/client.ts";
import { realShop } from "#sandbox/endpoints.ts";
import { instantOf, utcOf, wallClock, weeksUntil } from "#sandbox/shop/clock.ts";
import { readSales } from "#sandbox/shop/csv.ts";
import { shopFigures } from "#sandbox/shop/figures.ts";
import { shopFile } from "#sandbox/shop/load.ts";
import { mapShop } from "#sandbox/shop/map.ts";
import { moneyText, parsePrice, roundedLine } from "#sandbox/shop/money.ts";
import { startSandbox } from "#sandbox/start.ts";

const london = "Europe/London";
const now = Date.parse("2026-11-21T03:00:00Z");
const small = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,2011-06-01 08:26:00,2.55,17850.0,United Kingdom
536365,22041,"RECORD FRAME 7"" SINGLE, SIZE",3,2011-06-01 08:26:00,0.125,17850.0,United Kingdom
536365,99999,,-1,2011-06-01 08:26:00,5.00,17850.0,United Kingdom
536366,85123A,WHITE HANGING HEART,2,2011-06-02 09:00:00,2.55,,France
536367,85123A,?,4,2011-06-03 10:00:00,0.0,13047.0,United Kingdom
C536300,85123A,WHITE HANGING HEART,-1,2011-05-30 10:00:00,2.55,17850.0,United Kingdom
C536400,85123A,WHITE HANGING HEART,-2,2011-06-04 10:00:00,2.55,17850.0,United Kingdom
C536401,85123A,WHITE HANGING HEART,-2,2011-06-04 11:00:00,2.55,,France
A536500,B,Adjust bad debt,1,2011-06-05 10:00:00,11062.06,,United Kingdom
536600,POST,POSTAGE,1,2011-11-25 12:50:00,18.0,17850.0,United Kingdom
C536700,POST,POSTAGE,-1,2011-11-25 12:50:00,18.0,17850.0,United Kingdom
`;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sandbox-shop-"));
  file = join(folder, "small.csv");
  await writeFile(file, small);
});
afterAll(() => rm(folder, { recursive: true }));

describe("money", () => {
  test("a line is rounded half up to pence, without floats on the way", () => {
    expect(roundedLine(3, parsePrice("0.125"))).toBe(38);
    expect(roundedLine(1, parsePrice("0.004"))).toBe(0);
    expect(roundedLine(1, parsePrice("0.005"))).toBe(1);
    expect(roundedLine(80_995, parsePrice("2.08"))).toBe(16_846_960);
    expect(roundedLine(7, parsePrice("1.1"))).toBe(770);
  });
  test("a price that is none is refused", () => {
    expect(() => parsePrice("two")).toThrow("not a price");
    expect(() => parsePrice("")).toThrow("not a price");
  });
  test("amounts are written as Shopify writes them", () => {
    expect([40300, 255, 5, 0].map(moneyText)).toEqual(["403.0", "2.55", "0.05", "0.0"]);
  });
});

describe("the clock", () => {
  test("London's summer is an hour ahead", () => {
    expect(utcOf("2011-06-01 08:26:00", london)).toBe(Date.parse("2011-06-01T07:26:00Z"));
    expect(utcOf("2011-12-09 12:50:00", london)).toBe(Date.parse("2011-12-09T12:50:00Z"));
    expect(utcOf("2026-11-01", london)).toBe(Date.parse("2026-11-01T00:00:00Z"));
  });
  test("the last order moves by whole weeks to within a week, never beyond now", () => {
    const last = wallClock("2011-12-09 12:50:00");
    const shift = weeksUntil(last, london, now);
    expect(shift % (7 * 86_400_000)).toBe(0);
    const fresh = instantOf(last + shift, london);
    expect(fresh).toBeLessThanOrEqual(now);
    expect(now - fresh).toBeLessThan(7 * 86_400_000);
    expect(instantOf(last + weeksUntil(last, london, fresh), london)).toBe(fresh);
    expect(weeksUntil(last, london, fresh - 1)).toBe(shift - 7 * 86_400_000);
  });
});

describe("the mapping", () => {
  test("a file with another header is refused", async () => {
    const wrong = join(folder, "wrong.csv");
    await writeFile(wrong, "a,b\n1,2\n");
    await expect(mapShop(wrong, { now, timezone: london })).rejects.toThrow("the first line should be");
  });
  test("a small file becomes orders, refunds and customers, line by line of the issue", async () => {
    const { orders, products } = await mapShop(file, { now, timezone: london });
    expect(
      orders.map(({ id, customerId, gross, refunds }) => ({
        id,
        customerId,
        gross,
        refunds: refunds.map(({ id: refund, amount }) => [refund, amount]),
      })),
    ).toEqual([
      // The lines without quantity or price are left out, 536367 has none left; C536300 came before any order.
      { id: 536365, customerId: 17850, gross: 1530 + 38, refunds: [[536400, 510]] },
      { id: 536366, customerId: null, gross: 510, refunds: [] },
      { id: 536600, customerId: 17850, gross: 1800, refunds: [[536700, 1800]] },
    ]);
    expect(new Date(orders[2]?.createdAt ?? 0).toISOString()).toBe("2026-11-20T12:50:00.000Z");
    // Summer time is moved as clock time, so the shop still opens at the same hour.
    expect(new Date(orders[0]?.createdAt ?? 0).toISOString()).toBe("2026-05-27T07:26:00.000Z");
    expect(products.find(({ code }) => code === "22041")?.title).toBe('RECORD FRAME 7" SINGLE, SIZE');
    expect(products.find(({ code }) => code === "99999")).toEqual({ code: "99999", title: "99999", price: "5.00" });
  });
  test("figures straight from the file are those of the mapping, gzipped or not", async () => {
    const packed = join(folder, "small.csv.gz");
    await writeFile(packed, gzipSync(small));
    const expected = { orders: 3, customers: 1, guest_orders: 1, gross_minor: 3878, refunds_minor: 2310, currency: "GBP" };
    expect(await shopFigures(file)).toEqual(expected);
    expect(await shopFigures(packed)).toEqual(expected);
  });
  test("a restart keeps the shop, its clock and its tokens", async () => {
    const options = { port: 0, redirectOrigin: "http://atrium.test", shop: file, dataDir: join(folder, "data") };
    const first = await startSandbox(options);
    const before = await sandboxClient(first.url).control<{ last_order_at: string; orders: number }>(`/shop/${realShop}`);
    const { access_token } = await sandboxClient(first.url).mint("shopify", realShop, ["read_orders"]);
    await first.stop();
    const second = await startSandbox(options);
    const client = sandboxClient(second.url);
    expect(await client.control(`/shop/${realShop}`)).toEqual(before);
    expect((await client.graphql(realShop, access_token, "{ shop { id } }")).status).toBe(200);
    await second.stop();
    expect(before.orders).toBe(3);
  });
});

const real = shopFile();
describe.skipIf(real === null)("the real file", () => {
  test("has the lines and invoices that are known of it, and is served whole", async () => {
    if (real === null) return;
    let lines = 0;
    const invoices = new Set<string>();
    for await (const { invoice } of readSales(real)) {
      lines += 1;
      invoices.add(invoice);
    }
    expect([lines, invoices.size]).toEqual([541_909, 25_900]);
    const sandbox = await startSandbox({ port: 0, redirectOrigin: "http://atrium.test", shop: real });
    const served = await sandboxClient(sandbox.url).control<Record<string, unknown>>(`/shop/${realShop}`);
    await sandbox.stop();
    expect(served).toMatchObject(await shopFigures(real));
    expect(served).toMatchObject({
      orders: 19_959,
      customers: 4338,
      guest_orders: 1427,
      gross_minor: 1_065_562_248,
      refunds_minor: 59_167_600,
    });
  });
});
