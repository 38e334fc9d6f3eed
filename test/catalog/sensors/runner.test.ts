import { expect, test } from "vitest";
import { connections } from "#db/schema/index.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { shopSummary } from "#server/domain/commerce/shop-summary.ts";
import { readOverview, readSensor } from "#server/domain/metrics/overview.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { newId } from "#server/ids.ts";
import { makeRig } from "#test/domain/runs/rig.ts";
import { sandbox, sandboxAccount } from "./sandbox-account.ts";

test("a shop that is connected has its history, its retention and its tiles after a few ticks", async () => {
  const domain = `runner-${Date.now()}.myshopify.com`;
  const shopSensors = sensors.filter(({ needs }) => needs.every(({ provider }) => provider === "shopify"));
  const scopes = [...new Set(shopSensors.flatMap(({ needs }) => needs.flatMap((need) => need.scopes)))];
  const account = await sandboxAccount("shopify", domain, { scopes });
  const rig = makeRig({ jobs: shopSensors, openAccount: () => account });
  rig.clock.advance(Date.now() - rig.clock.now());
  const { ctx } = await rig.tenant();
  const own = { id: newId("con", ctx.now()), externalId: domain, preferredAt: null, chosen: [] as never[], scopesGranted: scopes };
  const facts = { provider: "shopify", status: "active", kind: "oauth", ...own } as const;
  const connection = {
    ...facts,
    tenantId: ctx.tenant.id,
    name: domain,
    details: {},
    scopesAsked: scopes,
    connectedBy: "test",
    connectedAt: ctx.now(),
  };
  await ctx.db.batch([ctx.db.insert(connections).values(connection), ...scheduleStatements(ctx, { connections: [facts] }, shopSensors)]);
  for (let minute = 0; minute < 4; minute++) {
    await rig.tick();
    rig.clock.advance(1_000);
    await rig.work();
    rig.clock.advance(59_000);
  }
  const { orders, customers, guest_orders, gross_minor, refunds_minor, currency } = await sandbox.control<Record<string, unknown>>(
    `/shop/${domain}`,
  );
  expect(await shopSummary(ctx)).toEqual({ orders, customers, guest_orders, gross_minor, refunds_minor, currency });
  const view = await readOverview(ctx);
  expect(view.sensors.slice(0, 2).map(({ id, state }) => [id, state])).toEqual([
    ["shopify-sensor", "ok"],
    ["retention-sensor", "ok"],
  ]);
  const tile = (key: string) => view.sensors.flatMap(({ tiles }) => tiles).find((each) => each.key === key);
  expect(tile("revenue")?.value).toBeGreaterThan(0);
  expect(tile("customers")?.value).toBe(customers);
  expect((await readSensor(ctx, { sensor: "retention-sensor" })).cohorts[0]?.cohorts.length).toBeGreaterThan(6);
  expect(view.runs.length).toBeGreaterThan(1);
  expect(view.runs.every(({ status }) => status === "succeeded")).toBe(true);
});
