import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { actionSteps, actions } from "#db/schema/index.ts";
import type { Receipt } from "#db/words/actions.ts";
import type { Doing } from "#server/catalog/actions/action.ts";
import { klaviyoCouponCodes } from "#server/catalog/actions/klaviyo-coupon-codes.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { shopifyDiscountCodes } from "#server/catalog/actions/shopify-discount-codes.ts";
import { klaviyoCouponPool } from "#server/catalog/automations/klaviyo-coupon-pool.ts";
import { klaviyoRevision } from "#server/catalog/providers/klaviyo-api.ts";
import { readSyncs } from "#server/domain/syncs/read-syncs.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { keyedHash } from "#server/domain/vault/sign-in-tokens.ts";
import { askKlaviyo, doingOf, effectsAt, freshAccount, giveCatalog, giveCodes } from "#test/catalog/actions/doing.ts";
import { sandbox, sandboxAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { testTenantCtx } from "#test/harness.ts";
import { dayMs, hourMs, orderOf, type Setting, stage } from "./stage.ts";

beforeAll(async () => void (await sandbox.control("/control", { limits: false })));
afterAll(async () => void (await sandbox.control("/control", {})));

const small = { keep: 20, below: 10, most: 50 };

/** A shop and a Klaviyo account whose jobs are done at once. */
async function pool(setting: Setting = {}) {
  const at = freshAccount.klaviyo();
  await giveCatalog(at, { takeMs: 0 });
  const inner = await sandboxAccount("klaviyo", at, { scopes: klaviyoCouponCodes.need.scopes });
  const klaviyo = {
    ...inner,
    json: (request: Parameters<typeof inner.json>[0], schema: Parameters<typeof inner.json>[1]) =>
      inner.json({ ...request, headers: { revision: klaviyoRevision, ...request.headers } }, schema),
  } as typeof inner;
  const shop = await stage(
    klaviyoCouponPool,
    { orders: [orderOf(1, Date.now() - 40 * dayMs)] },
    { mode: "approve", klaviyo, ...setting, config: { ...small, ...setting.config } },
  );
  const { ctx } = shop;
  const byOwnKey = { hashOf: (text: string) => keyedHash(ctx.config, ctx.tenant.id, text) };
  const doings: Record<string, Doing> = {
    [shopifyDiscountCodes.id]: await doingOf(shopifyDiscountCodes, shop.domain, byOwnKey),
    [klaviyoCouponCodes.id]: await doingOf(klaviyoCouponCodes, at, byOwnKey),
  };
  return {
    ...shop,
    at,
    async look() {
      await shop.run();
      return (await shop.proposed()).map(({ evidence, subject, status }) => `${evidence.line} ${subject} ${status}`);
    },
    /** Does all that waits, as of some hours ago. */
    async doAll(hoursAgo = 2) {
      for (const { id, status, steps } of await shop.proposed()) {
        if (status !== "waiting") continue;
        const before: Receipt[] = [];
        for (const { kind, payload, place } of steps) {
          const done = await kindOf(kind)?.execute({ ...(doings[kind] as Doing), before }, payload);
          if (done?.did !== "done") expect.unreachable(JSON.stringify(done));
          before.push(done.receipt);
          await ctx.db
            .update(actionSteps)
            .set({ status: "done", receipt: done.receipt })
            .where(inTenant(ctx, actionSteps, and(eq(actionSteps.actionId, id), eq(actionSteps.place, place))));
        }
        await ctx.db
          .update(actions)
          .set({ status: "done", finishedAt: Date.now() - hoursAgo * hourMs })
          .where(inTenant(ctx, actions, eq(actions.id, id)));
      }
    },
    end: (status: "rejected" | "failed") => ctx.db.update(actions).set({ status, finishedAt: Date.now() }).where(inTenant(ctx, actions)),
    daysAgo: (days: number) =>
      ctx.db
        .update(actions)
        .set({
          createdAt: sql`${actions.createdAt} - ${days * dayMs}`,
          finishedAt: sql`${actions.finishedAt} - ${days * dayMs}`,
          dedupe: sql`'old:' || ${actions.dedupe}`,
        })
        .where(inTenant(ctx, actions)),
    state: async () => (await readSyncs(testTenantCtx(ctx.tenant, "owner"), { automation: klaviyoCouponPool.id })).coupon,
    give: (many: number, status?: string) => giveCodes(at, { coupon: "AtriumGift", many, ...(status && { status }) }),
  };
}

test("a coupon is filled up to what is kept ready, once, and again as soon as fewer are left, also on the same day", async () => {
  const shop = await pool();
  expect(await shop.look()).toEqual(["low codes:20 waiting"]);
  expect(await shop.look()).toHaveLength(1);
  expect(await shop.state()).toMatchObject({ ready: 0, waiting: 20, lately: 20, filledAt: null });
  await shop.doAll();
  expect(await shop.look()).toHaveLength(1);
  expect(await shop.state()).toMatchObject({ isOurs: true, ready: 20, waiting: 0, filledAt: expect.any(Number) });
  await shop.give(8, "ASSIGNED_TO_PROFILE");
  await shop.give(2, "USED");
  expect(await shop.look()).toHaveLength(1);
  await shop.give(3, "ASSIGNED_TO_PROFILE");
  expect((await shop.look()).slice().sort()).toEqual(["low codes:13 waiting", "low codes:20 done"]);
  await shop.doAll();
  await shop.look();
  expect(await shop.state()).toMatchObject({ ready: 20, assigned: 11, used: 2, expired: 0, lately: 33 });
  expect(new Set(await shop.give(0)).size).toBe(20);
});

test("a code is worth what it takes off at the minimum, lasts as long as was said, and stands in nothing that rests", async () => {
  const shop = await pool({ config: { percent: 15, minimum: 40, days: 10 } });
  await shop.run();
  const [proposal] = await shop.proposed();
  expect(proposal).toMatchObject({ touches: "money", stake: { minor: 20 * 600, currency: "GBP" }, customerId: null });
  const [discount, coupon] = (proposal?.steps ?? []).map(({ payload }) => payload as Record<string, string>);
  const days = (until: string | undefined, from: string | undefined) => (Date.parse(until ?? "") - Date.parse(from ?? "")) / dayMs;
  expect(days(discount?.endsAt, coupon?.handOutUntil)).toBe(10);
  expect(days(coupon?.handOutUntil, discount?.startsAt)).toBe(13);
  await shop.doAll();
  await shop.look();
  const codes = await shop.give(0);
  expect(codes).toHaveLength(20);
  const resting = JSON.stringify([
    await shop.ctx.db.select().from(actionSteps).where(inTenant(shop.ctx, actionSteps)),
    await shop.proposed(),
  ]);
  for (const code of codes) expect(resting).not.toContain(code);
});

test("never more are made in thirty days than was allowed", async () => {
  const shop = await pool({ config: { most: 30 } });
  await shop.run();
  await shop.doAll();
  await shop.give(20, "ASSIGNED_TO_PROFILE");
  expect(await shop.look()).toContain("low codes:10 waiting");
  await shop.doAll();
  await shop.give(10, "USED");
  expect(await shop.look()).toHaveLength(2);
  expect((await shop.logs()).map(({ message }) => message)).toContain(
    "0 codes are left in “AtriumGift”, and the most for 30 days (30) was created. Raise it in the settings if you want more.",
  );
  await shop.daysAgo(31);
  expect(await shop.look()).toContain("low codes:20 waiting");
});

test("the most of thirty days counts from when codes were made, not from when they were proposed", async () => {
  const shop = await pool({ config: { most: 20 } });
  await shop.run();
  await shop.daysAgo(31);
  // Approved three days after it was proposed.
  await shop.doAll(28 * 24);
  await shop.give(20, "ASSIGNED_TO_PROFILE");
  expect(await shop.look()).toHaveLength(1);
});

test("another name of the coupon, or taking codes back, makes room for no more than was allowed", async () => {
  const shop = await pool({ config: { most: 20 } });
  await shop.run();
  await shop.doAll();
  await shop.setConfig({ ...small, most: 20, coupon: "Another" });
  expect(await shop.look()).toEqual(["low codes:20 done"]);
  expect(await shop.state()).toMatchObject({ coupon: "Another", waiting: 0, lately: 20, filledAt: null });
  await shop.ctx.db
    .update(actions)
    .set({ status: "undone", finishedAt: Date.now() - 2 * hourMs })
    .where(inTenant(shop.ctx, actions));
  expect(await shop.look()).toEqual(["low codes:20 undone"]);
  await shop.setConfig({ ...small, most: 30, coupon: "Another" });
  expect(await shop.look()).toContain("low codes:10 waiting");
});

test("in shadow it is proposed once, and nothing is made; what a person declined, or what failed, is not asked again that day", async () => {
  const shadow = await pool({ mode: "shadow" });
  await shadow.run();
  expect(await shadow.look()).toEqual(["low codes:20 shadowed"]);
  expect(await effectsAt(shadow.at)).toMatchObject({ raw: 0 });
  for (const status of ["rejected", "failed"] as const) {
    const shop = await pool();
    await shop.run();
    await shop.end(status);
    expect(await shop.look()).toEqual([`low codes:20 ${status}`]);
    await shop.daysAgo(1);
    expect(await shop.look()).toHaveLength(2);
  }
});

test("codes that were just made are not missed while Klaviyo does not show them", async () => {
  const shop = await pool();
  await shop.run();
  await shop.doAll(0);
  await shop.give(20, "DELETING");
  expect(await shop.look()).toHaveLength(1);
});

test("codes that nobody was given in time are counted as expired, and replaced", async () => {
  const shop = await pool();
  await shop.run();
  await shop.doAll();
  await giveCodes(shop.at, { coupon: "AtriumGift", many: 15, expires_at: new Date(Date.now() - 1000).toISOString() });
  expect(await shop.look()).toContain("low codes:15 waiting");
  expect(await shop.state()).toMatchObject({ ready: 5, expired: 15 });
});

test("once the shop has ended a discount, what nobody was given of it is taken out, and then the coupon is filled up", async () => {
  const shop = await pool();
  await shop.run();
  await shop.doAll();
  const [given] = await shop.give(1, "ASSIGNED_TO_PROFILE");
  const [filling] = await shop.proposed();
  const [making] = filling?.steps ?? [];
  const doing = await doingOf(shopifyDiscountCodes, shop.domain);
  await shopifyDiscountCodes.undo?.(doing, making?.payload, making?.receipt ?? { id: null });
  expect((await shop.look()).slice().sort()).toEqual(["ended codes:20 waiting", "low codes:20 done"]);
  expect(await shop.look()).toHaveLength(2);
  await shop.doAll();
  expect(await effectsAt(shop.at, "coupon_code_deleted")).toMatchObject({ effects: 19 });
  expect(await shop.look()).toContain("low codes:20 waiting");
  type Found = { data: { attributes: { unique_code: string } }[] };
  const { data } = await askKlaviyo<Found>(shop.at, `/api/coupon-codes?filter=${encodeURIComponent('equals(coupon.id,"AtriumGift")')}`);
  expect(data.map(({ attributes }) => attributes.unique_code)).toEqual([given]);
});

test("however many fillings there are, the shop is asked of all of their discounts", async () => {
  const shop = await pool();
  await shop.run();
  await shop.doAll();
  const [filling] = await shop.proposed();
  const copied = (n: number, table: string, columns: string, id: string) => sql`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${n})
    insert into ${sql.raw(table)} select ${sql.raw(columns)} from ${sql.raw(table)} cross join n
    where tenant_id = ${shop.ctx.tenant.id} and ${sql.raw(id)} = ${filling?.id}`;
  const columns = async (table: string, changed: Record<string, string>) => {
    const rows = await shop.ctx.db.all<{ name: string }>(
      sql`select name from pragma_table_info(${table}) where ${shop.ctx.tenant.id} <> ''`,
    );
    return rows.map(({ name }) => changed[name] ?? name).join(", ");
  };
  const id = (name: string) => `${name} || '-' || i`;
  await shop.ctx.db.run(
    copied(260, "actions", await columns("actions", { id: id("id"), dedupe: id("dedupe"), created_at: "1", finished_at: "1" }), "id"),
  );
  await shop.ctx.db.run(copied(260, "action_steps", await columns("action_steps", { action_id: id("action_id") }), "action_id"));
  await shop.give(15, "USED");
  expect(await shop.look()).toContain("low codes:15 waiting");
});

test("a coupon that somebody else made, or of other terms, is said and gets nothing", async () => {
  const shop = await pool();
  await giveCatalog(shop.at, { takeMs: 0, coupons: [{ id: "AtriumGift", description: "Theirs" }] });
  expect(await shop.look()).toEqual([]);
  expect(await shop.state()).toMatchObject({ isOurs: false });
  const own = await pool();
  await own.run();
  await own.doAll();
  await own.setConfig({ ...small, percent: 20 });
  await own.give(20, "ASSIGNED_TO_PROFILE");
  expect(await own.look()).toHaveLength(1);
  expect((await own.logs()).map(({ message }) => message)).toContain(
    "Klaviyo has a coupon “AtriumGift” that wasn’t created here or has other terms. Choose another name in the settings.",
  );
});
