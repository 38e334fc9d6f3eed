import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { actions, connections, rehearsals, rehearsed, schedules } from "#db/schema/index.ts";
import { rehearsalVariants } from "#db/words/rehearsals.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { shopHistory } from "#server/domain/commerce/shop-history.ts";
import { findRehearsal } from "#server/domain/rehearsals/find-rehearsal.ts";
import { readPast, shopAt } from "#server/domain/rehearsals/past-shop.ts";
import { requestRehearsal } from "#server/domain/rehearsals/request-rehearsal.ts";
import { nothing } from "#server/domain/rehearsals/sum-touched.ts";
import { sweepRehearsals } from "#server/domain/rehearsals/sweep-rehearsals.ts";
import { workRehearsal } from "#server/domain/rehearsals/work-rehearsal.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { testEnv } from "#test/harness.ts";
import { automation, day, makeShopRig, start } from "./rehearsal-rig.ts";

test("what is asked of the past answers, at this moment, what the stored history answers", async () => {
  const rig = await makeShopRig();
  let seed = 7;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  for (let n = 0; n < 40; n++) {
    const all = Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
      const ago = 1 + Math.floor(random() * 300);
      const delivered = random() < 0.5 ? Math.max(0, ago - 5) : undefined;
      return {
        ago,
        ...(random() < 0.15 && { cancelled: Math.max(0, ago - 1) }),
        ...(delivered !== undefined && { delivered }),
        ...(random() < 0.2 && { returned: Math.max(0, ago - 6) }),
      };
    });
    await rig.customer(`c${String(n).padStart(2, "0")}`, all, random() < 0.8 ? "subscribed" : "none");
  }
  const past = shopAt(await readPast(rig.ctx, { shopId: rig.shop, after: null, limit: 500 }), start);
  const stored = shopHistory(rig.ctx, rig.shop);
  const sorted = (found: Awaited<ReturnType<typeof stored.buyers>>) =>
    found.map((each) => ({ ...each, purchases: [...each.purchases].sort((a, b) => a.at - b.at) }));
  for (const minOrders of [2, 3, 4])
    for (const after of [null, "c12"])
      for (const limit of [3, 200]) {
        const asked = { minOrders, lastFrom: start - 200 * day, lastUntil: start - 10 * day, channel: "email" as const, after, limit };
        expect(sorted(await past.buyers(asked))).toEqual(sorted(await stored.buyers(asked)));
      }
  const delivered = { from: start - 200 * day, until: start, channel: "email" as const, after: null, limit: 200 };
  const found = await stored.delivered(delivered);
  expect(found.length).toBeGreaterThan(10);
  expect(await past.delivered(delivered)).toEqual(found);
  const third = found[2];
  expect(await past.delivered({ ...delivered, after: third ?? null, limit: 4 })).toEqual(found.slice(3, 7));
});

test("of a day that is past nothing is known that came later: neither an order, nor that one was cancelled, delivered or given back", async () => {
  const rig = await makeShopRig();
  await rig.customer("a", [{ ago: 100, delivered: 95, returned: 80 }, { ago: 60 }, { ago: 40, cancelled: 20 }]);
  const past = await readPast(rig.ctx, { shopId: rig.shop, after: null, limit: 10 });
  const at = async (ago: number) => {
    const now = start - ago * day;
    const { buyers, delivered } = shopAt(past, now);
    const page = { channel: "email" as const, after: null, limit: 10 };
    const [buyer] = await buyers({ minOrders: 1, lastFrom: 0, lastUntil: now, ...page });
    return [buyer?.purchases.length ?? 0, (await delivered({ from: 0, until: start, ...page })).length];
  };
  expect(await Promise.all([99, 90, 75, 50, 30, 10].map(at))).toEqual([
    [1, 0],
    [1, 1],
    [1, 0],
    [2, 0],
    [3, 0],
    [2, 0],
  ]);
});

