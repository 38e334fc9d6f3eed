import { expect, test } from "vitest";
import { connections, mostCheckoutsADay, pixelDays, policies, schedules } from "#db/schema/index.ts";
import type { PolicyMode } from "#db/words/actions.ts";
import { pixelDoor } from "#server/catalog/pixel.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ask } from "#test/ask.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";

let made = 0;
const bridge = "shopify-flow-bridge";

/** A client with a shop whose storefront may tell. */
async function client({ mode = "approve" as PolicyMode, pixel = true, suspended = false } = {}) {
  const tenant = await makeTenant(suspended ? { status: "suspended" } : {});
  const ctx = testTenantCtx(tenant, "owner");
  const shop = `pixel-${Date.now().toString(36)}${made++}.myshopify.com`;
  const of = { tenantId: tenant.id };
  await ctx.db.insert(connections).values({
    ...{ ...of, id: `con-${shop}`, provider: "shopify", externalId: shop, name: "S", details: { shop }, status: "active" },
    ...{ connectedBy: "x", scopesAsked: [], scopesGranted: [], connectedAt: 1 },
  });
  await ctx.db.insert(policies).values({
    ...{ ...of, automation: bridge, mode, holdout: 0, salt: "s", actionsADay: 10, peopleADay: 10, stakeADay: 0, largestStake: 0 },
    ...{ createdAt: 1, updatedAt: 1 },
  });
  await ctx.db.insert(schedules).values({ ...of, job: bridge, everyS: 900, nextAt: 1, enabled: false, config: { pixel } });
  const counted = async () => (await ctx.db.select().from(pixelDays).where(inTenant(ctx, pixelDays))).map(({ checkouts }) => checkouts);
  return { ctx, shop, counted };
}
const tell = async (body: unknown, { ip = `192.0.2.${made++ % 250}`, method = "POST" } = {}) =>
  (
    await ask(pixelDoor, {
      method,
      headers: { origin: "https://acme.example", "content-type": "text/plain", "cf-connecting-ip": ip },
      ...(method === "POST" && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    })
  ).status;
const completed = (shop: string) => ({ v: 1, event: "checkout_completed", shop });

test("a storefront's completed checkouts are counted by day where the client wants it, and whoever sent one is told nothing", async () => {
  const it = await client();
  expect([await tell(completed(it.shop)), await tell(completed(it.shop.toUpperCase()))]).toEqual([204, 204]);
  expect(await it.counted()).toEqual([2]);
  for (const off of [{ mode: "shadow" as const }, { mode: "off" as const }, { pixel: false }, { suspended: true }]) {
    const other = await client(off);
    expect([await tell(completed(other.shop)), await other.counted()]).toEqual([204, []]);
  }
});

test("what is none of its words, too long, or of a shop that nobody has is answered the same and counts nothing", async () => {
  const it = await client();
  for (const body of [
    "",
    "{",
    "x".repeat(300),
    { ...completed(it.shop), amount: 7 },
    { ...completed(it.shop), v: 2 },
    completed("nobody.myshopify.com"),
  ])
    expect(await tell(body)).toBe(204);
  expect(await tell(null, { method: "GET" })).toBe(405);
  expect(await it.counted()).toEqual([]);
});

test("a flood counts no more than so many of a network and minute, and of a shop and day", async () => {
  const it = await client();
  for (let n = 0; n < 33; n++) await tell(completed(it.shop), { ip: "198.51.100.9" });
  expect(await it.counted()).toEqual([30]);
  await it.ctx.db.update(pixelDays).set({ checkouts: mostCheckoutsADay }).where(inTenant(it.ctx, pixelDays));
  expect(await tell(completed(it.shop))).toBe(204);
  expect(await it.counted()).toEqual([mostCheckoutsADay]);
});
