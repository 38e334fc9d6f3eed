import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { actions, customers, rehearsals, rehearsed, schedules } from "#db/schema/index.ts";
import { readCompared } from "#server/domain/lift/compared.ts";
import { findRehearsal } from "#server/domain/rehearsals/find-rehearsal.ts";
import { mostOrders, readPast, shopAt } from "#server/domain/rehearsals/past-shop.ts";
import { requestRehearsal } from "#server/domain/rehearsals/request-rehearsal.ts";
import { workRehearsal } from "#server/domain/rehearsals/work-rehearsal.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { testEnv } from "#test/harness.ts";
import { automation, day, makeShopRig, start } from "./rehearsal-rig.ts";

const rhythm = [{ ago: 120 }, { ago: 110 }, { ago: 100 }];
const hour = 3_600_000;

test("days after the orders were last read are not rehearsed, and nobody's days are over before they were read", async () => {
  const rig = await makeShopRig({ readAgo: 60 });
  // Late 84 days ago: the 30 days after it are over now, and were not when the orders were read.
  await rig.customer("a", rhythm);
  await rig.request();
  expect(await rig.find()).toMatchObject({ fromDay: "2026-07-03", toDay: "2026-09-30" });
  await rig.work();
  expect((await rig.find())?.results?.today).toMatchObject({ customers: 1, over: 0, bought: 0 });
  const read = await makeShopRig({ readAgo: 50 });
  await read.customer("a", rhythm);
  await read.request();
  await read.work();
  expect((await read.find())?.results?.today).toMatchObject({ customers: 1, over: 1, bought: 0 });
});

test("of a shop whose orders were never read through nothing is rehearsed", async () => {
  const rig = await makeShopRig();
  await rig.ctx.db.update(schedules).set({ lastSuccessAt: null }).where(inTenant(rig.ctx, schedules));
  await expect(rig.request()).rejects.toMatchObject({ code: "rehearsal_without_orders" });
});

test("what was given back is taken off and an order worth nothing is none, as where a control group is compared", async () => {
  const rig = await makeShopRig();
  await rig.customer("whole", [...rhythm, { ago: 80, minor: 300, returned: 10, back: { minor: 300 } }]);
  await rig.customer("part", [...rhythm, { ago: 80, minor: 300, returned: 70, back: { minor: 120 } }]);
  await rig.customer("other", [...rhythm, { ago: 80, minor: 300, returned: 70, back: { minor: 90, currency: "EUR" } }]);
  await rig.customer("free", [...rhythm, { ago: 80, minor: 0 }]);
  await rig.customer("twice", [...rhythm, { ago: 80, minor: 50 }, { ago: 79, minor: 60 }]);
  await rig.customer("none", [...rhythm, { ago: 80, minor: 900, cancelled: 79 }]);
  await rig.request();
  await rig.work();
  const today = (await rig.find())?.results?.today;
  expect(today).toMatchObject({ over: 6, bought: 3 });
  expect(today?.spent).toEqual([
    { minor: 590, currency: "GBP" },
    { minor: -90, currency: "EUR" },
  ]);

  // The same customers, proposed at the same instants by a run, and compared by the lift.
  const tenant = rig.ctx.tenant.id;
  await rig.ctx.db.run(sql`insert into ${actions} (id, tenant_id, automation, run_id, dedupe, subject, connection_id, customer_id, touches, control, hash,
      evidence, status, created_at, expires_at)
    select ${tenant} || dedupe, ${tenant}, ${automation}, 'run', dedupe, 'customer:' || customer_id, connection_id, customer_id, 'customer', 0, 'h', '{}',
      'done', at, at from ${rehearsed} where tenant_id = ${tenant} and variant = 'today'`);
  const { treated } = await readCompared(rig.ctx, { automation, since: 0, days: 30 });
  expect([treated.people, treated.bought]).toEqual([today?.over, today?.bought]);
  const spent = [...treated.spent].map(([currency, rows]) => ({ currency, minor: rows.reduce((sum, { minor }) => sum + minor, 0) }));
  expect(spent.sort((a, b) => b.minor - a.minor)).toEqual(today?.spent);
});

test("an order that was reduced by an edit and not refunded was reduced from the start, since nobody says when", async () => {
  const rig = await makeShopRig();
  await rig.customer("a", [
    { ago: 60, delivered: 50 },
    { ago: 60, delivered: 50, reduced: true },
    { ago: 60, delivered: 50, reduced: true, returned: 30 },
  ]);
  const past = await readPast(rig.ctx, { shopId: rig.shop, after: null, limit: 10 });
  const at = async (ago: number) => {
    const asked = { from: 0, until: start, channel: "email" as const, after: null, limit: 10 };
    return (await shopAt(past, start - ago * day).delivered(asked)).map(({ order }) => order);
  };
  expect(await at(40)).toEqual(["a-0", "a-2"]);
  expect(await at(20)).toEqual(["a-0"]);
});