test("both settings are tried side by side: whom each would have touched, when, at what stake, and what they bought afterwards", async () => {
  const rig = await makeShopRig();
  // Every ten days, the last time 40 days ago: late by half as long again since 25 days, and by twice as long since 20.
  await rig.customer("late", [{ ago: 60 }, { ago: 50 }, { ago: 40 }]);
  // The same, and came back 20 days ago: late by a half for five days then, never by twice.
  await rig.customer("back", [{ ago: 60 }, { ago: 50 }, { ago: 40 }, { ago: 20, minor: 2500 }, { ago: 12, minor: 700, cancelled: 11 }]);
  await rig.customer("silent", [{ ago: 60 }, { ago: 50 }, { ago: 40 }], "none");
  await rig.request({ lateBy: 2, discountPercent: 10 });
  expect(await rig.find()).toMatchObject({ status: "waiting", done: 0, of: 3, results: null, fromDay: "2026-09-01", toDay: "2026-11-29" });
  await rig.work();
  const found = await rig.find();
  expect(found).toMatchObject({ status: "done", done: 3, of: 3, tried: { lateBy: 2 }, outcomeDays: 30 });
  // "late" is still within its days; "back" was touched today's way 24 days ago, and late again since.
  expect(found?.results?.today).toMatchObject({ customers: 2, stake: [], over: 0, bought: 0 });
  expect(found?.results?.tried).toMatchObject({ customers: 1, proposals: 1, stake: [{ minor: 100, currency: "GBP" }] });
  expect(found?.results?.today.weeks.reduce((sum, { proposals }) => sum + proposals, 0)).toBe(found?.results?.today.proposals);
  expect(found?.differing.map(({ variant, customerId, orders: bought }) => [variant, customerId, bought])).toEqual([["today", "back", 1]]);
  expect(await rig.ctx.db.select().from(actions).where(inTenant(rig.ctx, actions)), "nothing is proposed").toEqual([]);
});

test("what somebody bought counts once their days are over, each currency by itself and what was cancelled not at all", async () => {
  const rig = await makeShopRig();
  const rhythm = [{ ago: 120 }, { ago: 110 }, { ago: 100 }];
  await rig.customer("a", [...rhythm, { ago: 80, minor: 300 }, { ago: 79, minor: 40_000, currency: "HUF" }, { ago: 78, cancelled: 77 }]);
  await rig.customer("b", rhythm);
  await rig.request();
  await rig.work();
  const today = (await rig.find())?.results?.today;
  // Both were late 84 days ago; the days of the first time are over.
  expect(today).toMatchObject({ over: 2, bought: 1 });
  expect(today?.spent).toEqual([
    { minor: 40_000, currency: "HUF" },
    { minor: 300, currency: "GBP" },
  ]);
});

test("the same comes out in whatever pages the customers are read, and when it is killed and goes on", async () => {
  const rig = await makeShopRig();
  for (let n = 0; n < 12; n++) await rig.customer(`c${n}`, [{ ago: 60 + n }, { ago: 50 }, { ago: 40 - n }]);
  await rig.request({ lateBy: 1.2 });
  await rig.work();
  const whole = (await rig.find())?.results;
  await rig.ctx.db.delete(rehearsed).where(inTenant(rig.ctx, rehearsed));
  // As after a page, whose rows were written with it; then again, as if the message came twice.
  await rig.ctx.db
    .update(rehearsals)
    .set({ status: "waiting", progress: { after: "c5", done: 0, of: 12, tookMs: 0 }, totals: nothing, doneAt: null })
    .where(inTenant(rig.ctx, rehearsals));
  const message = { v: 1, type: "rehearsal", tenant: rig.ctx.tenant.id, automation } as const;
  await workRehearsal(rig.machine, message);
  const behind = (await rig.find())?.results;
  await rig.ctx.db
    .update(rehearsals)
    .set({ status: "waiting", progress: { after: null, done: 0, of: 12, tookMs: 0 }, totals: nothing })
    .where(inTenant(rig.ctx, rehearsals));
  await workRehearsal(rig.machine, message);
  await workRehearsal(rig.machine, message);
  expect((await rig.find())?.results).toEqual(whole);
  expect(behind?.today.customers).toBeLessThan(whole?.today.customers ?? 0);
});

