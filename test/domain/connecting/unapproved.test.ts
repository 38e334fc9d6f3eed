import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, schedules } from "#db/schema/index.ts";
import { beginIntake } from "#server/domain/connecting/begin-intake.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { begin, choices, comeBack, control, decide, visit } from "./consent.ts";

const db = openDb(testEnv.DB);

beforeEach(() => control({ limits: false }));
afterEach(() => control());

const unapproved = <C extends { config: ReturnType<typeof testCtx>["config"] }>(ctx: C, ...scopes: string[]): C => ({
  ...ctx,
  config: { ...ctx.config, UNAPPROVED_SCOPES: new Set(scopes) },
});
const askedIn = (location: string) => new URL(location).searchParams.get("scope")?.split(/[, ]/) ?? [];

test("an app that Shopify has not approved for older orders does not ask for them, and its sensors read what they may and say so", async () => {
  const visited = await visit();
  const browser = unapproved(visited.browser, "shopify:read_all_orders");
  const { tenant } = visited;
  const { location } = await begin(browser, { provider: "shopify", tenant: tenant.id, shop: choices.shopify?.shop });
  expect(askedIn(location)).toContain("read_orders");
  expect(askedIn(location)).not.toContain("read_all_orders");
  const next = await comeBack(browser, "shopify", await decide(location, { account: choices.shopify?.account ?? "" }));
  expect(next.toast?.kind).toBe("success");

  const waiting = await db.select().from(schedules).where(eq(schedules.tenantId, tenant.id));
  const blocks = waiting.filter(({ job }) => ["shopify-sensor", "retention-sensor"].includes(job)).map(({ blocked }) => blocked);
  expect(blocks).toEqual([null, null]);
  const ctx = unapproved(testTenantCtx(tenant), "shopify:read_all_orders");
  const shop = (await listIntegrations(ctx)).find(({ provider }) => provider === "shopify");
  expect(shop?.scopeSets.map(({ id }) => id)).toEqual(["shop", "deliveries"]);
  const [account] = shop?.connections ?? [];
  expect(account).toMatchObject({ scopes: { missing: [] }, waiting: [], health: { state: "healthy" } });
  expect(account?.reduced.map(({ id }) => id).sort()).toEqual(["retention-sensor", "shopify-sensor"]);
  expect(account?.reduced[0]?.words.en).toContain("last 60 days");

  // A reconnect does not ask for it either, though it was asked for while the app was approved.
  await db
    .update(connections)
    .set({ scopesAsked: ["read_orders", "read_all_orders"] })
    .where(eq(connections.tenantId, tenant.id));
  const again = await begin(browser, { provider: "shopify", tenant: tenant.id, connection: account?.id });
  expect(askedIn(again.location)).toEqual(["read_orders"]);
  const named = await begin(browser, { provider: "shopify", tenant: tenant.id, shop: choices.shopify?.shop, scopes: "read_all_orders" });
  expect(named.toast?.kind).toBe("error");
});

test("whoever takes a client in is not asked for it either; a set with something left is asked for without the rest", async () => {
  const { actor } = await makeUser({ staff: true });
  const browser = unapproved(testCtx({ actor, ip: "192.0.2.201" }), "shopify:read_all_orders", "klaviyo:events:read");
  const { location } = await beginIntake(browser, { provider: "shopify", shop: choices.shopify?.shop });
  expect(askedIn(location)).not.toContain("read_all_orders");
  const asked = askedIn((await beginIntake(browser, { provider: "klaviyo" })).location);
  expect(asked).toContain("lists:read");
  expect(asked).not.toContain("events:read");
});

test("where it was granted nothing is said of sixty days", async () => {
  const { browser, tenant } = await visit();
  const { location } = await begin(browser, { provider: "shopify", tenant: tenant.id, shop: choices.shopify?.shop });
  expect(askedIn(location)).toContain("read_all_orders");
  await comeBack(browser, "shopify", await decide(location, { account: choices.shopify?.account ?? "" }));
  const shop = (await listIntegrations(testTenantCtx(tenant))).find(({ provider }) => provider === "shopify");
  expect(shop?.connections[0]?.reduced).toEqual([]);
});