test("a page of a rehearsal of 4,338 customers reads its own row and the few that are shown", async () => {
  const rig = await makeShopRig();
  await rig.customer("a", [{ ago: 60 }, { ago: 50 }, { ago: 40 }, { ago: 20 }]);
  await rig.request({ lateBy: 2 });
  await rig.work();
  const tenant = rig.ctx.tenant.id;
  await rig.ctx.db.run(sql`with recursive n (k) as (select 0 union all select k + 1 from n where k + 1 < 4338)
    insert into ${rehearsed} (tenant_id, automation, variant, dedupe, connection_id, customer_id, at, stake, over, orders, spent, differs)
    select ${tenant}, ${automation}, v.value, 'd' || k, 'c', 'x' || k, ${start} - k, null, 1, 0, '[]', k % 3 = 0
    from n, json_each('["today","tried"]') v`);
  const { d1, rowsRead } = countingD1(testEnv.DB);
  const found = await findRehearsal({ ...rig.ctx, db: openDb(d1) }, { automation });
  expect(found?.differing).toHaveLength(20);
  expect(rowsRead()).toBeLessThan(60);
});

test("a customer who is erased while a page is worked at is in no row of it", async () => {
  const rig = await makeShopRig();
  await rig.customer("erased", rhythm);
  await rig.customer("stays", rhythm);
  await rig.request();
  rig.ctx.traces.tasks.splice(0);
  let batches = 0;
  const erasing = new Proxy(testEnv.DB, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (key !== "batch") return typeof value === "function" ? value.bind(target) : value;
      return async (statements: D1PreparedStatement[]) => {
        // The first one claims the rehearsal, the next one keeps what was read.
        if (batches++ === 1) await rig.ctx.db.delete(customers).where(inTenant(rig.ctx, customers, eq(customers.externalId, "erased")));
        return target.batch(statements);
      };
    },
  });
  const machine = { ...rig.machine, databases: { ...rig.machine.databases, DB: erasing } };
  await workRehearsal(machine, { v: 1, type: "rehearsal", tenant: rig.ctx.tenant.id, automation });
  expect(batches).toBeGreaterThan(1);
  expect((await rig.find())?.status).toBe("done");
  const rows = await rig.ctx.db.selectDistinct({ customer: rehearsed.customerId }).from(rehearsed).where(inTenant(rig.ctx, rehearsed));
  expect(rows).toEqual([{ customer: "stays" }]);
});

test("a customer of 20,000 orders is rehearsed by the newest of them, and stops nobody else", async () => {
  const rig = await makeShopRig();
  await rig.regular("till", { orders: 20_000, everyMs: hour, until: start - 60 * day });
  await rig.customer("u", rhythm);
  const past = await readPast(rig.ctx, { shopId: rig.shop, after: null, limit: 10 });
  const [till] = past;
  expect(till?.orders.length).toBe(mostOrders);
  expect(till?.orders.at(-1)?.placedAt, "the newest are kept").toBe(start - 60 * day);
  await rig.request();
  await rig.work();
  expect(await rig.find()).toMatchObject({ status: "done", done: 2, results: { today: { customers: 2 } } });
});

test("a page holds as many customers as it can hold the orders of", async () => {
  const rig = await makeShopRig();
  for (const id of ["a", "b", "c", "d", "e"]) await rig.regular(id, { orders: mostOrders, everyMs: hour, until: start - 60 * day });
  const first = await readPast(rig.ctx, { shopId: rig.shop, after: null, limit: 10 });
  expect(first.map(({ customerId }) => customerId)).toEqual(["a", "b", "c", "d"]);
  const second = await readPast(rig.ctx, { shopId: rig.shop, after: "d", limit: 10 });
  expect(second.map(({ customerId }) => customerId)).toEqual(["e"]);
});

test("as many proposals of one customer as they have orders are kept", async () => {
  const rig = await makeShopRig();
  await rig.regular("till", { orders: 3_000, everyMs: hour / 2, until: start - 20 * day });
  await rig.ctx.db.run(sql`insert into order_contents (tenant_id, connection_id, external_id, updated_at, lines, codes, fulfilments, delivered_at)
    select tenant_id, connection_id, external_id, 0, '[]', '[]', '[]', placed_at + ${day} from orders where tenant_id = ${rig.ctx.tenant.id}`);
  await requestRehearsal(rig.ctx, { automation: "review-request-automation", days: 90, config: {} });
  await rig.work();
  const found = await findRehearsal(rig.ctx, { automation: "review-request-automation" });
  expect(found).toMatchObject({ status: "done", results: { today: { proposals: 3_000, customers: 1 } } });
});

test("what came of a rehearsal stays as it was when rows of it are erased with their customer", async () => {
  const rig = await makeShopRig();
  await rig.customer("a", rhythm);
  await rig.request();
  await rig.work();
  const before = (await rig.find())?.results;
  await rig.ctx.db.delete(rehearsed).where(inTenant(rig.ctx, rehearsed, eq(rehearsed.customerId, "a")));
  expect((await rig.find())?.results).toEqual(before);
  expect(before?.today.customers).toBe(1);
  const [row] = await rig.ctx.db.select().from(rehearsals).where(inTenant(rig.ctx, rehearsals));
  expect(JSON.stringify(row?.totals)).not.toContain("customerId");
});