test("whoever is overtaken writes nothing more, and one that somebody is at is left alone", async () => {
  const rig = await makeShopRig();
  await rig.customer("a", [{ ago: 60 }, { ago: 50 }, { ago: 40 }]);
  await rig.request();
  await rig.ctx.db
    .update(rehearsals)
    .set({ leaseUntil: start + 1000 })
    .where(inTenant(rig.ctx, rehearsals));
  await rig.work();
  expect((await rig.find())?.status).toBe("waiting");
  rig.clock.now += 20 * 60_000;
  await sweepRehearsals(rig.machine);
  await rig.work();
  expect((await rig.find())?.status).toBe("done");
});

test("after three tries of a step that dies it has failed, and another may be asked for", async () => {
  const rig = await makeShopRig();
  await rig.request();
  await rig.ctx.db.update(rehearsals).set({ attempts: 3 }).where(inTenant(rig.ctx, rehearsals));
  await rig.work();
  expect(await rig.find()).toMatchObject({ status: "failed", results: null });
  await rig.request();
  expect((await rig.find())?.status).toBe("waiting");
});

test("one at a time; with settings that do not fit, without a shop, or of what reads more than the store, none is begun", async () => {
  const rig = await makeShopRig();
  await expect(rig.request({ lateBy: 0 })).rejects.toMatchObject({ kind: "invalid" });
  await expect(requestRehearsal(rig.ctx, { automation: "price-drop-alerts", days: 90, config: {} })).rejects.toMatchObject({
    code: "rehearsal_impossible",
  });
  await expect(requestRehearsal(rig.ctx, { automation: "shopify-sensor", days: 90, config: {} })).rejects.toMatchObject({
    code: "automation_not_found",
  });
  await rig.request();
  await expect(rig.request()).rejects.toMatchObject({ code: "rehearsal_underway" });
  await rig.ctx.db.delete(connections).where(inTenant(rig.ctx, connections));
  await expect(rig.request()).rejects.toMatchObject({ code: "rehearsal_without_shop" });
});

test("another client's rehearsal is not seen, and its customers are in none", async () => {
  const rig = await makeShopRig();
  await rig.customer("a", [{ ago: 60 }, { ago: 50 }, { ago: 40 }]);
  await rig.request();
  await rig.work();
  const other = await makeShopRig();
  expect(await other.find()).toBeNull();
  await other.request();
  await other.work();
  expect((await other.find())?.results?.today).toMatchObject({ customers: 0, proposals: 0 });
});

test("settings of today are the client's own as they were when it was asked for", async () => {
  const rig = await makeShopRig();
  await rig.ctx.db
    .insert(schedules)
    .values({ tenantId: rig.ctx.tenant.id, job: automation, everyS: 3600, nextAt: 0, config: { minOrders: 5 } });
  await rig.customer("a", [{ ago: 60 }, { ago: 50 }, { ago: 40 }]);
  await rig.request({ minOrders: 3 });
  await rig.work();
  const results = (await rig.find())?.results;
  expect([results?.today.customers, results?.tried.customers]).toEqual([0, 1]);
});

test("every automation that says it can be rehearsed is, and asks for nothing that is not known of the past", async () => {
  const those = automations.filter(({ acts }) => acts.rehearsable);
  expect(those.map(({ id }) => id)).toContain(automation);
  for (const { id, acts } of those) {
    const rig = await makeShopRig();
    await rig.customer("a", [{ ago: 60, delivered: 55 }, { ago: 50 }, { ago: 40, delivered: 36 }]);
    await requestRehearsal(rig.ctx, { automation: id, days: 90, config: {} });
    await rig.work();
    expect(acts.outcomeDays, `${id} says in how many days its outcome is counted`).toBeGreaterThan(0);
    expect(await findRehearsal(rig.ctx, { automation: id })).toMatchObject({ status: "done", results: { today: { customers: 1 } } });
    for (const variant of rehearsalVariants) {
      const rows = await openDb(testEnv.DB)
        .select({ id: rehearsed.dedupe })
        .from(rehearsed)
        .where(and(eq(rehearsed.tenantId, rig.ctx.tenant.id), eq(rehearsed.variant, variant)));
      expect(rows.length).toBeGreaterThan(0);
    }
  }
});
